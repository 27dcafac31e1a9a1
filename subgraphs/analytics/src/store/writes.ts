/** What a reaction of this domain may write. Many rows, one statement. */
import type { Sql } from '@pms/events/sql';
import type { Work } from '@pms/events/unit-of-work';
import { rateStore } from '@pms/subgraph/rates';

export interface BookedTrade {
  readonly tradeId: string;
  readonly version: number;
  readonly portfolioId: string;
  readonly instrumentId: string;
  readonly organizationId: string;
  readonly tradeDate: string;
  readonly capturedAt: string;
  readonly currency: string;
  /** Signed. */
  readonly quantity: string;
  readonly price: string;
  readonly netAmount: string;
  readonly realizedPnl: string;
  readonly baseNet: string | null;
  readonly baseRealized: string | null;
  readonly cashCurrency: string | null;
  readonly cashAmount: string | null;
}

export interface PositionAfter {
  readonly portfolioId: string;
  readonly instrumentId: string;
  readonly organizationId: string;
  readonly currency: string;
  readonly quantity: string;
  readonly costBasis: string;
  readonly realizedPnl: string;
}

/** What a corporate action changed in one position on its ex date, and the cash that it brought. */
export interface ActionEffect {
  readonly entitlementId: string;
  readonly instrumentId: string;
  readonly currency: string;
  readonly portfolioId: string;
  readonly organizationId: string;
  readonly day: string;
  readonly quantity: string;
  readonly costBasis: string;
  readonly realizedPnl: string;
  readonly netAmount: string;
}

export interface KnownSplit {
  readonly actionId: string;
  readonly version: number;
  readonly instrumentId: string;
  readonly organizationId: string;
  readonly exDate: string;
  readonly intoShares: string;
  readonly oldShares: string;
}

export interface PortfolioFacts {
  readonly portfolioId: string;
  readonly organizationId: string;
  readonly baseCurrency: string;
  readonly benchmarkInstrumentId: string | null;
  readonly investorId: string | null;
}

export type AnalyticsWrites = ReturnType<typeof writes>;

export function writes({ sql, outbox, firstSight, firstSights }: Work) {
  return {
    ...actionWrites(sql), ...referenceWrites(sql),
    outbox, firstSight, firstSights, keepRates: rateStore(sql, 'analytics').keepRates,

    /** Portfolios of an organisation that have traded or held cash in another currency than their own: what was computed of them is old. */
    async touchForeign(organizationId: string): Promise<void> {
      await sql.query(
        `update analytics.portfolio p set revision = revision + 1 where organization_id = $1 and (
           exists (select from analytics.trade t where t.portfolio_id = p.id and t.currency <> p.base_currency)
           or exists (select from analytics.flow f where f.portfolio_id = p.id and f.currency <> p.base_currency))`, [organizationId]);
    },

    async keepCloses(instrumentId: string, organizationId: string, prices: readonly { readonly date: string; readonly close: string; readonly simulated: boolean }[]): Promise<void> {
      await sql.query(
        `insert into analytics.close (instrument_id, organization_id, day, close, simulated)
         select $1, $2, p.day, p.close, p.simulated from unnest($3::date[], $4::numeric[], $5::boolean[]) as p(day, close, simulated)
         on conflict (instrument_id, day) do update set close = excluded.close, simulated = excluded.simulated`,
        [instrumentId, organizationId, ...columns(prices, ['date', 'close', 'simulated'])]);
      await sql.query('update analytics.instrument set revision = revision + 1 where id = $1', [instrumentId]);
      await touchHolders(sql, instrumentId);
    },

    async keepTrades(trades: readonly BookedTrade[]): Promise<void> {
      await sql.query(
        `insert into analytics.trade (trade_id, version, portfolio_id, instrument_id, organization_id, day, captured_at, currency, quantity, price, net_amount, realized_pnl,
           base_net, base_realized, cash_currency, cash_amount)
         select * from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::date[], $7::timestamptz[], $8::text[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[],
           $13::numeric[], $14::numeric[], $15::text[], $16::numeric[])
         on conflict (trade_id) do update set version = excluded.version, instrument_id = excluded.instrument_id, day = excluded.day, captured_at = excluded.captured_at,
           currency = excluded.currency, quantity = excluded.quantity, price = excluded.price, net_amount = excluded.net_amount, realized_pnl = excluded.realized_pnl,
           base_net = excluded.base_net, base_realized = excluded.base_realized, cash_currency = excluded.cash_currency, cash_amount = excluded.cash_amount`,
        columns(trades, ['tradeId', 'version', 'portfolioId', 'instrumentId', 'organizationId', 'tradeDate', 'capturedAt', 'currency', 'quantity', 'price', 'netAmount', 'realizedPnl',
          'baseNet', 'baseRealized', 'cashCurrency', 'cashAmount']));
    },

    async dropTrades(trades: readonly { readonly tradeId: string; readonly version: number }[]): Promise<void> {
      await sql.query('delete from analytics.trade t using unnest($1::text[], $2::int[]) as gone(trade_id, version) where t.trade_id = gone.trade_id and t.version = gone.version',
        columns(trades, ['tradeId', 'version']));
    },

    async keepGains(gains: readonly { readonly tradeId: string; readonly version: number; readonly realizedPnl: string }[]): Promise<void> {
      await sql.query(
        `update analytics.trade t set realized_pnl = g.gain, base_realized = null from unnest($1::text[], $2::int[], $3::numeric[]) as g(trade_id, version, gain)
          where t.trade_id = g.trade_id and t.version = g.version`, columns(gains, ['tradeId', 'version', 'realizedPnl']));
    },

    /** The positions as they are now; of one that comes twice the caller passes the last. */
    async keepPositions(positions: readonly PositionAfter[]): Promise<void> {
      await sql.query(
        `insert into analytics.position (portfolio_id, instrument_id, organization_id, currency, quantity, cost_basis, realized_pnl)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::numeric[])
         on conflict (portfolio_id, instrument_id) do update set quantity = excluded.quantity, cost_basis = excluded.cost_basis, realized_pnl = excluded.realized_pnl`,
        columns(positions, ['portfolioId', 'instrumentId', 'organizationId', 'currency', 'quantity', 'costBasis', 'realizedPnl']));
    },

    async keepFlow(flow: { readonly eventId: string; readonly portfolioId: string; readonly organizationId: string; readonly day: string; readonly currency: string; readonly amount: string; readonly external: boolean }): Promise<void> {
      await sql.query('insert into analytics.flow (event_id, portfolio_id, organization_id, day, currency, amount, external) values ($1, $2, $3, $4::date, $5, $6, $7) on conflict do nothing',
        [flow.eventId, flow.portfolioId, flow.organizationId, flow.day, flow.currency, flow.amount, flow.external]);
    },

    async dropFlows(eventIds: readonly string[]): Promise<void> {
      if (eventIds.length > 0) await sql.query('delete from analytics.flow where event_id = any($1)', [eventIds]);
    },

    async touch(portfolioIds: readonly string[]): Promise<void> {
      await sql.query('update analytics.portfolio set revision = revision + 1 where id = any($1)', [portfolioIds]);
    },

    /** False when someone else measured it meanwhile. */
    async measured(portfolioId: string, revision: bigint, day: string): Promise<boolean> {
      const { rowCount } = await sql.query(
        `update analytics.portfolio set measured_revision = $2, measured_on = $3::date where id = $1 and (measured_revision < $2 or measured_on is distinct from $3::date)`,
        [portfolioId, revision.toString(), day]);
      return rowCount === 1;
    },
  };
}

const columns = <T>(rows: readonly T[], fields: readonly (keyof T)[]): unknown[][] => fields.map((field) => rows.map((row) => row[field]));

/** Whoever holds the instrument, or measures itself by it, is measured anew. */
const touchHolders = async (sql: Sql, instrumentId: string): Promise<void> => void (await sql.query(
  'update analytics.portfolio set revision = revision + 1 where id in (select portfolio_id from analytics.position where instrument_id = $1) or benchmark_instrument_id = $1', [instrumentId]));

/** What corporate actions did. */
function actionWrites(sql: Sql) {
  return {
    async dropEffects(entitlementId: string): Promise<void> {
      await sql.query('delete from analytics.action_effect where entitlement_id = $1', [entitlementId]);
    },

    async keepEffects(effects: readonly ActionEffect[]): Promise<void> {
      if (effects.length === 0) return;
      await sql.query(
        `insert into analytics.action_effect (entitlement_id, instrument_id, currency, portfolio_id, organization_id, day, quantity, cost_basis, realized_pnl, net_amount)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[])`,
        columns(effects, ['entitlementId', 'instrumentId', 'currency', 'portfolioId', 'organizationId', 'day', 'quantity', 'costBasis', 'realizedPnl', 'netAmount']));
    },

    async keepSplit({ actionId, version, instrumentId, organizationId, exDate, intoShares, oldShares }: KnownSplit): Promise<void> {
      await sql.query(
        `insert into analytics.split (action_id, version, instrument_id, organization_id, ex_date, into_shares, old_shares) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (action_id) do update set version = excluded.version, ex_date = excluded.ex_date, into_shares = excluded.into_shares, old_shares = excluded.old_shares
         where split.version < excluded.version`, [actionId, version, instrumentId, organizationId, exDate, intoShares, oldShares]);
      await touchHolders(sql, instrumentId);
    },

    async dropSplit({ actionId, instrumentId, version }: { readonly actionId: string; readonly instrumentId: string; readonly version: number }): Promise<void> {
      await sql.query('update analytics.split set cancelled = true, version = $2 where action_id = $1 and version < $2', [actionId, version]);
      await touchHolders(sql, instrumentId);
    },
  };
}

/** What other domains own, as far as values depend on it. */
function referenceWrites(sql: Sql) {
  return {
    async keepPortfolio({ portfolioId, organizationId, baseCurrency, benchmarkInstrumentId, investorId }: PortfolioFacts): Promise<void> {
      await sql.query(
        `insert into analytics.portfolio (id, organization_id, base_currency, benchmark_instrument_id, investor_id) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set benchmark_instrument_id = excluded.benchmark_instrument_id, investor_id = excluded.investor_id, revision = portfolio.revision + 1`,
        [portfolioId, organizationId, baseCurrency, benchmarkInstrumentId, investorId]);
    },

    async keepInstrument(row: { readonly instrumentId: string; readonly organizationId: string; readonly symbol: string; readonly name: string; readonly assetClass: string; readonly currency: string }): Promise<void> {
      await sql.query(
        `insert into analytics.instrument (id, organization_id, symbol, name, asset_class, currency) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set symbol = excluded.symbol, name = excluded.name`,
        [row.instrumentId, row.organizationId, row.symbol, row.name, row.assetClass, row.currency]);
    },
  };
}

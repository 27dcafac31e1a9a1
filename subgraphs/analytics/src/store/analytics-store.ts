/** The only place of this domain that names tables. Everything here is a read model: kept by reactions, rebuilt from events at any time. */
import { decimal, money, type Money } from '@pms/money';
import type { UnitOfWork } from '@pms/events/unit-of-work';
import type { Sql } from '@pms/events/sql';
import type { PrismaClient } from '@pms/prisma/analytics';
import type { Split } from '../domain/splits.ts';
import { rateStore } from '@pms/subgraph/rates';
import { type ForeignTrade, type ForeignTradeRow, toForeignTrade } from './foreign-trades.ts';
import type { DayTrades, Holding } from '../domain/portfolio-value.ts';
import { type AnalyticsWrites, writes } from './writes.ts';

export type AnalyticsStore = ReturnType<typeof analyticsStore>;

export interface PortfolioRow {
  readonly id: string;
  readonly organizationId: string;
  readonly baseCurrency: string;
  readonly benchmarkInstrumentId: string | null;
  readonly investorId: string | null;
  readonly revision: bigint;
}

export interface InstrumentRow {
  readonly id: string;
  readonly symbol: string;
  readonly assetClass: string;
  readonly currency: string;
  readonly revision: bigint;
}

export interface TradeRow {
  readonly instrumentId: string;
  readonly day: string;
  readonly quantity: string;
  readonly price: string;
  readonly netAmount: string;
  readonly currency: string;
  /** What cash it moves, in the currency in which it settles. */
  readonly cashCurrency: string;
  readonly cashAmount: string;
}

export interface FlowRow {
  readonly day: string;
  readonly amount: string;
  readonly currency: string;
  /** Comes from outside, or goes there. */
  readonly external: boolean;
}

/** What a corporate action did to one position on its ex date. */
export interface EffectRow {
  readonly instrumentId: string;
  readonly day: string;
  readonly quantity: string;
  readonly netAmount: string;
  readonly currency: string;
}

export interface CloseRow {
  readonly instrumentId: string;
  readonly day: string;
  readonly close: string;
  readonly simulated: boolean;
}

const ABOUT = `(id = any($1) or benchmark_instrument_id = any($1) or id in (select portfolio_id from analytics.position where instrument_id = any($1)))`;

export function analyticsStore(prisma: PrismaClient, sql: Sql, work: UnitOfWork) {
  return {
    async portfolios(organizationId: string, ids: readonly string[]): Promise<PortfolioRow[]> {
      return prisma.portfolio.findMany({ where: { organizationId, id: { in: [...ids] } } });
    },
    async instruments(ids: readonly string[]): Promise<InstrumentRow[]> {
      return prisma.instrument.findMany({ where: { id: { in: [...ids] } } });
    },
    async allInstrumentIds(): Promise<string[]> {
      return (await prisma.instrument.findMany({ select: { id: true } })).map(({ id }) => id);
    },
    holdings: (portfolioIds: readonly string[]) => holdings(sql, `select portfolio_id, instrument_id, currency, quantity, cost_basis, realized_pnl
      from analytics.position where portfolio_id = any($1)`, [portfolioIds]),
    /** As they stood at the end of a day: cost is what trades put in less what they took out, and what corporate actions changed. */
    holdingsAt: (portfolioIds: readonly string[], day: string) => holdings(sql, `select portfolio_id, instrument_id, currency, sum(quantity) as quantity,
        case when sum(quantity) = 0 then 0 else sum(cost) end as cost_basis, sum(realized_pnl) as realized_pnl
      from (select portfolio_id, instrument_id, currency, day, quantity, realized_pnl - net_amount as cost, realized_pnl from analytics.trade where portfolio_id = any($1)
        union all select portfolio_id, instrument_id, currency, day, quantity, cost_basis, realized_pnl from analytics.action_effect where portfolio_id = any($1)) as moved
      where day <= $2::date group by portfolio_id, instrument_id, currency`, [portfolioIds, day]),
    async tradesOn(portfolioIds: readonly string[], day: string): Promise<ReadonlyMap<string, ReadonlyMap<string, DayTrades>>> {
      const { rows } = await sql.query<{ portfolio_id: string; instrument_id: string; quantity: string; net_amount: string }>(
        `select portfolio_id, instrument_id, sum(quantity) as quantity, sum(net_amount) as net_amount from (
           select portfolio_id, instrument_id, day, quantity, net_amount from analytics.trade where portfolio_id = any($1)
           union all select portfolio_id, instrument_id, day, quantity, net_amount from analytics.action_effect where portfolio_id = any($1)) as moved
          where day = $2::date group by portfolio_id, instrument_id`, [portfolioIds, day]);
      return new Map([...Map.groupBy(rows, ({ portfolio_id: id }) => id)].map(([id, of]) =>
        [id, new Map(of.map((row) => [row.instrument_id, { quantity: decimal(row.quantity), netAmount: decimal(row.net_amount) }]))]));
    },
    /** Trades of positions in other currencies than the portfolio's, up to a day and in order, by portfolio and instrument. */
    async foreignTrades(portfolioIds: readonly string[], day: string): Promise<ReadonlyMap<string, readonly ForeignTrade[]>> {
      const { rows } = await sql.query<ForeignTradeRow>(
        `select t.portfolio_id, t.instrument_id, t.currency, t.day::text, t.quantity, t.net_amount, t.realized_pnl, t.base_net, t.base_realized
         from analytics.trade t join analytics.portfolio p on p.id = t.portfolio_id
         where t.portfolio_id = any($1) and t.day <= $2::date and t.currency <> p.base_currency order by t.day, t.captured_at, t.trade_id`, [portfolioIds, day]);
      return Map.groupBy(rows.map(toForeignTrade), ({ portfolioId, instrumentId }) => `${portfolioId} ${instrumentId}`);
    },
    published: rateStore(sql, 'analytics').published,
    seriesOf: rateStore(sql, 'analytics').seriesOf,
    async cashAt(portfolioIds: readonly string[], day: string): Promise<ReadonlyMap<string, readonly Money[]>> {
      const { rows } = await sql.query<{ portfolio_id: string; currency: string; amount: string }>(
        `select portfolio_id, currency, sum(amount) as amount from (
           select portfolio_id, currency, amount, day from analytics.flow where portfolio_id = any($1)
           union all select portfolio_id, coalesce(cash_currency, currency), coalesce(cash_amount, net_amount), day from analytics.trade where portfolio_id = any($1)
           union all select portfolio_id, currency, net_amount, day from analytics.action_effect where portfolio_id = any($1)) as moved
          where day <= $2::date group by portfolio_id, currency`, [portfolioIds, day]);
      return new Map([...Map.groupBy(rows, ({ portfolio_id: id }) => id)].map(([id, of]) => [id, of.map(({ currency, amount }) => money(decimal(amount), currency))]));
    },
    ...seriesReads(sql),
    /** Portfolios whose figures are older than their facts, or than today. */
    async unmeasured(day: string, limit: number): Promise<PortfolioRow[]> {
      return (await sql.query<PortfolioRow>(
        `select id, organization_id as "organizationId", base_currency as "baseCurrency", benchmark_instrument_id as "benchmarkInstrumentId", revision
           from analytics.portfolio where measured_revision < revision or measured_on is distinct from $1::date order by id limit $2`, [day, limit])).rows;
    },
    /** Of the organisation that the work acts for, portfolios behind `after` whose figures are older than their facts: those about these subjects (null: all), by id. */
    async dueAmong(subjects: readonly string[] | null, after: string, limit: number): Promise<PortfolioRow[]> {
      return (await sql.query<PortfolioRow>(
        `select id, organization_id as "organizationId", base_currency as "baseCurrency", benchmark_instrument_id as "benchmarkInstrumentId", revision
           from analytics.portfolio as p where measured_revision < revision and id > $2 and ($1::text[] is null or ${ABOUT}) order by id limit $3`, [subjects, after, limit])).rows;
    },
    /** Which portfolios a fact about these portfolios and instruments is about. */
    async portfoliosAbout(subjects: readonly string[]): Promise<string[]> {
      return (await sql.query<{ id: string }>(`select id from analytics.portfolio as p where ${ABOUT}`, [subjects])).rows.map(({ id }) => id);
    },
    transaction: <T>(steps: (tx: AnalyticsWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit))),
    ready: async (): Promise<void> => void (await prisma.$queryRaw`select 1`),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

/** What daily values are made of: closes, trades, flows, and what corporate actions did. */
function seriesReads(sql: Sql) {
  return {
    /** The latest close on or before a day, of each instrument that has one. */
    closesOn: (instrumentIds: readonly string[], day: string): Promise<CloseRow[]> => closes(sql,
      `select c.* from unnest($1::text[]) as i(id) cross join lateral (
         select instrument_id as "instrumentId", day::text, close::text, simulated from analytics.close
          where instrument_id = i.id and day <= $2::date order by analytics.close.day desc limit 1) as c`, [instrumentIds, day]),
    /** All closes between two days, rising. */
    closesBetween: (instrumentIds: readonly string[], from: string, to: string): Promise<CloseRow[]> => closes(sql,
      `select instrument_id as "instrumentId", day::text, close::text, simulated from analytics.close
        where instrument_id = any($1) and day between $2::date and $3::date order by instrument_id, analytics.close.day`, [instrumentIds, from, to]),
    /** The last `count` closes up to a day, rising. */
    lastCloses: (instrumentId: string, day: string, count: number): Promise<CloseRow[]> => closes(sql,
      `select * from (select instrument_id as "instrumentId", day::text, close::text, simulated from analytics.close
        where instrument_id = $1 and day <= $2::date order by analytics.close.day desc limit $3) as latest order by day`, [instrumentId, day, count]),
    async trades(portfolioId: string, until: string): Promise<TradeRow[]> {
      return (await sql.query<TradeRow>(
        `select instrument_id as "instrumentId", day::text, quantity::text, price::text, net_amount::text as "netAmount", currency,
           coalesce(cash_currency, currency) as "cashCurrency", coalesce(cash_amount, net_amount)::text as "cashAmount" from analytics.trade
          where portfolio_id = $1 and day <= $2::date order by analytics.trade.day, captured_at, trade_id`, [portfolioId, until])).rows;
    },
    /** In the order of days. `currency`: of the cash. */
    async effects(portfolioId: string, until: string): Promise<EffectRow[]> {
      return (await sql.query<EffectRow>(
        `select instrument_id as "instrumentId", day::text, quantity::text, net_amount::text as "netAmount", currency from analytics.action_effect
          where portfolio_id = $1 and day <= $2::date order by analytics.action_effect.day, entitlement_id`, [portfolioId, until])).rows;
    },
    async splits(instrumentIds: readonly string[]): Promise<Split[]> {
      const { rows } = await sql.query<{ instrumentId: string; exDate: string; intoShares: string; oldShares: string }>(
        `select instrument_id as "instrumentId", ex_date::text as "exDate", into_shares::text as "intoShares", old_shares::text as "oldShares" from analytics.split
          where instrument_id = any($1) and not cancelled order by ex_date`, [instrumentIds]);
      return rows.map((row) => ({ ...row, intoShares: decimal(row.intoShares), oldShares: decimal(row.oldShares) }));
    },
    /** The price of each instrument's last trade in a portfolio: stands in where no close is known. */
    async lastTradePrices(portfolioIds: readonly string[], day: string): Promise<{ readonly instrumentId: string; readonly price: string; readonly day: string }[]> {
      return (await sql.query<{ instrumentId: string; price: string; day: string }>(
        `select distinct on (instrument_id) instrument_id as "instrumentId", price::text, day::text from analytics.trade
          where portfolio_id = any($1) and day <= $2::date order by instrument_id, analytics.trade.day desc, captured_at desc`, [portfolioIds, day])).rows;
    },
    async flows(portfolioId: string, until: string): Promise<FlowRow[]> {
      return (await sql.query<FlowRow>(
        'select day::text, amount::text, currency, external from analytics.flow where portfolio_id = $1 and day <= $2::date order by analytics.flow.day', [portfolioId, until])).rows;
    },
  };
}

interface HoldingRow {
  readonly portfolio_id: string;
  readonly instrument_id: string;
  readonly currency: string;
  readonly quantity: string;
  readonly cost_basis: string;
  readonly realized_pnl: string;
}

async function holdings(sql: Sql, statement: string, values: readonly unknown[]): Promise<ReadonlyMap<string, readonly Holding[]>> {
  const { rows } = await sql.query<HoldingRow>(statement, values);
  return new Map([...Map.groupBy(rows, ({ portfolio_id: id }) => id)].map(([id, of]) => [id, of.map((row) => ({
    instrumentId: row.instrument_id, currency: row.currency, quantity: decimal(row.quantity), costBasis: decimal(row.cost_basis), realizedPnl: decimal(row.realized_pnl),
  }))]));
}

const closes = async (sql: Sql, statement: string, values: readonly unknown[]): Promise<CloseRow[]> => (await sql.query<CloseRow>(statement, values)).rows;

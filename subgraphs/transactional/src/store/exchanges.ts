/** Currency exchanges as they stand: a projection of the facts about them, and what was answered to an idempotency key. */
import type { Sql } from '@pms/events/sql';
import { decimal } from '@pms/money';
import type { Page } from '@pms/subgraph/connection';
import type { CurrencyExchange } from '../domain/currency-exchange.ts';
import type { ExchangeFact, KeptExchange } from '../domain/exchange-history.ts';
import { type Moment, waitForWriters } from './history-reads.ts';
import type { LockedPortfolio } from './posting-reads.ts';

interface Row {
  readonly id: string;
  readonly sold_currency: string;
  readonly sold_amount: string;
  readonly bought_currency: string;
  readonly bought_amount: string;
  readonly traded_on: string;
  readonly value_on: string;
  readonly settled_on: string | null;
  readonly cancelled: boolean;
  readonly idempotency_key: string;
  readonly content_hash: string;
}

const COLUMNS = 'id, sold_currency, sold_amount, bought_currency, bought_amount, traded_on::text, value_on::text, settled_on::text, cancelled, idempotency_key, content_hash';

const toExchange = (row: Row): KeptExchange => ({
  id: row.id, sold: { amount: decimal(row.sold_amount), currency: row.sold_currency }, bought: { amount: decimal(row.bought_amount), currency: row.bought_currency },
  tradedOn: row.traded_on, valueOn: row.value_on, settledOn: row.settled_on, cancelled: row.cancelled, idempotencyKey: row.idempotency_key, contentHash: row.content_hash,
});

export interface DueExchangesQuery {
  /** Null for every organisation: only the settlement timer asks so. */
  readonly organizationId: string | null;
  readonly portfolioId: string | null;
  readonly asOf: string;
}

const EXCHANGE_FACTS = "kind in ('CURRENCY_EXCHANGED', 'CURRENCY_SETTLED', 'CURRENCY_EXCHANGE_CANCELLED')";

export function exchangeReads(sql: Sql) {
  return {
    /** The facts about exchanges that count by the day and were known at the time, in order. */
    async exchangeFactsThen(organizationId: string, portfolioId: string, moment: Moment): Promise<ExchangeFact[]> {
      await waitForWriters(sql, [portfolioId], moment);
      return (await sql.query<ExchangeFact>(
        `select kind, effective_on::text as "effectiveOn", data from transactional.fact where organization_id = $1 and portfolio_id = $2 and ${EXCHANGE_FACTS}
           and ($3::date is null or effective_on <= $3) and ($4::timestamptz is null or recorded_at <= $4) order by sequence`,
        [organizationId, portfolioId, moment.asOf, moment.knownAt])).rows;
    },

    /** Null for one that is unknown or another organisation's. */
    async exchangeNamed(organizationId: string, id: string): Promise<(CurrencyExchange & { readonly portfolioId: string }) | null> {
      const { rows: [row] } = await sql.query<Row & { readonly portfolio_id: string }>(`select portfolio_id, ${COLUMNS} from transactional.currency_exchange where organization_id = $1 and id = $2`, [organizationId, id]);
      return row === undefined ? null : { ...toExchange(row), portfolioId: row.portfolio_id };
    },

    /** Newest first. */
    async exchangePage(organizationId: string, portfolioId: string, { from, backward, limit }: Page): Promise<CurrencyExchange[]> {
      const { rows } = await sql.query<Row>(
        `select ${COLUMNS} from transactional.currency_exchange where organization_id = $1 and portfolio_id = $2 and ($3::text is null or id ${backward ? '>' : '<'} $3)
         order by id ${backward ? 'asc' : 'desc'} limit $4`, [organizationId, portfolioId, from?.[0] ?? null, limit]);
      return rows.map(toExchange);
    },

    /** Those whose settled cash covers something that is due. */
    async portfoliosWithDueExchanges({ organizationId, portfolioId, asOf }: DueExchangesQuery, limit: number): Promise<{ readonly id: string; readonly organizationId: string }[]> {
      const { rows } = await sql.query<{ id: string; organizationId: string }>(
        `select distinct x.portfolio_id as id, x.organization_id as "organizationId" from transactional.currency_exchange x
         join transactional.cash_balance c on c.portfolio_id = x.portfolio_id and c.currency = x.sold_currency and c.settled >= x.sold_amount
         where x.settled_on is null and not x.cancelled and x.value_on <= $1::date and ($2::text is null or x.organization_id = $2) and ($3::text is null or x.portfolio_id = $3) limit $4`,
        [asOf, organizationId, portfolioId, limit]);
      return rows;
    },
  };
}

export function exchangeWrites(sql: Sql) {
  return {
    async exchangeByKey(organizationId: string, key: string): Promise<{ readonly exchange: CurrencyExchange; readonly contentHash: string } | null> {
      const { rows: [row] } = await sql.query<Row>(`select ${COLUMNS} from transactional.currency_exchange where organization_id = $1 and idempotency_key = $2`, [organizationId, key]);
      return row === undefined ? null : { exchange: toExchange(row), contentHash: row.content_hash };
    },

    /** In the order of their value dates. */
    async dueExchanges(portfolioId: string, asOf: string): Promise<CurrencyExchange[]> {
      const { rows } = await sql.query<Row>(
        `select ${COLUMNS} from transactional.currency_exchange where portfolio_id = $1 and settled_on is null and not cancelled and value_on <= $2::date order by value_on, id limit 500`, [portfolioId, asOf]);
      return rows.map(toExchange);
    },

    /** False where the organisation has used the key before. */
    async insertExchange({ id, organizationId }: LockedPortfolio, { sold, bought, ...made }: KeptExchange): Promise<boolean> {
      const { rowCount } = await sql.query(
        `insert into transactional.currency_exchange (id, organization_id, portfolio_id, sold_currency, sold_amount, bought_currency, bought_amount, traded_on, value_on, settled_on, idempotency_key, content_hash, cancelled)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (organization_id, idempotency_key) do nothing`,
        [made.id, organizationId, id, sold.currency, sold.amount.toFixed(), bought.currency, bought.amount.toFixed(), made.tradedOn, made.valueOn, made.settledOn,
          made.idempotencyKey, made.contentHash, made.cancelled]);
      return rowCount === 1;
    },

    async saveSettledExchanges(portfolioId: string, settled: readonly { readonly id: string; readonly settledOn: string }[]): Promise<void> {
      await sql.query(
        `update transactional.currency_exchange x set settled_on = s.settled_on from unnest($2::text[], $3::date[]) as s(id, settled_on)
         where x.portfolio_id = $1 and x.id = s.id`, [portfolioId, settled.map(({ id }) => id), settled.map(({ settledOn }) => settledOn)]);
    },

    async saveCancelledExchange(portfolioId: string, id: string): Promise<void> {
      await sql.query('update transactional.currency_exchange set cancelled = true, settled_on = null where portfolio_id = $1 and id = $2', [portfolioId, id]);
    },

    async exchangesOf(portfolioId: string): Promise<KeptExchange[]> {
      return (await sql.query<Row>(`select ${COLUMNS} from transactional.currency_exchange where portfolio_id = $1 order by id`, [portfolioId])).rows.map(toExchange);
    },

    /** The facts about exchanges, in order. */
    async exchangeFacts(portfolioId: string): Promise<ExchangeFact[]> {
      return (await sql.query<ExchangeFact>(
        `select kind, effective_on::text as "effectiveOn", data from transactional.fact where portfolio_id = $1 and ${EXCHANGE_FACTS} order by sequence`, [portfolioId])).rows;
    },
  };
}

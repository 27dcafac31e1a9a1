/** What figures in a portfolio's base currency rest on: the base currency, what trades counted as when they were booked, and how cash has moved. */
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal } from '@pms/money';
import { ratioOf } from '../domain/base-amount.ts';
import type { CashMove } from '../domain/foreign-cash.ts';
import { lotMethodOf } from '../domain/lot-methods.ts';
import type { LotMethod } from '../domain/lots.ts';
import { type Moment, waitForWriters } from './history-reads.ts';

export interface BaseOf {
  readonly baseCurrency: string;
  readonly lotMethod: LotMethod;
}

export const baseViewReads = (sql: Sql) => ({
  async basesOf(organizationId: string, portfolioIds: readonly string[]): Promise<Map<string, BaseOf>> {
    const { rows } = await sql.query<{ id: string; base_currency: string; lot_method: string }>(
      'select id, base_currency, lot_method from transactional.portfolio where organization_id = $1 and id = any($2)', [organizationId, portfolioIds]);
    return new Map(rows.map((row) => [row.id, { baseCurrency: row.base_currency, lotMethod: lotMethodOf(row.lot_method) }]));
  },

  /** By trade, of the version that was booked last: its amount, and what that counted as in a currency. */
  async tradeRates(organizationId: string, tradeIds: readonly string[], currency: string): Promise<Map<string, Decimal>> {
    const { rows } = await sql.query<{ trade_id: string; base: string; amount: string; rate: string }>(
      `select distinct on (f.trade_id) f.trade_id, f.data->'base'->>'netAmount' as base, f.data->'base'->>'rate' as rate, b.amount
       from transactional.fact f join transactional.trade_booking b on b.trade_id = f.trade_id and b.version = f.version
       where f.organization_id = $1 and f.trade_id = any($2) and f.kind = 'TRADE_BOOKED' and f.data->'base'->>'currency' = $3 order by f.trade_id, f.version desc`,
      [organizationId, tradeIds, currency]);
    return new Map(rows.map((row) => [row.trade_id, ratioOf(decimal(row.base).negated(), decimal(row.amount), decimal(row.rate))]));
  },

  /** By portfolio: changes of the traded balance of each currency but the base currency, day by day; reversed entries and their reversals are left out. */
  async cashMoves(organizationId: string, portfolioIds: readonly string[], moment: Moment): Promise<Map<string, CashMove[]>> {
    await waitForWriters(sql, portfolioIds, moment);
    const { rows } = await sql.query<{ portfolio_id: string; currency: string; day: string; amount: string; base: string | null }>(
      `with moves as (
         select e.portfolio_id, e.id, e.kind, e.effective_on, l.currency, sum(l.amount) as amount
         from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
         where e.organization_id = $1 and e.portfolio_id = any($2) and l.account in ('CASH_SETTLED', 'CASH_RECEIVABLE', 'CASH_PAYABLE') and e.reverses is null
           and ($3::date is null or e.effective_on <= $3) and ($4::timestamptz is null or e.recorded_at <= $4)
           and not exists (select from transactional.journal_entry r where r.reverses = e.id and ($4::timestamptz is null or r.recorded_at <= $4))
         group by e.portfolio_id, e.id, e.kind, e.effective_on, l.currency having sum(l.amount) <> 0)
       select m.portfolio_id, m.currency, m.effective_on::text as day, sum(m.amount) as amount, sum(-b.amount) as base
       from moves m join transactional.portfolio p on p.id = m.portfolio_id and p.base_currency <> m.currency
       left join moves b on b.id = m.id and b.kind = 'CURRENCY_EXCHANGED' and b.currency = p.base_currency
       group by m.portfolio_id, m.currency, m.effective_on, m.amount > 0, b.id is null order by m.portfolio_id, m.currency, m.effective_on`,
      [organizationId, portfolioIds, moment.asOf, moment.knownAt]);
    return new Map([...Map.groupBy(rows, (row) => row.portfolio_id)].map(([id, of]) => [id, of.map(({ currency, day, amount, base }) =>
      ({ currency, day, amount: decimal(amount), base: base === null ? null : decimal(base) }))]));
  },
});

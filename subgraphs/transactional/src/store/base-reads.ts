/** What closings need to be told in the base currency: what trades counted as when they were booked, and how their portfolio is kept. */
import type { Sql } from '@pms/events/sql';
import { decimal } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { type MethodName, lotMethodOf } from '../domain/lot-methods.ts';
import type { LotMethod } from '../domain/lots.ts';
import { asFill } from '../domain/trade-fill.ts';
import { type Moment, waitForWriters } from './history-reads.ts';

export interface BookedAt {
  readonly amount: ReturnType<typeof decimal>;
  /** In the base currency, as it was fixed when the trade was booked; null where it is in that currency, or no rate was known. */
  readonly base: { readonly amount: ReturnType<typeof decimal>; readonly rate: ReturnType<typeof decimal> } | null;
}

export interface Keeping {
  readonly baseCurrency: string;
  readonly method: LotMethod;
}

export function baseReads(sql: Sql) {
  return {
    /** By trade: the version that stood at the moment. */
    async bookedAt(organizationId: string, tradeIds: readonly string[], { knownAt }: Moment): Promise<Map<string, BookedAt>> {
      const { rows } = await sql.query<{ trade_id: string; data: { readonly base?: { readonly netAmount: string; readonly rate: string } } }>(
        `select f.trade_id, f.data from transactional.fact f
         where f.organization_id = $1 and f.trade_id = any($2) and f.kind = 'TRADE_BOOKED' and ($3::timestamptz is null or f.recorded_at <= $3)
           and not exists (select from transactional.fact r where r.trade_id = f.trade_id and r.version = f.version and r.kind = 'TRADE_REVERSED'
             and ($3::timestamptz is null or r.recorded_at <= $3))`, [organizationId, tradeIds, knownAt]);
      return new Map(rows.map(({ trade_id: id, data }) => [id, {
        amount: asFill(tradeFacts.parse(data)).amount,
        base: data.base === undefined ? null : { amount: decimal(data.base.netAmount).negated(), rate: decimal(data.base.rate) },
      }]));
    },

    /** By portfolio: its base currency, and the lot method that held at the moment. */
    async keepingAt(organizationId: string, portfolioIds: readonly string[], moment: Moment): Promise<Map<string, Keeping>> {
      await waitForWriters(sql, portfolioIds, moment);
      const { rows } = await sql.query<{ id: string; base: string; method: MethodName }>(
        `select p.id, p.base_currency as base, m.method from transactional.portfolio p cross join lateral (
           select f.data->>'lotMethod' as method from transactional.fact f
           where f.portfolio_id = p.id and f.kind = 'LOT_METHOD_SET' and ($3::timestamptz is null or f.recorded_at <= $3) order by f.sequence desc limit 1) as m
         where p.organization_id = $1 and p.id = any($2)`, [organizationId, portfolioIds, moment.knownAt]);
      return new Map(rows.map(({ id, base, method }) => [id, { baseCurrency: base, method: lotMethodOf(method) }]));
    },
  };
}

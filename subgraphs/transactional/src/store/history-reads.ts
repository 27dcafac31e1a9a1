/** The books of an earlier day, or as they were known at an earlier time: worked out from facts and journal, never from projections. */
import type { Sql } from '@pms/events/sql';
import { decimal } from '@pms/money';
import type { Action } from '../domain/action-terms.ts';
import { lotMethodOf, type MethodName } from '../domain/lot-methods.ts';
import { afterLines, type Cash, noCash } from '../domain/cash.ts';
import type { Account } from '../domain/journal.ts';
import type { LotMethod } from '../domain/lots.ts';
import { type ActionFact, standingActions } from '../domain/told-action.ts';

export interface Moment {
  /** Null: whatever day it counts from. */
  readonly asOf: string | null;
  /** RFC 3339; null: as known now. */
  readonly knownAt: string | null;
  /** Sequence of a fact of the portfolio: as they were before it was recorded. */
  readonly beforeFact?: number;
}

/** A trade that stood at a moment, as its booking recorded it. */
export interface TradeThen {
  readonly instrumentId: string;
  readonly currency: string;
  readonly data: unknown;
}

export interface TradesThen {
  readonly method: LotMethod;
  readonly trades: readonly TradeThen[];
  readonly actions: readonly Action[];
}

/** A lot method that was set. */
export interface MethodSet {
  readonly sequence: number;
  readonly recordedAt: Date;
  readonly actor: string;
  readonly method: MethodName;
}

/** Whoever is writing these books now may have taken an earlier time than `knownAt`: a figure read with it must not change once they commit. */
export async function waitForWriters(sql: Sql, portfolioIds: readonly string[], { knownAt }: Pick<Moment, 'knownAt'>): Promise<void> {
  if (knownAt !== null) await sql.query('select 1 from transactional.portfolio where id = any($1) order by id for key share', [portfolioIds]);
}

const BEFORE_ALL_DAYS = '0001-01-01';
/** `$2`: portfolios; `$6`: the day, for each, after which movements count. */
const ASKED = 'unnest($2::text[], $6::date[]) as asked(portfolio_id, after)';

export function historyReads(sql: Sql) {
  return {
    waitForWriters: (portfolioIds: readonly string[], moment: Pick<Moment, 'knownAt'>): Promise<void> => waitForWriters(sql, portfolioIds, moment),

    /** By portfolio: its lot method, the trades that stood then, and the corporate actions that counted; only those `after` a day where it names one. */
    async tradesThen(organizationId: string, portfolioIds: readonly string[], moment: Moment, after: ReadonlyMap<string, string> = new Map()): Promise<Map<string, TradesThen>> {
      await waitForWriters(sql, portfolioIds, moment);
      const days = portfolioIds.map((id) => after.get(id) ?? BEFORE_ALL_DAYS);
      const methods = await sql.query<{ portfolio_id: string; method: string }>(
        `select distinct on (portfolio_id) portfolio_id, data->>'lotMethod' as method from transactional.fact
         where organization_id = $1 and portfolio_id = any($2) and kind = 'LOT_METHOD_SET' and ($3::timestamptz is null or recorded_at <= $3)
           and ($4::bigint is null or sequence < $4)
         order by portfolio_id, sequence desc`, [organizationId, portfolioIds, moment.knownAt, moment.beforeFact ?? null]);
      const trades = await sql.query<{ portfolio_id: string; instrument_id: string; currency: string; data: unknown }>(
        `select f.portfolio_id, f.instrument_id, f.currency, f.data from ${ASKED} join transactional.fact f using (portfolio_id)
         where f.organization_id = $1 and f.effective_on > asked.after and f.kind = 'TRADE_BOOKED'
           and ($3::date is null or f.effective_on <= $3) and ($4::timestamptz is null or f.recorded_at <= $4) and ($5::bigint is null or f.sequence < $5)
           and not exists (select from transactional.fact r where r.trade_id = f.trade_id and r.version = f.version and r.kind = 'TRADE_REVERSED'
             and ($4::timestamptz is null or r.recorded_at <= $4) and ($5::bigint is null or r.sequence < $5))`,
        [organizationId, portfolioIds, moment.asOf, moment.knownAt, moment.beforeFact ?? null, days]);
      const actions = await sql.query<ActionFact & { portfolio_id: string }>(
        `select f.portfolio_id, f.sequence::text, f.kind, f.effective_on::text as "effectiveOn", f.data
         from ${ASKED} join transactional.fact f using (portfolio_id) where f.organization_id = $1 and f.effective_on > asked.after and f.kind in ('CORPORATE_ACTION_APPLIED', 'CORPORATE_ACTION_REVERSED')
           and ($3::date is null or f.effective_on <= $3) and ($4::timestamptz is null or f.recorded_at <= $4) and ($5::bigint is null or f.sequence < $5)
         order by f.portfolio_id, f.sequence`, [organizationId, portfolioIds, moment.asOf, moment.knownAt, moment.beforeFact ?? null, days]);
      const byPortfolio = Map.groupBy(trades.rows, (row) => row.portfolio_id);
      const actionsOf = Map.groupBy(actions.rows, (row) => row.portfolio_id);
      return new Map(methods.rows.map(({ portfolio_id: id, method }) => [id, {
        method: lotMethodOf(method),
        actions: standingActions(actionsOf.get(id) ?? []).map(({ action }) => action),
        trades: (byPortfolio.get(id) ?? []).map((row) => ({ instrumentId: row.instrument_id, currency: row.currency, data: row.data })),
      }]));
    },

    /** Facts about corporate actions that count by the day and were known at the time, payments included. */
    async actionFactsThen(organizationId: string, portfolioId: string, moment: Moment): Promise<ActionFact[]> {
      await waitForWriters(sql, [portfolioId], moment);
      const { rows } = await sql.query<ActionFact>(
        `select f.sequence::text, f.kind, f.effective_on::text as "effectiveOn", f.data from transactional.fact f
         where f.organization_id = $1 and f.portfolio_id = $2 and f.kind in ('CORPORATE_ACTION_APPLIED', 'CORPORATE_ACTION_REVERSED', 'CORPORATE_ACTION_PAID')
           and ($3::date is null or f.effective_on <= $3) and ($4::timestamptz is null or f.recorded_at <= $4) order by f.sequence`,
        [organizationId, portfolioId, moment.asOf, moment.knownAt]);
      return rows;
    },

    /** The methods that were set by then, the first when the portfolio was opened. */
    async methodsSet(organizationId: string, portfolioId: string, moment: Moment): Promise<MethodSet[]> {
      await waitForWriters(sql, [portfolioId], moment);
      const { rows } = await sql.query<Omit<MethodSet, 'sequence'> & { readonly sequence: string }>(
        `select sequence, recorded_at as "recordedAt", coalesce(data->>'by', actor) as actor, data->>'lotMethod' as method from transactional.fact
         where organization_id = $1 and portfolio_id = $2 and kind = 'LOT_METHOD_SET'
           and ($3::date is null or effective_on <= $3) and ($4::timestamptz is null or recorded_at <= $4) order by fact.sequence`, [organizationId, portfolioId, moment.asOf, moment.knownAt]);
      return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
    },

    /** Cash as the journal's entries of that day and time add up to it. */
    async cashThen(organizationId: string, portfolioIds: readonly string[], moment: Moment): Promise<Map<string, Cash[]>> {
      await waitForWriters(sql, portfolioIds, moment);
      const { rows } = await sql.query<{ portfolio_id: string; account: Account; currency: string; amount: string }>(
        `select e.portfolio_id, l.account, l.currency, sum(l.amount) as amount
         from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
         where e.organization_id = $1 and e.portfolio_id = any($2) and ($3::date is null or e.effective_on <= $3) and ($4::timestamptz is null or e.recorded_at <= $4)
           and l.account in ('CASH_SETTLED', 'CASH_RECEIVABLE', 'CASH_PAYABLE')
         group by e.portfolio_id, l.account, l.currency order by l.currency`, [organizationId, portfolioIds, moment.asOf, moment.knownAt]);
      return new Map([...Map.groupBy(rows, (row) => row.portfolio_id)].map(([id, of]) => {
        const lines = of.map(({ account, currency, amount }) => ({ account, currency, amount: decimal(amount) }));
        return [id, [...new Set(lines.map(({ currency }) => currency))].map((currency) => afterLines(noCash(currency), lines))];
      }));
    },
  };
}

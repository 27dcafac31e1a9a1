/** Corporate actions as they were announced, and what they did in each portfolio. */
import { badInput } from '@pms/errors';
import { type Decimal, decimal } from '@pms/money';
import type { Sql } from '@pms/events/sql';
import type { Page } from '@pms/subgraph/connection';
import { type KeptOutcome, keptOutcome, outcomeOf } from '../domain/action-entries.ts';
import { type Action, targetOf } from '../domain/action-terms.ts';
import { NO_RATE, type Outcome } from '../domain/position-books.ts';
import { asAction, type ToldAction } from '../domain/told-action.ts';
import type { LockedPortfolio } from './posting-reads.ts';
import { type Column, insertion, type Part, upsert } from './statement.ts';

/** An action in one portfolio's books, in the version that counts there. */
export interface Entitlement {
  readonly action: Action;
  readonly told: ToldAction;
  readonly step: 'applied' | 'paid' | 'reversed';
  readonly paidOn: string | null;
  readonly outcome: Outcome;
  readonly factSequence: number;
}

/** An announced action, and who announced it. */
export interface Announced {
  readonly told: ToldAction;
  readonly cancelled: boolean;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string;
}

export interface EntitlementRow {
  readonly id: string;
  readonly step: Entitlement['step'];
  readonly paid_on: string | null;
  readonly fact_sequence: string;
  readonly data: ToldAction;
  readonly outcome: KeptOutcome;
}

export const ENTITLEMENT = 'e.id, e.step, e.paid_on::text, e.fact_sequence, e.data, e.outcome';

export const toEntitlement = (row: EntitlementRow): Entitlement => ({
  action: asAction(row.data, row.id), told: row.data, step: row.step, paidOn: row.paid_on, outcome: outcomeOf(row.outcome), factSequence: Number(row.fact_sequence),
});

interface AnnouncedRow {
  readonly data: ToldAction;
  readonly cancelled: boolean;
  readonly actor: string;
  readonly correlation_id: string;
  readonly causation_id: string;
}

const toAnnounced = (row: AnnouncedRow): Announced =>
  ({ told: row.data, cancelled: row.cancelled, actor: row.actor, correlationId: row.correlation_id, causationId: row.causation_id });

const COLUMNS: readonly Column[] = [
  ['id', 'text'], ['organization_id', 'text'], ['portfolio_id', 'text'], ['action_id', 'text'], ['version', 'int'], ['instrument_id', 'text'], ['target_instrument_id', 'text'],
  ['effective_on', 'date'], ['pay_on', 'date'], ['step', 'text'], ['paid_on', 'date'], ['fact_sequence', 'bigint'], ['data', 'jsonb'], ['outcome', 'jsonb'],
];

/** Custodians book a dividend on its pay date or some days after it; one of another quarter, or month, is further away. */
const SAME_DIVIDEND_DAYS = 5;

/** The portfolio `$1` has the dividend of action `a` from a statement, and it stands. */
const FROM_STATEMENT = `exists (select from transactional.cash_movement m where m.portfolio_id = $1 and m.instrument_id = a.instrument_id and m.kind = 'DIVIDEND'
  and abs(m.effective_on - coalesce((a.data->>'payDate')::date, a.ex_date)) <= ${SAME_DIVIDEND_DAYS}
  and not exists (select from transactional.journal_entry o join transactional.journal_entry r on r.reverses = o.id where o.portfolio_id = m.portfolio_id and o.reference = m.id))`;

export function entitlementReads(sql: Sql) {
  const found = async (where: string, values: readonly unknown[]): Promise<Entitlement[]> =>
    (await sql.query<EntitlementRow>(`select ${ENTITLEMENT} from transactional.entitlement e where e.portfolio_id = $1 and e.step <> 'reversed' and ${where}`, values)).rows.map(toEntitlement);
  return {
    /** What stands of the actions that change these instruments, or move basis to them. */
    entitlementsOf: (portfolioId: string, instrumentIds: readonly string[]): Promise<Entitlement[]> =>
      found('(e.instrument_id = any($2) or e.target_instrument_id = any($2))', [portfolioId, instrumentIds]),

    everyEntitlement: (portfolioId: string): Promise<Entitlement[]> => found('true', [portfolioId]),

    entitlementsById: (portfolioId: string, ids: readonly string[]): Promise<Entitlement[]> => found('e.id = any($2)', [portfolioId, ids]),

    /** Those whose cash is due. */
    entitlementsDue: (portfolioId: string, asOf: string): Promise<Entitlement[]> => found("e.step = 'applied' and e.pay_on <= $2::date", [portfolioId, asOf]),

    /** Those that were amended or cancelled since. */
    outdatedEntitlements: (portfolioId: string): Promise<Entitlement[]> =>
      found('exists (select from transactional.corporate_action a where a.action_id = e.action_id and (a.version > e.version or a.cancelled))', [portfolioId]),

    /** Those that were left as they are in some currency, for want of a rate. */
    unratedEntitlements: (portfolioId: string): Promise<Entitlement[]> => found(`e.outcome->>'problem' like '${NO_RATE} %'`, [portfolioId]),

    /** A dividend of the instrument that the books have from an announcement, paid so close to the day that it is the same one; null where there is none. */
    async dividendAround(portfolioId: string, instrumentId: string, day: string): Promise<{ readonly actionId: string; readonly income: Decimal; readonly currency: string; readonly payOn: string } | null> {
      const { rows: [row] } = await sql.query<{ actionId: string; income: string; currency: string; payOn: string }>(
        `select e.action_id as "actionId", e.outcome->>'income' as income, e.outcome->>'currency' as currency, e.pay_on::text as "payOn" from transactional.entitlement e
         where e.portfolio_id = $1 and e.instrument_id = $2 and e.step <> 'reversed' and e.data->>'kind' = 'CASH_DIVIDEND' and (e.outcome->>'income')::numeric <> 0
           and abs(e.pay_on - $3::date) <= ${SAME_DIVIDEND_DAYS} order by abs(e.pay_on - $3::date), e.action_id limit 1`, [portfolioId, instrumentId, day]);
      return row === undefined ? null : { ...row, income: decimal(row.income) };
    },

    /**
     * Actions that are due and not yet in the portfolio's books, though it may have held what they are about: something was traded before the ex
     * date, or came in by another action. A dividend that was booked from a statement is not earned again. Who announced them comes along.
     */
    async pendingActions({ id, organizationId }: LockedPortfolio, asOf: string): Promise<Announced[]> {
      const { rows } = await sql.query<AnnouncedRow>(
        `select a.data, a.cancelled, a.actor, a.correlation_id, a.causation_id from transactional.corporate_action a
         where a.organization_id = $2 and a.ex_date <= $3::date and not a.cancelled
           and a.instrument_id in (select instrument_id from transactional.position where portfolio_id = $1)
           and not exists (select from transactional.entitlement e where e.portfolio_id = $1 and e.action_id = a.action_id and e.version >= a.version)
           and (exists (select from transactional.trade_booking b where b.portfolio_id = $1 and b.instrument_id = a.instrument_id and b.step <> 'cancelled' and b.traded_on < a.ex_date)
             or exists (select from transactional.entitlement e where e.portfolio_id = $1 and e.target_instrument_id = a.instrument_id and e.step <> 'reversed' and e.effective_on <= a.ex_date))
           and not (a.data->>'kind' = 'CASH_DIVIDEND' and ${FROM_STATEMENT})
         order by a.ex_date, a.action_id`, [id, organizationId, asOf]);
      return rows.map(toAnnounced);
    },
  };
}

export function entitlementWrites(sql: Sql) {
  return {
    entitlementRows: ({ id, organizationId }: LockedPortfolio, entitlements: readonly Entitlement[]): Part[] => insertion({
      table: 'entitlement', columns: COLUMNS, then: upsert('id', COLUMNS),
      rows: entitlements.map(({ action, told, step, paidOn, outcome, factSequence }) => [
        action.entitlementId, organizationId, id, action.actionId, action.version, action.instrumentId, targetOf(action.terms),
        action.effectiveOn, action.payOn, step, paidOn, factSequence, JSON.stringify(told), JSON.stringify(keptOutcome(outcome))]),
    }),

    /** Before newer versions are written: one version of an action counts at a time. */
    async reverseEntitlements(portfolioId: string, ids: readonly string[]): Promise<void> {
      if (ids.length > 0) await sql.query("update transactional.entitlement set step = 'reversed', paid_on = null where portfolio_id = $1 and id = any($2)", [portfolioId, ids]);
    },

    /** Keeps the newest version of an action. False where it is known already. */
    async keepAction(organizationId: string, { told, cancelled, actor, correlationId, causationId }: Announced): Promise<boolean> {
      const { rowCount } = await sql.query(
        `insert into transactional.corporate_action (action_id, version, organization_id, instrument_id, ex_date, cancelled, data, actor, correlation_id, causation_id, known_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())
         on conflict (action_id) do update set version = excluded.version, instrument_id = excluded.instrument_id, ex_date = excluded.ex_date, cancelled = excluded.cancelled, data = excluded.data,
           actor = excluded.actor, correlation_id = excluded.correlation_id, causation_id = excluded.causation_id, known_at = excluded.known_at, swept = false
         where transactional.corporate_action.version < excluded.version and transactional.corporate_action.organization_id = excluded.organization_id`,
        [told.actionId, told.version, organizationId, told.instrumentId, told.exDate, cancelled, JSON.stringify(told), actor, correlationId, causationId]);
      return rowCount === 1;
    },

    async cancelAction(organizationId: string, actionId: string, version: number): Promise<void> {
      await sql.query(
        `update transactional.corporate_action set version = $3, cancelled = true, known_at = clock_timestamp(), swept = false
         where action_id = $2 and organization_id = $1 and version < $3`, [organizationId, actionId, version]);
    },
  };
}

/** An action that is due. */
export interface DueAction {
  readonly actionId: string;
  readonly organizationId: string;
  readonly version: number;
}

const PORTFOLIOS_AT_ONCE = 100;

/** For the timer and for operations, outside of any portfolio's transaction. */
export function dueReads(sql: Sql) {
  return {
    async actionsDue(organizationId: string | null, asOf: string): Promise<DueAction[]> {
      const { rows } = await sql.query<DueAction>(
        `select action_id as "actionId", organization_id as "organizationId", version from transactional.corporate_action
         where not swept and (ex_date <= $2::date or exists (select from transactional.entitlement e where e.action_id = transactional.corporate_action.action_id and e.step <> 'reversed'))
           and ($1::text is null or organization_id = $1) order by ex_date, action_id limit 1000`, [organizationId, asOf]);
      return rows;
    },

    /** Portfolios that have, or had, the action's instrument and not this version of it in their books, or have one that counts no more. */
    async portfoliosOfAction({ actionId, organizationId }: DueAction, asOf: string, after: string): Promise<string[]> {
      const { rows } = await sql.query<{ id: string }>(
        `select distinct portfolio_id as id from (
           select p.portfolio_id from transactional.corporate_action a join transactional.position p on p.instrument_id = a.instrument_id and p.organization_id = a.organization_id
           where a.action_id = $1 and a.organization_id = $2 and a.ex_date <= $3::date and not a.cancelled
             and not exists (select from transactional.entitlement e where e.portfolio_id = p.portfolio_id and e.action_id = a.action_id and e.version >= a.version)
           union all
           select e.portfolio_id from transactional.corporate_action a join transactional.entitlement e on e.action_id = a.action_id
           where a.action_id = $1 and a.organization_id = $2 and e.step <> 'reversed' and (e.version < a.version or a.cancelled)) as concerned
         where portfolio_id > $4 order by 1 limit ${PORTFOLIOS_AT_ONCE}`, [actionId, organizationId, asOf, after]);
      return rows.map(({ id }) => id);
    },

    /** Not while a transaction may be under way that began before the action was known or due: what it books would be passed over. */
    async markSwept({ actionId, version }: DueAction, today: string): Promise<void> {
      await sql.query(
        `update transactional.corporate_action set swept = true
         where action_id = $1 and version = $2 and known_at < clock_timestamp() - interval '1 minute' and (ex_date < $3::date or cancelled)`, [actionId, version, today]);
    },

    /** Portfolios with an action that was left as it is for want of a rate, where one of its currency was published since for the days before it. */
    async portfoliosToRate(organizationId: string | null, after: string): Promise<{ readonly id: string; readonly organizationId: string }[]> {
      const { rows } = await sql.query<{ id: string; organizationId: string }>(
        `select distinct e.portfolio_id as id, e.organization_id as "organizationId" from transactional.entitlement e
         join transactional.fact f on f.portfolio_id = e.portfolio_id and f.sequence = e.fact_sequence
         where e.step <> 'reversed' and e.outcome->>'problem' like '${NO_RATE} %' and ($1::text is null or e.organization_id = $1) and e.portfolio_id > $2
           and exists (select from transactional.fx_rate r where r.organization_id = e.organization_id and r.recorded_at > f.recorded_at and e.data->>'currency' in (r.base, r.quote)
             and r.day between e.effective_on - 7 and e.effective_on)
         order by 1 limit ${PORTFOLIOS_AT_ONCE}`, [organizationId, after]);
      return rows;
    },

    async portfoliosToPay(organizationId: string | null, asOf: string, after: string): Promise<{ readonly id: string; readonly organizationId: string }[]> {
      const { rows } = await sql.query<{ id: string; organizationId: string }>(
        `select distinct portfolio_id as id, organization_id as "organizationId" from transactional.entitlement
         where step = 'applied' and pay_on <= $2::date and ($1::text is null or organization_id = $1) and portfolio_id > $3
         order by 1 limit ${PORTFOLIOS_AT_ONCE}`, [organizationId, asOf, after]);
      return rows;
    },

    /** Null for an action that is unknown, another organisation's, or cancelled. */
    async announcedAction(organizationId: string, actionId: string): Promise<ToldAction | null> {
      const { rows: [row] } = await sql.query<{ data: ToldAction }>(
        'select data from transactional.corporate_action where organization_id = $1 and action_id = $2 and not cancelled', [organizationId, actionId]);
      return row?.data ?? null;
    },

    /** What actions did in a portfolio, the latest ex date first; those that did nothing are left out. */
    async entitlementPage(organizationId: string, portfolioId: string, page: Page): Promise<Entitlement[]> {
      const [day, id] = page.from ?? [];
      if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw badInput('the cursor is not one that this list gave out');
      const [beyond, direction] = page.backward ? ['>', 'asc'] : ['<', 'desc'];
      const { rows } = await sql.query<EntitlementRow>(
        `select ${ENTITLEMENT} from transactional.entitlement e
         where e.organization_id = $1 and e.portfolio_id = $2 and e.step <> 'reversed' and (e.outcome->>'entitled' <> '0' or jsonb_array_length(e.outcome->'parts') > 0)
           and ($3::date is null or (e.effective_on, e.id) ${beyond} ($3::date, $4::text))
         order by e.effective_on ${direction}, e.id ${direction} limit $5`, [organizationId, portfolioId, day ?? null, id ?? null, page.limit]);
      return rows.map(toEntitlement);
    },

    /** By id, those that count no more included. */
    async entitlementsNamed(organizationId: string, ids: readonly string[]): Promise<Map<string, Entitlement>> {
      const { rows } = await sql.query<EntitlementRow>(`select ${ENTITLEMENT} from transactional.entitlement e where e.organization_id = $1 and e.id = any($2)`, [organizationId, ids]);
      return new Map(rows.map((row) => [row.id, toEntitlement(row)]));
    },
  };
}

/** What a statement is compared with, and reconciliations with their breaks as queries read them. Every read names its organisation. */
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal, ZERO } from '@pms/money';
import type { Page } from '@pms/subgraph/connection';
import type { BreakStatus } from '../../domain/custody/breaks.ts';
import type { BreakKind, KnownInstrument } from '../../domain/custody/matching.ts';
import type { Break, Note, Reconciliation } from '../../domain/custody/reconciliation.ts';
import { keyOf } from '../../domain/movement.ts';
import { BREAK, type BreakRow, BREAKS, type NoteRow, RECONCILIATION, type ReconciliationRow, toBreak, toNote, toReconciliation } from './custody-rows.ts';

export interface InstrumentNames {
  readonly ids: readonly string[];
  readonly isins: readonly string[];
  readonly symbols: readonly string[];
}

/** What a custodian that credits on the contractual date sees otherwise than the trades have come. */
export interface Contractual {
  /** Of positions, by `keyOf`: traded by the day, and not to settle by it. */
  readonly notDue: ReadonlyMap<string, Decimal>;
  /** By currency, what is to be paid positive: was to settle by the day, and has not. */
  readonly overdue: ReadonlyMap<string, Decimal>;
}

export interface ReconciliationFilter {
  readonly portfolioId: string | null;
  readonly custodian: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly superseded: boolean;
}

export interface BreakFilter {
  readonly portfolioId: string | null;
  readonly custodian: string | null;
  readonly statuses: readonly BreakStatus[] | null;
  readonly kinds: readonly BreakKind[] | null;
  readonly assignee: string | null;
  /** Opened on this day or earlier. */
  readonly openedBy: string | null;
}

/** An open break, for counting by age. */
export interface OpenBreak {
  readonly openedOn: string;
  readonly baseCurrency: string;
  readonly count: number;
}

export function custodyReads(sql: Sql) {
  return {
    async instrumentsNamed(organizationId: string, { ids, isins, symbols }: InstrumentNames): Promise<KnownInstrument[]> {
      const { rows } = await sql.query<KnownInstrument>(
        `select id, symbol, isin from transactional.instrument where organization_id = $1 and (id = any($2) or isin = any($3) or symbol = any($4)) order by id`,
        [organizationId, ids, isins, symbols]);
      return rows;
    },

    async contractual(organizationId: string, portfolioId: string, day: string): Promise<Contractual> {
      const { rows } = await sql.query<{ instrument_id: string | null; currency: string; amount: string }>(
        `with standing as (select instrument_id, currency, quantity, contractual_on > $3::date as not_due, contractual_on <= $3::date and (settled_on is null or settled_on > $3::date) as overdue,
             coalesce(cash_currency, currency) as cash_currency, coalesce(cash_amount, amount) - part_amount as cash, charges
           from transactional.trade_booking where organization_id = $1 and portfolio_id = $2 and step <> 'cancelled' and traded_on <= $3::date)
         select instrument_id, currency, sum(quantity) as amount from standing where not_due group by instrument_id, currency
         union all select null, cash_currency, sum(cash) from standing where overdue group by cash_currency
         union all select null, c->>'currency', sum((c->>'amount')::numeric) from standing, jsonb_array_elements(charges) c where overdue group by c->>'currency'`,
        [organizationId, portfolioId, day]);
      const held = rows.flatMap(({ instrument_id: instrumentId, ...row }) => (instrumentId === null ? [] : [{ ...row, instrumentId }]));
      return {
        notDue: totals(held, (row) => [keyOf(row), row.amount]), overdue: totals(rows.filter((row) => row.instrument_id === null), (row) => [row.currency, row.amount]),
      };
    },

    async reconciliations(organizationId: string, ids: readonly string[]): Promise<Map<string, Reconciliation>> {
      const { rows } = await sql.query<ReconciliationRow>(`select ${RECONCILIATION} from transactional.reconciliation where organization_id = $1 and id = any($2)`, [organizationId, ids]);
      return new Map(rows.map((row) => [row.id, toReconciliation(row)]));
    },

    /** The latest day first. */
    async reconciliationsPage(organizationId: string, { portfolioId, custodian, from, to, superseded }: ReconciliationFilter, page: Page): Promise<Reconciliation[]> {
      const { rows } = await sql.query<ReconciliationRow>(
        `select ${RECONCILIATION} from transactional.reconciliation
         where organization_id = $1 and ($2::text is null or portfolio_id = $2) and ($3::text is null or custodian = $3) and ($4::date is null or stated_on >= $4)
           and ($5::date is null or stated_on <= $5) and ($6 or superseded_by is null) and ${beyond('stated_on', 'id', page, 7)}
         order by stated_on ${order(page)}, id ${order(page)} limit ${page.limit}`, [organizationId, portfolioId, custodian, from, to, superseded, ...cursor(page)]);
      return rows.map(toReconciliation);
    },

    async breakOf(organizationId: string, id: string): Promise<Break | null> {
      const { rows: [row] } = await sql.query<BreakRow>(`select ${BREAK} from ${BREAKS} where b.organization_id = $1 and b.id = $2`, [organizationId, id]);
      return row === undefined ? null : toBreak(row);
    },

    /** The latest opened first. */
    async breaksPage(organizationId: string, filter: BreakFilter, page: Page): Promise<Break[]> {
      const { rows } = await sql.query<BreakRow>(
        `select ${BREAK} from ${BREAKS}
         where b.organization_id = $1 and ($2::text is null or b.portfolio_id = $2) and ($3::text is null or b.custodian = $3) and ($4::text[] is null or b.status = any($4))
           and ($5::text[] is null or b.kind = any($5)) and ($6::text is null or b.assignee = $6) and ($7::date is null or b.opened_on <= $7) and ${beyond('b.opened_on', 'b.id', page, 8)}
         order by b.opened_on ${order(page)}, b.id ${order(page)} limit ${page.limit}`,
        [organizationId, filter.portfolioId, filter.custodian, filter.statuses, filter.kinds, filter.assignee, filter.openedBy, ...cursor(page)]);
      return rows.map(toBreak);
    },

    /** Oldest first. */
    async breakNotes(organizationId: string, breakIds: readonly string[]): Promise<Map<string, Note[]>> {
      const { rows } = await sql.query<NoteRow>(
        'select break_id, number, kind, at, actor, text from transactional.break_note where organization_id = $1 and break_id = any($2) order by break_id, number', [organizationId, breakIds]);
      return new Map([...Map.groupBy(rows, (row) => row.break_id)].map(([id, of]) => [id, of.map(toNote)]));
    },

    /** Of every organisation: for the metric alone. */
    async openBreaks(): Promise<OpenBreak[]> {
      const { rows } = await sql.query<OpenBreak>(
        `select b.opened_on::text as "openedOn", p.base_currency as "baseCurrency", count(*)::int as count from ${BREAKS} where b.status <> 'RESOLVED' group by 1, 2`);
      return rows;
    },
  };
}

function totals<Row>(rows: readonly Row[], read: (row: Row) => readonly [string, string | null]): Map<string, Decimal> {
  const found = new Map<string, Decimal>();
  for (const [key, value] of rows.map(read)) found.set(key, (found.get(key) ?? ZERO).plus(decimal(value ?? '0')));
  return found;
}

const order = ({ backward }: Page): string => (backward ? 'asc' : 'desc');
const cursor = ({ from }: Page): readonly [string | null, string | null] => (from !== null && /^\d{4}-\d{2}-\d{2}$/.test(from[0] ?? '') ? [from[0] ?? null, from[1] ?? ''] : [null, null]);
const beyond = (day: string, id: string, page: Page, first: number): string => `($${first}::date is null or (${day}, ${id}) ${page.backward ? '>' : '<'} ($${first}::date, $${first + 1}::text))`;

/** The journal as it is asked about: entries by what they are, lines of one account, and what lines add up to. As known now, or at a time. */
import type { Sql } from '@pms/events/sql';
import { type Decimal, decimal } from '@pms/money';
import type { Page } from '@pms/subgraph/connection';
import type { Account, EntryKind, Line } from '../domain/journal.ts';
import { type Moment, waitForWriters } from './history-reads.ts';

export interface JournalEntry {
  readonly id: string;
  readonly number: number;
  readonly kind: EntryKind;
  readonly effectiveOn: string;
  /** RFC 3339, UTC, to the microsecond. */
  readonly recordedAt: string;
  readonly reference: string;
  readonly version: number | null;
  readonly reverses: string | null;
  readonly actor: string;
  readonly reason: string | null;
  readonly correlationId: string;
  readonly lines: readonly Line[];
}

/** What is null does not matter. */
export interface EntryFilter {
  readonly kinds: readonly EntryKind[] | null;
  readonly account: Account | null;
  readonly instrumentId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly reference: string | null;
  readonly correlationId: string | null;
  readonly knownAt: string | null;
}

export interface LineFilter {
  readonly account: Account;
  readonly currency: string | null;
  readonly instrumentId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly knownAt: string | null;
}

export interface LedgerLine {
  readonly entry: JournalEntry;
  /** 1, 2, … within its entry. */
  readonly line: number;
  readonly currency: string;
  readonly amount: Decimal;
  readonly instrumentId: string | null;
}

export interface AccountTotal {
  readonly account: Account;
  readonly currency: string;
  readonly amount: Decimal;
}

/** A line's place in a ledger: the day from which it counts, its entry's number, its own. */
export type LinePlace = readonly [effectiveOn: string, number: string, line: string];

interface EntryRow extends Omit<JournalEntry, 'number' | 'lines'> {
  readonly number: string;
  readonly lines: readonly { readonly account: Account; readonly currency: string; readonly amount: string; readonly instrumentId: string | null }[];
}

/** An instant as text that loses nothing. */
export const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const ENTRY = `e.id, e.number, e.kind, e.effective_on::text as "effectiveOn", ${instant('e.recorded_at')} as "recordedAt", e.reference, e.version, e.reverses, e.actor, e.reason,
  e.correlation_id as "correlationId", (
    select json_agg(json_build_object('account', l.account, 'currency', l.currency, 'amount', l.amount::text, 'instrumentId', l.instrument_id) order by l.line)
    from transactional.journal_line l where l.entry_id = e.id) as lines`;

const toEntry = ({ number, lines, ...entry }: EntryRow): JournalEntry => ({
  ...entry, number: Number(number),
  lines: lines.map(({ account, currency, amount, instrumentId }) => ({ account, currency, amount: decimal(amount), ...(instrumentId !== null && { instrumentId }) })),
});

export const ledgerReads = (sql: Sql) => ({ ...entryReads(sql), ...lineReads(sql) });

function entryReads(sql: Sql) {
  return {
    /** Newest first; read backward, the oldest first. */
    async journalPage(organizationId: string, portfolioId: string, page: Page, filter: EntryFilter): Promise<JournalEntry[]> {
      await waitForWriters(sql, [portfolioId], filter);
      const [from = null] = page.from ?? [];
      const { rows } = await sql.query<EntryRow>(
        `select ${ENTRY} from transactional.journal_entry e
         where e.organization_id = $1 and e.portfolio_id = $2 and ($3::bigint is null or e.number ${page.backward ? '>' : '<'} $3) and ($4::text[] is null or e.kind = any($4))
           and ($5::date is null or e.effective_on >= $5) and ($6::date is null or e.effective_on <= $6) and ($7::text is null or e.reference = $7)
           and ($8::text is null or e.correlation_id = $8) and ($9::timestamptz is null or e.recorded_at <= $9)
           and (($10::text is null and $11::text is null) or exists (select from transactional.journal_line l where l.entry_id = e.id
             and ($10::text is null or l.account = $10) and ($11::text is null or l.instrument_id = $11)))
         order by e.number ${page.backward ? 'asc' : 'desc'} limit $12`,
        [organizationId, portfolioId, from, filter.kinds, filter.from, filter.to, filter.reference, filter.correlationId, filter.knownAt, filter.account, filter.instrumentId, page.limit]);
      return rows.map(toEntry);
    },

    /** By portfolio: what was posted to each account, by currency. */
    async accountTotalsThen(organizationId: string, portfolioIds: readonly string[], moment: Moment): Promise<Map<string, AccountTotal[]>> {
      await waitForWriters(sql, portfolioIds, moment);
      const { rows } = await sql.query<{ portfolio_id: string; account: Account; currency: string; amount: string }>(
        `select e.portfolio_id, l.account, l.currency, sum(l.amount) as amount
         from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
         where e.organization_id = $1 and e.portfolio_id = any($2) and ($3::date is null or e.effective_on <= $3) and ($4::timestamptz is null or e.recorded_at <= $4)
         group by 1, 2, 3`, [organizationId, portfolioIds, moment.asOf, moment.knownAt]);
      const totals = Map.groupBy(rows, (row) => row.portfolio_id);
      return new Map([...totals].map(([id, of]) => [id, of.map(({ account, currency, amount }) => ({ account, currency, amount: decimal(amount) }))]));
    },
  };
}

function lineReads(sql: Sql) {
  const OF_ACCOUNT = `from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
    where e.organization_id = $1 and e.portfolio_id = $2 and l.account = $3 and ($4::text is null or l.currency = $4) and ($5::text is null or l.instrument_id = $5)
      and ($6::timestamptz is null or e.recorded_at <= $6)`;
  const given = (organizationId: string, portfolioId: string, { account, currency, instrumentId, knownAt }: LineFilter): unknown[] =>
    [organizationId, portfolioId, account, currency, instrumentId, knownAt];

  return {
    /** The oldest first; read backward, the newest first. */
    async ledgerPage(organizationId: string, portfolioId: string, page: Page, filter: LineFilter): Promise<LedgerLine[]> {
      await waitForWriters(sql, [portfolioId], filter);
      const [effectiveOn = null, number = null, line = null] = page.from ?? [];
      const order = page.backward ? 'desc' : 'asc';
      const { rows } = await sql.query<EntryRow & { readonly line: number; readonly currency: string; readonly amount: string; readonly instrumentId: string | null }>(
        `select ${ENTRY}, l.line, l.currency, l.amount::text, l.instrument_id as "instrumentId" ${OF_ACCOUNT}
           and ($7::date is null or e.effective_on >= $7) and ($8::date is null or e.effective_on <= $8)
           and ($9::date is null or (e.effective_on, e.number, l.line) ${page.backward ? '<' : '>'} ($9::date, $10::bigint, $11::int))
         order by e.effective_on ${order}, e.number ${order}, l.line ${order} limit $12`,
        [...given(organizationId, portfolioId, filter), filter.from, filter.to, effectiveOn, number, line, page.limit]);
      return rows.map(({ line: at, currency, amount, instrumentId, ...entry }) => ({ entry: toEntry(entry), line: at, currency, amount: decimal(amount), instrumentId }));
    },

    /** By currency: what the lines before a place add up to. */
    async balancesBefore(organizationId: string, portfolioId: string, filter: LineFilter, [effectiveOn, number, line]: LinePlace): Promise<Map<string, Decimal>> {
      const { rows } = await sql.query<{ currency: string; amount: string }>(
        `select l.currency, sum(l.amount) as amount ${OF_ACCOUNT} and (e.effective_on, e.number, l.line) < ($7::date, $8::bigint, $9::int) group by 1 order by 1`,
        [...given(organizationId, portfolioId, filter), effectiveOn, number, line]);
      return new Map(rows.map(({ currency, amount }) => [currency, decimal(amount)]));
    },
  };
}

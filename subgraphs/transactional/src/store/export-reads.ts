/** Rows of the books page by page, by key, for those who take them all. */
import type { Sql } from '@pms/events/sql';
import { instant } from './ledger-reads.ts';

/** Rows at a time; of the journal entries with their lines. */
const PAGE_MAX = 1_000;

export interface ExportPortfolio { readonly id: string; readonly name: string | null }

export interface JournalLineRow {
  readonly portfolioId: string;
  readonly number: string;
  readonly entryId: string;
  readonly line: string;
  readonly cells: readonly (string | null)[];
}

export interface ClosingLineRow {
  readonly portfolioId: string;
  readonly closedOn: string;
  readonly dayOrder: string;
  readonly closedBy: string;
  readonly instrumentId: string;
  readonly currency: string;
  readonly line: string;
  readonly cells: readonly (string | null)[];
}

export function exportReads(sql: Sql) {
  return {
    async portfoliosAfter(organizationId: string, portfolioId: string | null, after: string): Promise<ExportPortfolio[]> {
      const { rows } = await sql.query<ExportPortfolio>(
        `select id, name from transactional.portfolio where organization_id = $1 and ($2::text is null or id = $2) and id > $3 order by id limit 100`, [organizationId, portfolioId, after]);
      return rows;
    },

    /** The database's time, for reading all pages as known at one moment. */
    async clock(): Promise<string> {
      const { rows: [row] } = await sql.query<{ at: string }>(`select ${instant('clock_timestamp()')} as at`);
      return row?.at ?? '';
    },

    /** Lines with their entries, in the order of recording. `from` and `to` are days from which entries count. */
    async journalLinesAfter(
      portfolioId: string, { knownAt, from, to }: { readonly knownAt: string; readonly from: string | null; readonly to: string | null }, after: JournalLineRow | null,
    ): Promise<JournalLineRow[]> {
      const { rows } = await sql.query<JournalLineRow>(
        `select e.portfolio_id as "portfolioId", e.number::text as number, e.id as "entryId", l.line::text as line, array[
           e.portfolio_id, e.number::text, e.id, e.kind, e.effective_on::text, ${instant('e.recorded_at')}, e.reference, e.version::text, e.reverses, e.actor, e.reason, e.correlation_id,
           l.line::text, l.account, l.instrument_id, i.symbol, l.currency, trim_scale(l.amount)::text] as cells
         from (select * from transactional.journal_entry where portfolio_id = $1 and recorded_at <= $2::timestamptz and ($3::date is null or effective_on >= $3) and ($4::date is null or effective_on <= $4)
           and ($5::bigint is null or number >= $5) order by number limit ${PAGE_MAX}) e
         join transactional.journal_line l on l.entry_id = e.id left join transactional.instrument i on i.id = l.instrument_id
         where $5::bigint is null or (e.number, l.line) > ($5::bigint, $6::int) order by e.number, l.line`,
        [portfolioId, knownAt, from, to, after?.number ?? null, after?.line ?? null]);
      return rows;
    },

    async closingLinesAfter(portfolioId: string, { from, to }: { readonly from: string | null; readonly to: string | null }, after: ClosingLineRow | null): Promise<ClosingLineRow[]> {
      const { rows } = await sql.query<ClosingLineRow>(
        `select c.portfolio_id as "portfolioId", c.closed_on::text as "closedOn", c.day_order::text as "dayOrder", c.closed_by as "closedBy", c.instrument_id as "instrumentId", c.currency, c.line::text as line, array[
           c.portfolio_id, c.instrument_id, i.symbol, c.currency, c.closed_by, c.closed_on::text, c.lot_id, c.opened_on::text, (c.closed_on - c.opened_on)::text, trim_scale(c.quantity)::text, trim_scale(c.cost)::text,
           trim_scale(c.proceeds)::text, trim_scale(c.proceeds - c.cost)::text] as cells
         from transactional.lot_closing c left join transactional.instrument i on i.id = c.instrument_id
         where c.portfolio_id = $1 and ($2::date is null or c.closed_on >= $2) and ($3::date is null or c.closed_on <= $3)
           and ($4::date is null or (c.closed_on, c.day_order, c.closed_by, c.instrument_id, c.currency, c.line) > ($4::date, $5::bigint, $6, $7, $8, $9::int))
         order by c.closed_on, c.day_order, c.closed_by, c.instrument_id, c.currency, c.line limit ${PAGE_MAX}`,
        [portfolioId, from, to, ...placeOf(after)]);
      return rows;
    },
  };
}

const placeOf = (after: ClosingLineRow | null): readonly (string | null)[] =>
  (after === null ? Array.from({ length: 6 }, () => null) : [after.closedOn, after.dayOrder, after.closedBy, after.instrumentId, after.currency, after.line]);

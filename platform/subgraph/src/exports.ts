/**
 * Data sets that a domain gives out whole: what each is, and how it is written, page by page, so that memory does not grow with it. Every value is text, decimals
 * exact; CSV is RFC 4180 and safe to open in a spreadsheet, JSON an array of objects with one object a line.
 */
import type { Scope } from '@pms/identity/principal';
import { csvLine } from '@pms/tables/write-csv';

export const exportFormats = ['csv', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What an export may be narrowed by. Null: everything of the organisation. */
export interface ExportFilter {
  readonly portfolioId: string | null;
  readonly instrumentId: string | null;
  /** Days: what counts from them, both included. */
  readonly from: string | null;
  readonly to: string | null;
  /** Books at the end of this day. */
  readonly asOf: string | null;
  /** RFC 3339: books as they were known then. */
  readonly knownAt: string | null;
}

export interface ExportQuery extends ExportFilter {
  readonly organizationId: string;
}

/** Values in the order of the data set's columns. */
export type ExportRow = readonly (string | null)[];

export interface Dataset {
  readonly name: string;
  /** One sentence. */
  readonly meaning: string;
  readonly scope: Scope;
  readonly columns: readonly string[];
  /** Which parts of the filter it knows; others are refused. */
  readonly takes: readonly (keyof ExportFilter)[];
  pages(query: ExportQuery): AsyncIterable<readonly ExportRow[]>;
}

export const noFilter: ExportFilter = { portfolioId: null, instrumentId: null, from: null, to: null, asOf: null, knownAt: null };

/** The text, a page of rows at a time; nothing before the first page has been read. A reader that has the whole of it has its end: a JSON array is closed, and CSV ends with a line end. */
export async function* written({ columns, pages }: Dataset, query: ExportQuery, format: ExportFormat): AsyncGenerator<string> {
  const { text, begin, between, end, none } = format === 'csv'
    ? { text: csvLine, begin: csvLine(columns), between: '', end: '', none: csvLine(columns) }
    : { text: (row: ExportRow) => JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null]))), begin: '[\n', between: ',\n', end: '\n]\n', none: '[]\n' };
  let lead = begin;
  for await (const page of pages(query)) {
    if (page.length === 0) continue;
    yield lead + page.map(text).join(between);
    lead = between;
  }
  yield lead === begin ? none : end;
}

/** Pages read by the key of the row before: `read` gives the rows after one, and null before the first. */
export async function* byKey<Row>(read: (after: Row | null) => Promise<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  for (let after: Row | null = null; ;) {
    const rows: readonly Row[] = await read(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last;
  }
}

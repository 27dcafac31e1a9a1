/** Reads a broker's CSV by its mapping: rows to book, what is wrong by row and column, and what was left out. */
import { csvRecords } from '@pms/tables/csv';
import { nameRows, type ReadRow } from '../domain/import-names.ts';
import type { ImportRow, RowProblem } from '../domain/import-row.ts';
import { tableLines } from './csv-tables.ts';
import type { Mapping } from './mapping.ts';
import type { Reader } from './line-at.ts';
import { readerOf, readLine } from './row.ts';
import type { Header } from './source.ts';

/** A file as it was read: with problems, `rows` are the good ones. In the order in which they are booked. */
export interface ImportFile {
  readonly layout: string;
  readonly rows: readonly ImportRow[];
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
  /** Lines that the layout leaves out on purpose, with the reason. */
  readonly leftOut: readonly RowProblem[];
  /** Rows that repeat another one of the file under the same id. */
  readonly repeated: number;
}

export interface ReadOptions {
  readonly portfolioId: string;
  /** The latest day that has begun anywhere. */
  readonly today: string;
  readonly recordsMax: number;
}

export function readCsv(text: string, mapping: Mapping, { portfolioId, today, recordsMax }: ReadOptions): ImportFile {
  const { records, problems: broken } = csvRecords(text, { delimiter: mapping.delimiter, recordsMax });
  const found = tableLines(records, mapping);
  const readers = new Map<Header, Reader>();
  const read: ReadRow[] = [];
  const problems = [...broken, ...found.problems];
  const leftOut = [...found.leftOut];
  for (const line of found.lines) {
    const reader = readers.get(line.header) ?? readerOf(line.table, line.header, mapping, today);
    readers.set(line.header, reader);
    const { rows, problems: wrong, leftOut: left } = readLine(reader, line);
    read.push(...rows);
    problems.push(...wrong);
    leftOut.push(...left);
  }
  const named = nameRows(read, portfolioId, { reversible: true });
  return {
    layout: mapping.name, rows: named.rows, warnings: named.warnings, repeated: named.repeated, leftOut: leftOut.toSorted(byRow),
    problems: [...problems, ...named.problems].toSorted(byRow),
  };
}

const byRow = (a: RowProblem, b: RowProblem): number => a.row - b.row;

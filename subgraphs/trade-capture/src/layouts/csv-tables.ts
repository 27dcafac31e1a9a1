/** Finds the lines to read in a file: behind a preamble, in sections, before remarks. Lines that are not read are named, never dropped in silence. */
import type { CsvRecord } from '@pms/tables/csv';
import type { RowProblem } from '../domain/import-row.ts';
import type { Mapping, Table } from './mapping.ts';
import { cellNamed, type Header, missingColumns } from './source.ts';

export interface TableLine {
  readonly table: Table;
  readonly header: Header;
  readonly line: number;
  readonly cells: readonly string[];
}

export interface TableLines {
  readonly lines: readonly TableLine[];
  readonly problems: readonly RowProblem[];
  readonly leftOut: readonly RowProblem[];
}

const PREAMBLE_MAX = 100;

interface Sorted {
  readonly lines: TableLine[];
  readonly problems: RowProblem[];
  readonly leftOut: RowProblem[];
}

export function tableLines(records: readonly CsvRecord[], mapping: Mapping): TableLines {
  const sorted: Sorted = { lines: [], problems: [], leftOut: [] };
  const [table] = mapping.tables;
  if (table === undefined || table.section !== undefined) inSections(records, mapping, sorted);
  else behindHeader(records, mapping, table, sorted);
  return sorted;
}

function behindHeader(records: readonly CsvRecord[], mapping: Mapping, table: Table, sorted: Sorted): void {
  const candidates = records.slice(0, PREAMBLE_MAX).map(({ cells, line }, index) => ({ index, line, cells, missing: missingColumns(table, cells) }));
  const best = candidates.toSorted((a, b) => a.missing.length - b.missing.length || a.index - b.index)[0];
  if (best === undefined) return void sorted.problems.push({ row: 0, column: 'file', reason: 'the file is empty' });
  headerProblems(best.missing, best.line, table, mapping, sorted);
  if (best.missing.length > 0) return;
  for (const { line, cells } of records.slice(best.index + 1)) sort({ table, header: best.cells, line, cells }, mapping, sorted);
}

/** The nearest thing to a header says what is missing; where nothing is near, so does the first line. */
const headerProblems = (missing: readonly string[], line: number, table: Table, { title }: Mapping, { problems }: Sorted): void => {
  for (const column of missing) problems.push({ row: line, column, reason: `there is no such column, which the layout "${title}" needs${table.section === undefined ? '' : ` in section ${table.section}`}` });
};

interface Sections {
  readonly headers: Map<string, Header>;
  /** Of sections that the mapping has no table for. */
  readonly unread: Map<string, { readonly line: number; readonly count: number }>;
}

function inSections(records: readonly CsvRecord[], mapping: Mapping, sorted: Sorted): void {
  const sections: Sections = { headers: new Map(), unread: new Map() };
  for (const record of records) inSection(record, mapping, sections, sorted);
  if (sections.headers.size === 0 && sorted.problems.length === 0)
    sorted.problems.push({ row: 0, column: 'file', reason: `there is no section ${mapping.tables.map(({ section }) => section).join(', ')}` });
  for (const [section, { line, count }] of sections.unread)
    sorted.leftOut.push({ row: line, column: section, reason: `the section is not read: ${count} ${count === 1 ? 'line' : 'lines'}` });
}

function inSection({ line, cells }: CsvRecord, mapping: Mapping, sections: Sections, sorted: Sorted): void {
  const [section = '', mark = ''] = cells;
  const table = mapping.tables.find((one) => one.section === section);
  if (mark === 'Header' && table !== undefined) sectionHeader(table, section, { line, cells }, mapping, { sections, sorted });
  if (mark !== 'Data') return;
  const header = sections.headers.get(section);
  if (table === undefined) notRead(sections, section, line);
  else if (header !== undefined) sort({ table, header, line, cells }, mapping, sorted);
}

function notRead({ unread }: Sections, section: string, line: number): void {
  const before = unread.get(section);
  unread.set(section, { line: before?.line ?? line, count: (before?.count ?? 0) + 1 });
}

function sectionHeader(table: Table, section: string, { line, cells }: CsvRecord, mapping: Mapping, { sections, sorted }: { readonly sections: Sections; readonly sorted: Sorted }): void {
  const missing = missingColumns(table, cells);
  headerProblems(missing, line, table, mapping, sorted);
  if (missing.length === 0) sections.headers.set(section, cells);
  else sections.headers.delete(section);
}

function sort(line: TableLine, { remarks }: Mapping, { lines, problems, leftOut }: Sorted): void {
  const reason = whyLeftOut(line, remarks);
  if (reason !== null) return void leftOut.push({ row: line.line, ...reason });
  const extra = line.cells.slice(line.header.length).some((cell) => cell !== '');
  if (line.cells.length < line.header.length || extra) {
    problems.push({ row: line.line, column: 'line', reason: `the line has ${line.cells.length} cells, the header ${line.header.length}` });
    return;
  }
  lines.push(line);
}

function whyLeftOut({ table, header, cells }: TableLine, remarks: boolean): Omit<RowProblem, 'row'> | null {
  if (remarks && header.length > 1 && cells.filter((cell) => cell.trim() !== '').length === 1) return { column: 'line', reason: 'a remark' };
  for (const { column, is = [], startsWith = [] } of table.leaveOut) {
    const text = cellNamed(column, header, cells);
    if (is.includes(text) || startsWith.some((start) => text.startsWith(start))) return { column, reason: `${JSON.stringify(text)} is left out by the layout` };
  }
  for (const [column, values] of Object.entries(table.only)) {
    const text = cellNamed(column, header, cells);
    if (!values.includes(text)) return { column, reason: `${JSON.stringify(text)} is left out: the layout reads ${values.join(', ')} alone` };
  }
  return null;
}

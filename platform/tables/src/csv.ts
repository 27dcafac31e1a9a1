/**
 * Records of comma-separated text (RFC 4180) with the line that each begins at: quoted cells, doubled quotes, any line ending, a byte order
 * mark, any one-character delimiter. Cells are trimmed text; empty lines are left out. What is broken is named, and reading goes on behind it.
 */
import { CsvError, type CsvErrorCode, parse } from 'csv-parse/sync';

export interface Problem {
  /** The line of the file that the record begins at; 1 is the first. 0 is the file as a whole. */
  readonly row: number;
  readonly column: string;
  readonly reason: string;
}

export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvOptions {
  /** Found out from the first line, unless given. */
  readonly delimiter?: string | undefined;
  readonly recordsMax: number;
}

export interface Csv {
  readonly records: readonly CsvRecord[];
  readonly problems: readonly Problem[];
}

const DELIMITERS = [',', ';', '\t', '|'];
const RECORD_CHARACTERS_MAX = 65_536;
const CELLS_MAX = 500;
/** A text with more broken records than this is no table. */
const BROKEN_MAX = 100;

class Enough extends Error {}

export function csvRecords(source: string, { delimiter, recordsMax }: CsvOptions): Csv {
  const text = source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const separator = delimiter ?? delimiterOf(text);
  const records: CsvRecord[] = [];
  const problems: Problem[] = [];
  let rest = { text, line: 1 };
  while (problems.length <= BROKEN_MAX) {
    const broken = readOn(rest, separator, recordsMax, records);
    if (broken === null) return { records, problems };
    problems.push({ row: broken.line, column: broken.column, reason: broken.reason });
    if (broken.last) return { records, problems };
    rest = behind(rest, broken.line);
  }
  problems.push({ row: rest.line, column: 'line', reason: `the rest is not read: ${BROKEN_MAX} records before it are broken` });
  return { records, problems };
}

interface Part {
  readonly text: string;
  /** Of its first character. */
  readonly line: number;
}

interface Broken {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
  /** Reading ends here. */
  readonly last: boolean;
}

/** Adds the records up to the first broken one; null when none is. */
function readOn(part: Part, delimiter: string, recordsMax: number, records: CsvRecord[]): Broken | null {
  const before = part.line - 1;
  let next = part.line;
  const keep = (cells: string[], { lines }: { readonly lines: number }): null => {
    const line = before + lines - newlinesIn(cells);
    next = before + lines + 1;
    if (records.length >= recordsMax) throw new Enough(`at most ${recordsMax} records are read`);
    if (cells.length > CELLS_MAX) throw new Enough(`a record has at most ${CELLS_MAX} cells`);
    if (cells.some((cell) => cell !== '')) records.push({ line, cells });
    return null;
  };
  try {
    parse(part.text, { delimiter, record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true, trim: true, max_record_size: RECORD_CHARACTERS_MAX, on_record: keep });
    return null;
  } catch (error) {
    if (error instanceof Enough) return { line: next - 1, column: 'line', reason: error.message, last: true };
    if (!(error instanceof CsvError)) throw error;
    return { line: firstLineWithText(part, next), column: cellName(error), reason: reasonOf(error.code), last: false };
  }
}

const newlinesIn = (cells: readonly string[]): number => cells.reduce((total, cell) => total + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);

const cellName = (error: CsvError): string => {
  const { column } = error as CsvError & { readonly column?: unknown };
  return typeof column === 'number' ? `cell ${String(column + 1)}` : 'line';
};

function reasonOf(code: CsvErrorCode): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED': return 'a quote is opened and never closed';
    case 'INVALID_OPENING_QUOTE': return 'a quote stands inside a cell that does not begin with one';
    case 'CSV_INVALID_CLOSING_QUOTE': return 'a quote is closed, and more text follows before the cell ends';
    case 'CSV_MAX_RECORD_SIZE': return `the record is longer than ${RECORD_CHARACTERS_MAX} characters, or a quote before it is not closed`;
    default: return 'the record cannot be read';
  }
}

/** Empty lines before a broken record were passed over without a word. */
function firstLineWithText({ text, line }: Part, from: number): number {
  let at = startOf(text, from - line);
  let number = from;
  while (text[at] === '\n') {
    at += 1;
    number += 1;
  }
  return number;
}

const behind = (part: Part, line: number): Part => ({ text: part.text.slice(startOf(part.text, line - part.line + 1)), line: line + 1 });

/** Where a line begins, `skipped` lines behind the first; the end of the text when there is none. */
function startOf(text: string, skipped: number): number {
  let at = 0;
  for (let number = 0; number < skipped; number += 1) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) return text.length;
    at = newline + 1;
  }
  return at;
}

/** The one that the first line has most of, outside quotes; a comma where it has none. */
function delimiterOf(text: string): string {
  const first = /[^\n]+/.exec(text)?.[0].slice(0, RECORD_CHARACTERS_MAX).replaceAll(/"[^"]*"/g, '') ?? '';
  const counts = DELIMITERS.map((character) => first.split(character).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Finds what a mapping names in a line of a table. */
import type { NumberFormat } from '@pms/tables/cells';
import type { Mapping, Source, Table } from './mapping.ts';

/** A cell, and what the file calls its column. */
export interface Cell {
  readonly text: string;
  readonly column: string;
  readonly numbers: NumberFormat;
}

/** Where a source is in the lines of a table; null where the file lacks an optional column. */
export type Located = (cells: readonly string[]) => Cell;

export type Header = readonly string[];

const folded = (name: string): string => name.toLowerCase().trim();
const ISIN = /\b[A-Z]{2}[A-Z0-9]{9}\d\b/;
const EVENT = /^(\p{L}+)\s+(-?[\d.,']+)\s*@\s*([\d.,']+)(?:\s+[A-Z]{3})?$/u;

const parts: Readonly<Record<string, (text: string) => string>> = {
  ISIN: (text) => ISIN.exec(text)?.[0] ?? '',
  BEFORE_COLON: (text) => text.split(':')[0]?.trim() ?? '',
  AFTER_COLON: (text) => text.split(':')[1]?.trim().toUpperCase() ?? '',
  EVENT_WORD: (text) => EVENT.exec(text)?.[1] ?? text,
  EVENT_QUANTITY: (text) => EVENT.exec(text)?.[2] ?? '',
  EVENT_PRICE: (text) => EVENT.exec(text)?.[3] ?? '',
};

export function locate(source: Source, header: Header, mapping: Pick<Mapping, 'numbers'>): Located | null {
  if ('value' in source) return () => ({ text: source.value, column: 'mapping', numbers: mapping.numbers });
  const at = indexOf(source, header);
  if (at === null) return null;
  const column = header[at] ?? '';
  const index = at + source.offset;
  const take = source.take === undefined ? (text: string): string => text : parts[source.take] ?? ((text) => text);
  const numbers = source.numbers ?? mapping.numbers;
  return (cells) => ({ text: take(cells[index]?.trim() ?? ''), column, numbers });
}

function indexOf(source: Source, header: Header): number | null {
  const names = header.map(folded);
  const index = wanted(source).map((name) => names.indexOf(folded(name))).find((found) => found >= 0);
  return index ?? null;
}

const wanted = (source: Source): readonly string[] => ('value' in source ? [] : typeof source.column === 'string' ? [source.column] : source.column);

/** The columns that the table needs and the header lacks; several names for one are joined by "or". */
export function missingColumns({ columns, fees, only, leaveOut }: Table, header: Header): string[] {
  const sources = [...Object.values(columns), ...fees.flatMap(({ amount, currency }) => (currency === undefined ? [amount] : [amount, currency]))];
  const named = [...Object.keys(only), ...leaveOut.map(({ column }) => column)].filter((name) => !header.map(folded).includes(folded(name)));
  const missing = sources.flatMap((source) => (source === undefined || 'value' in source || source.optional || indexOf(source, header) !== null ? [] : [wanted(source).join(' or ')]));
  return [...new Set([...missing, ...named])];
}

export const cellNamed = (name: string, header: Header, cells: readonly string[]): string => cells[header.map(folded).indexOf(folded(name))]?.trim() ?? '';

/** One row of a custodian's CSV: a holding or a balance of cash. What cannot be read is noted with the row's line and the column. */
import type { Decimal } from '@pms/money';
import type { CsvRecord } from '@pms/tables/csv';
import type { Basis, StatedCash, StatedHolding } from '../domain/custody/statement.ts';
import { dateIn, numberIn } from './csv-values.ts';
import type { Problems } from './problems.ts';
import { CURRENCY, isIsin } from './values.ts';

export const FIELDS = ['account', 'statedOn', 'isin', 'symbol', 'identifier', 'description', 'quantity', 'available', 'notAvailable', 'currency', 'kind'] as const;
export type CsvField = (typeof FIELDS)[number];

export interface CsvLayout {
  /** One of comma, semicolon, tab and bar; found in the header unless given. */
  readonly delimiter?: string | undefined;
  readonly decimalMark?: '.' | ',' | undefined;
  readonly dateOrder?: 'YMD' | 'DMY' | 'MDY' | undefined;
  /** The header's name for a field. */
  readonly columns?: Partial<Record<CsvField, string>> | undefined;
}

/** What the text may leave out. */
export interface CsvDefaults {
  readonly account: string | null;
  readonly statedOn: string | null;
  readonly basis: Basis;
}

export type Columns = ReadonlyMap<CsvField, { readonly at: number; readonly name: string }>;

export interface Reading {
  readonly columns: Columns;
  readonly layout: CsvLayout;
  readonly defaults: CsvDefaults;
  readonly found: Problems;
  /** Columns of the header. */
  readonly width: number;
}

export type Line = { readonly account: string; readonly statedOn: string } & ({ readonly holding: StatedHolding } | { readonly cash: StatedCash });

const TEXT_LENGTH_MAX = 200;

/** Null for a row that cannot be read: its problems are noted. */
export function lineOf(row: CsvRecord, reading: Reading): Line | null {
  if (row.cells.length !== reading.width) {
    reading.found.add(row.line, null, `the row has ${row.cells.length} columns, the header ${reading.width}`);
    return null;
  }
  const cells = cellsOf(row, reading);
  const account = cells.text('account') ?? reading.defaults.account ?? cells.bad('account', 'the account is missing');
  const statedOn = dayOf(cells, reading);
  const quantity = cells.text('quantity') === null ? cells.bad('quantity', 'the quantity is missing') : cells.number('quantity');
  const content = isCash(cells) ? cashOf(cells, quantity) : holdingOf(cells, quantity);
  return account === null || statedOn === null || content === null ? null : { account, statedOn, ...content };
}

interface Cells {
  /** Null where it is empty or there is no such column. */
  text(field: CsvField): string | null;
  number(field: CsvField): Decimal | null;
  bad(field: CsvField, message: string): null;
}

function cellsOf({ line, cells }: CsvRecord, { columns, layout, found }: Reading): Cells {
  const bad = (field: CsvField, message: string): null => {
    found.add(line, columns.get(field)?.name ?? field, message);
    return null;
  };
  const text = (field: CsvField): string | null => {
    const content = cells[columns.get(field)?.at ?? -1] ?? '';
    if (content.length > TEXT_LENGTH_MAX) return bad(field, `at most ${TEXT_LENGTH_MAX} characters`);
    return content === '' ? null : content;
  };
  const number = (field: CsvField): Decimal | null => {
    const content = text(field);
    return content === null ? null : numberIn(content, layout.decimalMark ?? '.') ?? bad(field, `${JSON.stringify(content)} is not a number of up to 20 whole and 18 fractional digits`);
  };
  return { text, number, bad };
}

function dayOf({ text, bad }: Cells, { layout, defaults }: Reading): string | null {
  const content = text('statedOn');
  if (content === null) return defaults.statedOn ?? bad('statedOn', 'the day is missing');
  return dateIn(content, layout.dateOrder ?? 'YMD') ?? bad('statedOn', `${JSON.stringify(content)} is not a day`);
}

/** Its kind says so, or it names nothing but a currency. */
function isCash({ text }: Cells): boolean {
  const names = [text('isin'), text('symbol'), text('identifier')];
  return text('kind')?.toUpperCase() === 'CASH' || (names.every((name) => name === null || name.toUpperCase() === 'CASH') && text('currency') !== null);
}

function cashOf({ text, bad }: Cells, amount: Decimal | null): { readonly cash: StatedCash } | null {
  const currency = text('currency')?.toUpperCase() ?? '';
  if (!CURRENCY.test(currency)) return bad('currency', 'cash needs the three letters of its currency');
  return amount === null ? null : { cash: { currency, amount } };
}

function holdingOf({ text, number, bad }: Cells, quantity: Decimal | null): { readonly holding: StatedHolding } | null {
  const names = { isin: text('isin')?.toUpperCase() ?? null, symbol: text('symbol')?.toUpperCase() ?? null, identifier: text('identifier') };
  const rest = { description: text('description'), available: number('available'), notAvailable: number('notAvailable'), price: null };
  if (names.isin !== null && !isIsin(names.isin)) return bad('isin', `${JSON.stringify(names.isin)} is not an ISIN, or its check digit is wrong`);
  if (names.isin === null && names.symbol === null && names.identifier === null) return bad('isin', 'the row names no instrument');
  return quantity === null ? null : { holding: { ...names, ...rest, quantity } };
}

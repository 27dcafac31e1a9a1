/** One line of a broker's table as rows of an import, or everything that is wrong with it. */
import { shown } from '@pms/tables/cells';
import { type Decimal, decimal, text } from '@pms/money';
import { inCurrency, priceDigitsMax, type QuoteUnit } from '@pms/money/quote-unit';
import type { ReadRow } from '../domain/import-names.ts';
import type { ImportFee, ImportKind, InstrumentName, RowProblem } from '../domain/import-row.ts';
import type { TableLine } from './csv-tables.ts';
import { type Faults, faultsOf } from './faults.ts';
import type { Field, LineAt, Reader } from './line-at.ts';
import { feesOf } from './fees.ts';
import type { Mapping, Meaning, Table } from './mapping.ts';
import { type Cell, type Header, type Located, locate } from './source.ts';

export interface ReadLine {
  readonly rows: readonly ReadRow[];
  readonly problems: readonly RowProblem[];
  readonly leftOut: readonly RowProblem[];
}

export function readerOf(table: Table, header: Header, mapping: Mapping, today: string): Reader {
  const at: Partial<Record<Field, Located>> = {};
  const columns: Record<string, string> = {};
  for (const [field, source] of Object.entries(table.columns)) {
    const located = source === undefined ? null : locate(source, header, mapping);
    if (located === null) continue;
    at[field as Field] = located;
    const { column } = located([]);
    if (column !== 'mapping') columns[field] = column;
  }
  const fees = table.fees.flatMap((rule) => {
    const amount = locate(rule.amount, header, mapping);
    return amount === null ? [] : [{ amount, currency: rule.currency === undefined ? null : locate(rule.currency, header, mapping), rule }];
  });
  const fee = fees[0]?.amount([]).column;
  return {
    table, mapping, at, fees, today,
    columns: { ...columns, ...(fee === undefined ? {} : { fees: fee }), instrument: columns['symbol'] ?? columns['isin'] ?? columns['instrumentId'] ?? 'instrument' },
    words: new Map(Object.entries(table.actions).map(([word, meaning]) => [word.toLowerCase(), meaning])),
  };
}

export function readLine(reader: Reader, { line, cells }: TableLine): ReadLine {
  const faults = faultsOf(line);
  const cell = (field: Field): Cell | null => reader.at[field]?.(cells) ?? null;
  const meaning = meaningOf(reader, cell('action'), faults);
  if (meaning === 'LEAVE_OUT') return { rows: [], problems: [], leftOut: [{ row: line, column: called(reader, 'action'), reason: `${shown(cell('action')?.text ?? '')} is left out by the layout` }] };
  const at = { reader, line, cells, cell, faults };
  const rows = meaning === null ? [] : ['BUY', 'SELL', 'TRADE'].includes(meaning) ? trade(at, meaning) : cash(at, meaning);
  if (meaning === null) lookAtDate(at);
  return { rows: faults.problems.length > 0 ? [] : rows, problems: faults.problems, leftOut: [] };
}

function meaningOf({ table, words, columns }: Reader, cell: Cell | null, faults: Faults): Meaning | null {
  if (table.everyRow !== undefined) return table.everyRow;
  const word = faults.needed(cell, 'action');
  if (word === null) return null;
  const lower = word.toLowerCase();
  const exact = words.get(lower);
  if (exact !== undefined) return exact;
  const [found] = [...words].filter(([pattern]) => pattern.endsWith('*') && lower.startsWith(pattern.slice(0, -1))).toSorted(([a], [b]) => b.length - a.length);
  if (found !== undefined) return found[1];
  return faults.add(columns['action'] ?? 'action', `${shown(word)} is an action that the layout does not know`);
}

/** What else is wrong with a line whose action is not known. */
function lookAtDate({ reader, cell, faults }: LineAt): void {
  const date = cell('date');
  if (date !== null) faults.day(date, reader.mapping.dates, reader.today);
}

function trade(at: LineAt, meaning: Meaning): ReadRow[] {
  const { reader, cell, faults } = at;
  const base = baseOf(at);
  if (namesNothing(at)) faults.add(called(reader, 'instrument'), 'the row names no instrument');
  const signed = neededNumber(at, 'quantity');
  const quantity = signed === null ? null : quantityOf(at, meaning, signed);
  const priced = neededNumber(at, 'price');
  const quoted = faults.currency(cell('currency'), 'currency');
  const price = priced === null ? null : priceOf(at, priced, quoted?.unit ?? null);
  if (quoted === null || signed === null || quantity === null || price === null || base.date === null) return [];
  const kind = sideOf(meaning, signed);
  const { own, foreign } = feesOf(at, { kind, quantity, price, currency: quoted.currency });
  const row: ReadRow = {
    ...base, date: base.date, kind, quantity: text(quantity), price: text(price), currency: quoted.currency, fees: own, amount: null, withheld: null,
  };
  return [row, ...foreign.map((fee, index) => feeRow(row, fee, index + 1))];
}

const sideOf = (meaning: Meaning, signed: Decimal): ImportKind => (meaning === 'SELL' || (meaning === 'TRADE' && signed.isNegative()) ? 'SELL' : 'BUY');

const namesNothing = ({ cell }: LineAt): boolean => (['instrumentId', 'isin', 'symbol'] as const).every((field) => (cell(field)?.text ?? '') === '');

const feeRow = (of: ReadRow, fee: ImportFee, number: number): ReadRow => ({
  ...of, kind: 'FEE', quantity: null, price: null, currency: fee.currency, fees: [], amount: fee.amount,
  givenId: of.givenId === null ? null : `${of.givenId}:fee${number}`,
});

const called = ({ columns }: Reader, field: string): string => columns[field] ?? field;

function neededNumber({ cell, faults, reader }: LineAt, field: Field): Decimal | null {
  const found = cell(field);
  if (found === null || found.text === '') return faults.add(found?.column ?? called(reader, field), 'is empty');
  const read = faults.number(found, field);
  return read === null ? null : decimal(read);
}

function quantityOf({ reader: { table, columns }, faults }: LineAt, meaning: Meaning, signed: Decimal): Decimal | null {
  const column = columns['quantity'] ?? 'quantity';
  if (signed.isZero()) return faults.add(column, 'the quantity is zero');
  const bySide = table.quantitySign === 'BY_SIDE' && meaning !== 'TRADE';
  if (bySide && signed.isNegative() !== (meaning === 'SELL')) return faults.add(column, `a ${meaning === 'SELL' ? 'sale' : 'purchase'} of ${text(signed)}: the layout writes sales with a minus, and nothing else`);
  if (table.quantitySign === 'POSITIVE' && meaning !== 'TRADE' && signed.isNegative()) return faults.add(column, `the quantity ${text(signed)} is below zero`);
  return signed.abs();
}

function priceOf({ reader: { columns }, faults }: LineAt, price: Decimal, unit: QuoteUnit | null): Decimal | null {
  if (!price.greaterThan(0)) return faults.add(columns['price'] ?? 'price', `the price ${text(price)} is ${price.isZero() ? 'zero' : 'below zero'}`);
  if (price.decimalPlaces() > priceDigitsMax(unit)) return faults.add(columns['price'] ?? 'price', `a price in ${unit ?? ''} has at most ${priceDigitsMax(unit)} digits behind the point`);
  return inCurrency(price, unit);
}

/** The amount's own currency where the layout has one. */
function cash(at: LineAt, meaning: Meaning): ReadRow[] {
  const { cell, faults, reader } = at;
  const base = baseOf(at);
  const figure = neededNumber(at, 'amount');
  const own = cell('amountCurrency');
  const quoted = faults.currency(own ?? cell('currency'), own === null ? 'currency' : 'amountCurrency');
  const withheld = faults.number(cell('withheld'), 'withheld');
  if (figure === null || quoted === null || base.date === null) return [];
  const signed = inCurrency(figure, quoted.unit);
  const kind = meaning === 'CASH' ? (signed.isNegative() ? 'WITHDRAWAL' : 'DEPOSIT') : meaning as ImportKind;
  const amount = amountOf(kind, signed, reader.table.amountSign === 'ANY' || meaning === 'CASH');
  if (amount === null) faults.add(called(reader, 'amount'), whyNoAmount(kind, signed));
  return amount === null ? [] : [{
    ...base, date: base.date, kind, quantity: null, price: null, currency: quoted.currency, fees: [], amount: text(amount), withheld: taxOf(withheld),
    instrument: OF_INSTRUMENTS.has(kind) ? base.instrument : null,
  }];
}

const taxOf = (withheld: string | null): string | null => (withheld === null || decimal(withheld).isZero() ? null : text(decimal(withheld).abs()));

const OF_INSTRUMENTS: ReadonlySet<ImportKind> = new Set<ImportKind>(['DIVIDEND', 'TAX', 'FEE']);
const OUT: ReadonlySet<ImportKind> = new Set<ImportKind>(['WITHDRAWAL', 'FEE', 'TAX']);

function amountOf(kind: ImportKind, signed: Decimal, anySign: boolean): Decimal | null {
  if (signed.isZero()) return null;
  if (kind === 'INTEREST') return signed;
  if (!anySign && signed.isNegative() !== OUT.has(kind)) return null;
  return signed.abs();
}

const whyNoAmount = (kind: ImportKind, signed: Decimal): string =>
  signed.isZero() ? 'the amount is zero' : `a ${kind.toLowerCase()} of ${text(signed)}: its sign says that something is taken back, which is corrected where it was booked`;

type Base = Omit<ReadRow, 'date' | 'kind' | 'quantity' | 'price' | 'currency' | 'fees' | 'amount' | 'withheld'> & { readonly date: string | null };

function baseOf(at: LineAt): Base {
  const { reader, line, cell, faults } = at;
  const date = cell('date');
  const id = faults.text(cell('externalId'), 'externalId');
  return {
    row: line, columns: reader.columns, instrument: instrumentOf(at),
    date: date === null ? null : faults.day(date, reader.mapping.dates, reader.today),
    givenId: id === null || reader.mapping.noId.includes(id) ? null : `${reader.mapping.idPrefix}${id}`,
    order: faults.text(cell('order'), 'order'), note: faults.text(cell('note'), 'note'),
  };
}

const ISIN = /^[A-Z]{2}[A-Z0-9]{9}\d$/;

function instrumentOf({ reader, cell, faults }: LineAt): InstrumentName | null {
  const capital = (field: Field): string | null => faults.text(cell(field), field)?.toUpperCase() ?? null;
  const symbol = symbolOf(reader.mapping, faults.text(cell('symbol'), 'symbol'));
  const isin = capital('isin');
  if (isin !== null && !ISIN.test(isin)) faults.add(called(reader, 'isin'), `${shown(isin)} is not an ISIN`);
  const id = faults.text(cell('instrumentId'), 'instrumentId');
  const mic = capital('mic');
  return [id, isin, symbol].every((name) => name === null) ? null : { id, isin, symbol, mic };
}

const symbolOf = ({ symbols }: Mapping, written: string | null): string | null => (written === null ? null : (Object.hasOwn(symbols, written) ? symbols[written] : undefined) ?? written.toUpperCase());

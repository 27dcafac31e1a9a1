/**
 * A custodian's holdings as CSV: one header row, then a row for each holding or balance of cash. Columns are found by the
 * names that a layout gives, else by usual ones. A row is cash where its kind says CASH, or where it names nothing but a currency.
 * Every row that cannot be read is named with its line, its column and the reason, and then nothing of the text is used.
 */
import { type CsvRecord, csvRecords } from '@pms/tables/csv';
import type { Basis, Statement } from '../domain/custody/statement.ts';
import { type Columns, type CsvDefaults, type CsvField, type CsvLayout, FIELDS, type Line, lineOf } from './csv-line.ts';
import { type Problems, problems, unreadable } from './problems.ts';

const USUAL: Readonly<Record<CsvField, readonly string[]>> = {
  account: ['account', 'account number', 'account id', 'safekeeping account', 'portfolio'],
  statedOn: ['date', 'as of', 'asof', 'as of date', 'position date', 'statement date', 'valuation date'],
  isin: ['isin'],
  symbol: ['symbol', 'ticker', 'security symbol'],
  identifier: ['identifier', 'cusip', 'sedol', 'wkn', 'valor', 'security id', 'local code'],
  description: ['description', 'security description', 'security name', 'name'],
  quantity: ['quantity', 'qty', 'units', 'shares', 'position', 'shares/par', 'amount'],
  available: ['available', 'available quantity'],
  notAvailable: ['not available', 'unavailable', 'blocked'],
  currency: ['currency', 'ccy'],
  kind: ['kind', 'type', 'asset type', 'record type'],
};
const ROWS_MAX = 100_000;
const DELIMITERS = [',', ';', '\t', '|'];

export function csvStatements(text: string, layout: CsvLayout, defaults: CsvDefaults): Statement[] {
  if (layout.delimiter !== undefined && !DELIMITERS.includes(layout.delimiter)) unreadable(null, null, 'a delimiter is a comma, a semicolon, a tab or a bar');
  const { records: [header, ...rows], problems: broken } = csvRecords(text, { delimiter: layout.delimiter, recordsMax: ROWS_MAX });
  const found = problems();
  for (const { row, column, reason } of broken) found.add(row === 0 ? null : row, column === 'line' ? null : column, reason);
  found.check();
  if (header === undefined) unreadable(null, null, 'the text is empty');
  const columns = columnsOf(header, layout, defaults, found);
  found.check();
  const read = rows.map((row) => lineOf(row, { columns, layout, defaults, found, width: header.cells.length }));
  found.check();
  const byStatement = Map.groupBy(read.filter((line) => line !== null), ({ account, statedOn }) => JSON.stringify([account, statedOn]));
  return [...byStatement.values()].map((lines) => statementOf(lines, defaults.basis));
}

function columnsOf({ line, cells }: CsvRecord, { columns = {} }: CsvLayout, defaults: CsvDefaults, found: Problems): Columns {
  const names = cells.map((cell) => cell.toLowerCase());
  const columnOf = (field: CsvField): number => {
    const given = columns[field];
    if (given === undefined) return names.findIndex((name) => USUAL[field].includes(name));
    const at = names.indexOf(given.trim().toLowerCase());
    if (at < 0) found.add(line, given, `the header has no such column, which the layout names for ${field}`);
    return at;
  };
  const known: Columns = new Map(FIELDS.map((field) => [field, columnOf(field)] as const).filter(([, at]) => at >= 0).map(([field, at]) => [field, { at, name: cells[at] ?? field }]));
  if (!known.has('quantity')) found.add(line, 'quantity', 'the header has no column for it');
  if (!known.has('isin') && !known.has('symbol') && !known.has('identifier')) found.add(line, null, 'the header has no column for an ISIN, a symbol or an identifier');
  if (!known.has('account') && defaults.account === null) found.add(line, 'account', 'the header has no column for it, and more than one account is given');
  if (!known.has('statedOn') && defaults.statedOn === null) found.add(line, 'date', 'the header has no column for it, and no day is given');
  return known;
}

function statementOf(lines: readonly Line[], basis: Basis): Statement {
  const [first] = lines as [Line, ...Line[]];
  const cash = lines.flatMap((line) => ('cash' in line ? [line.cash] : []));
  return {
    account: first.account, statedOn: first.statedOn, basis, reference: null,
    holdings: lines.flatMap((line) => ('holding' in line ? [line.holding] : [])), cash: cash.length === 0 ? null : cash,
  };
}

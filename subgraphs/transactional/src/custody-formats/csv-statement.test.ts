/** Holdings as CSV: usual headers, layouts of one's own, and rows that cannot be read. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CsvDefaults, CsvLayout } from './csv-line.ts';
import { csvStatements } from './csv-statement.ts';
import { StatementUnreadable } from './problems.ts';
import { readStatements } from './read-statements.ts';

const defaults: CsvDefaults = { account: 'ACC1', statedOn: '2026-11-20', basis: 'SETTLED' };
const read = (text: string, layout: CsvLayout = {}, over: Partial<CsvDefaults> = {}) => csvStatements(text, layout, { ...defaults, ...over });
const problemsOf = (text: string, layout: CsvLayout = {}, over: Partial<CsvDefaults> = {}) => {
  try {
    read(text, layout, over);
  } catch (error) {
    if (error instanceof StatementUnreadable) return error.problems.map(({ line, field, message }) => [line, field, message]);
    throw error;
  }
  return [];
};

test('holdings and cash are read by usual names of columns', () => {
  const [statement] = read('\uFEFFAccount,As of,ISIN,Ticker,Description,Quantity,Currency\r\nA1,2026-11-20,US0378331005,AAPL,"Apple, Inc. ""A""\nCommon","1,250.5",USD\r\nA1,2026-11-20,,,,(12.34),usd\r\n');
  expect(statement).toMatchObject({ account: 'A1', statedOn: '2026-11-20', holdings: [{ isin: 'US0378331005', symbol: 'AAPL', description: 'Apple, Inc. "A"\nCommon' }], cash: [{ currency: 'USD' }] });
  expect([statement?.holdings[0]?.quantity, statement?.cash?.[0]?.amount].map(String)).toEqual(['1250.5', '-12.34']);
});

test('a layout names columns, the decimal mark and the order of dates', () => {
  const layout: CsvLayout = { delimiter: ';', decimalMark: ',', dateOrder: 'DMY', columns: { account: 'Depot', statedOn: 'Stichtag', identifier: 'WKN', quantity: 'Nominal' } };
  const statements = read('Depot;Stichtag;WKN;Nominal\n1;20.11.2026;865985;1.250,5\n2;20.11.2026;865985;-3\n', layout);
  expect(statements.map(({ account, statedOn, holdings, cash }) => [account, statedOn, holdings.map(({ identifier, quantity }) => [identifier, quantity.toFixed()]), cash])).toEqual([
    ['1', '2026-11-20', [['865985', '1250.5']], null], ['2', '2026-11-20', [['865985', '-3']], null]]);
});

test('account and day may be given beside the text', () => {
  expect(read('symbol,quantity\nACME,1')).toMatchObject([{ account: 'ACC1', statedOn: '2026-11-20', basis: 'SETTLED' }]);
  expect(problemsOf('symbol,quantity\nACME,1', {}, { account: null, statedOn: null })).toEqual([
    [1, 'account', 'the header has no column for it, and more than one account is given'], [1, 'date', 'the header has no column for it, and no day is given']]);
});

test('every row that cannot be read is named with its column and the reason', () => {
  expect(problemsOf('account,date,isin,quantity,kind,currency\n,2026-11-20,US0378331005,1,,\nA,2026-13-01,US0378331006,x,,\nA,2026-11-20,,1,,\nA,2026-11-20,US0378331005,,,\nA,2026-11-20,,5,cash,\nA,2026-11-20', {}, { account: null })).toEqual([
    [2, 'account', 'the account is missing'],
    [3, 'date', '"2026-13-01" is not a day'],
    [3, 'quantity', '"x" is not a number of up to 20 whole and 18 fractional digits'],
    [3, 'isin', '"US0378331006" is not an ISIN, or its check digit is wrong'],
    [4, 'isin', 'the row names no instrument'],
    [5, 'quantity', 'the quantity is missing'],
    [6, 'currency', 'cash needs the three letters of its currency'],
    [7, null, 'the row has 2 columns, the header 6'],
  ]);
});

test.each([
  ['an empty text', '', [null, null, 'the text is empty']],
  ['a header without what is needed', 'a,b\n1,2', [1, 'quantity', 'the header has no column for it']],
  ['a quote that is never closed', 'symbol,quantity\n"ACME,1', [2, 'cell 1', 'a quote is opened and never closed']],
  ['text behind a closing quote', 'symbol,quantity\n"ACME"x,1', [2, 'cell 1', 'a quote is closed, and more text follows before the cell ends']],
  ['1.250,5 where the point is the decimal mark', 'symbol;quantity\nACME;1.250,5', [2, 'quantity', '"1.250,5" is not a number of up to 20 whole and 18 fractional digits']],
] as const)('%s is refused', (_, text, problem) => {
  expect(problemsOf(text)[0]).toEqual(problem);
});

test('a layout that names a column which is not there is refused', () => {
  expect(problemsOf('symbol,quantity\nACME,1', { columns: { quantity: 'Units' } })[0]).toEqual([1, 'Units', 'the header has no such column, which the layout names for quantity']);
});

test('any text is read or refused, whatever its format', () => {
  const anything = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '1', '{', '<', ':', '}'), maxLength: 300 }));
  fc.assert(fc.property(anything, fc.constantFrom('', 'symbol,quantity\n', '{4:\n', '<Document>'), (text, start) => {
    try {
      readStatements({ text: start + text, format: null, layout: {}, defaults });
    } catch (error) {
      expect(error).toBeInstanceOf(StatementUnreadable);
    }
  }), { numRuns: 1_000 });
});

/** Files as the vendors lay them out, told apart by their header, and what is refused in them. */
import { expect, test } from 'vitest';
import { priceFile, type PriceLayout } from './price-layouts.ts';

const file = (text: string, layout: PriceLayout | null = null) => {
  const [header = [], ...lines] = text.split('\n').map((line) => line.split(','));
  return priceFile(header, lines.map((cells, index) => ({ row: index + 1, cells })), layout);
};
const prices = { open: '1', high: '4', low: '0.5', close: '2', volume: '100' };

test.each<[PriceLayout, string]>([
  ['STOOQ', 'Date,Open,High,Low,Close,Volume\n2026-11-18,1,4,0.5,2,100'],
  ['STOOQ_BULK', '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nAAPL.US,D,20261118,000000,1,4,0.5,2,100,0'],
  ['YAHOO', 'Date,Open,High,Low,Close,Adj Close,Volume\n2026-11-18,1,4,0.5,2,1.9,100'],
  ['ALPHA_VANTAGE', 'timestamp,open,high,low,close,volume\n2026-11-18,1,4,0.5,2,100'],
  ['ALPHA_VANTAGE', 'timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n2026-11-18,1,4,0.5,2,1.9,100,0.0000,1.0'],
  ['PLAIN', 'Volume,Close,Low,High,Open,Date\n100,2,0.5,4,1,2026-11-18'],
])('%s is known by its header', (layout, text) => {
  expect(file(text)).toEqual({ layout, rows: [{ row: 1, date: '2026-11-18', ...prices }], problems: [], withoutPrice: [] });
  expect(file(text, layout).rows).toHaveLength(1);
});

test('an adjusted close is not a close', () => {
  expect(file('Date,Open,Adj Close\n2026-11-18,1,2').problems).toEqual([{ row: 0, column: 'close', reason: expect.stringContaining('"adj close" is not a close') }]);
  expect(file('timestamp,adjusted_close\n2026-11-18,2').rows).toEqual([]);
});

test('a day without any price is left out and named; a day without its close alone is kept, to be refused', () => {
  const { rows, withoutPrice } = file('Date,Open,High,Low,Close,Adj Close,Volume\n2026-11-18,null,null,null,null,null,null\n2026-11-19,1,4,0.5,null,null,0');
  expect(withoutPrice).toEqual([{ row: 1, column: 'close', reason: 'no price on 2026-11-18' }]);
  expect(rows).toEqual([{ row: 2, date: '2026-11-19', ...prices, close: null, volume: '0' }]);
});

test('a layout that was named and is not there is refused by its missing columns', () => {
  expect(file('Date,Close\n2026-11-18,1', 'ALPHA_VANTAGE').problems.map(({ column }) => column)).toEqual(['timestamp']);
  expect(file('Date,Close\n2026-11-18,1', 'STOOQ_BULK').problems.map(({ column }) => column)).toEqual(['<date>', '<close>']);
});

test('a file of two instruments, or by the minute, is refused', () => {
  expect(file('<TICKER>,<PER>,<DATE>,<CLOSE>\nA.US,D,20261118,1\nB.US,D,20261119,1').problems).toEqual([{ row: 2, column: '<ticker>', reason: expect.stringContaining('one instrument at a time') }]);
  expect(file('<TICKER>,<PER>,<DATE>,<CLOSE>\nA.US,5,20261118,1').problems).toEqual([{ row: 1, column: '<per>', reason: expect.stringContaining('only daily prices') }]);
});

test('a line with more cells than the header is named', () => {
  expect(file('date,close\n2026-11-18,1,234').problems).toEqual([{ row: 1, column: 'cell 3', reason: 'the line has 3 cells, the header 2' }]);
});

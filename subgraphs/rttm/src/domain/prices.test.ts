/** What a price file may be, and how each fault in it is named. */
import { expect, test } from 'vitest';
import { priceRows, readCloses } from './prices.ts';

const TODAY = '2026-11-20';

test('reads a vendor file: any column order, quotes, CRLF, unknown columns', () => {
  const { rows, problems } = priceRows('\uFEFFVolume,Close,"Date",Adj Close\r\n1000,"187.25",2026-11-18,186\r\n,188,2026-11-19,187\r\n\r\n');
  expect(problems).toEqual([]);
  const { closes, problems: bad } = readCloses(rows, TODAY);
  expect(bad).toEqual([]);
  expect(closes.map(({ date, close, volume }) => [date, close.toFixed(), volume?.toFixed() ?? null])).toEqual([['2026-11-18', '187.25', '1000'], ['2026-11-19', '188', null]]);
});

test('names a missing column', () => {
  expect(priceRows('day,close\n2026-11-18,1').problems).toEqual([{ row: 0, column: 'date', reason: 'the header line names no such column' }]);
});

test.each([
  [{ date: '18.11.2026', close: '1' }, 'date', 'not a day'],
  [{ date: '2026-02-30', close: '1' }, 'date', 'not a day'],
  [{ date: '2026-11-21', close: '1' }, 'date', 'future'],
  [{ date: '1066-10-14', close: '1' }, 'date', 'before 1900'],
  [{ close: '1' }, 'date', 'missing'],
  [{ date: '2026-11-18' }, 'close', 'missing'],
  [{ date: '2026-11-18', close: '1e3' }, 'close', 'not a decimal'],
  [{ date: '2026-11-18', close: '1,5' }, 'close', 'not a decimal'],
  [{ date: '2026-11-18', close: '0' }, 'close', 'not above zero'],
  [{ date: '2026-11-18', close: '2', high: '1' }, 'high', 'is higher'],
  [{ date: '2026-11-18', close: '2', low: '3' }, 'low', 'is lower'],
  [{ date: '2026-11-18', close: '2', volume: '-1' }, 'volume', 'below zero'],
])('%j is refused at %s', (row, column, reason) => {
  const { problems } = readCloses([{ date: '2026-11-17', close: '1' }, row], TODAY);
  expect(problems).toEqual([{ row: 2, column, reason: expect.stringContaining(reason) }]);
});

test('the second row of a day is named, with the first', () => {
  const { problems } = readCloses([{ date: '2026-11-17', close: '1' }, { date: '2026-11-17', close: '2' }], TODAY);
  expect(problems).toEqual([{ row: 2, column: 'date', reason: 'the day is in row 1 already' }]);
});

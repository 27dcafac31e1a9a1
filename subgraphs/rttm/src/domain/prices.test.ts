/** What a price file may be, and how each fault in it is named. */
import { expect, test } from 'vitest';
import { readCloses } from './prices.ts';

const TODAY = '2026-11-20';

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

test('a row is named by its own number where it has one', () => {
  expect(readCloses([{ row: 7, date: '2026-11-17', close: '0' }], TODAY).problems).toEqual([{ row: 7, column: 'close', reason: '0 is not above zero' }]);
});

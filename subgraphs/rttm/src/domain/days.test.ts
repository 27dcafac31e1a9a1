/** The calendar against the days on which the S&P 500 really closed, 2000-01-03 to 2020-04-17. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { businessDays, businessDaysBetween, isBusinessDay } from './days.ts';

/** Days of mourning, the attacks of 2001, and storms: closings that no rule foretells. */
const SPECIAL = ['2001-09-11', '2001-09-12', '2001-09-13', '2001-09-14', '2004-06-11', '2007-01-02', '2012-10-29', '2012-10-30', '2018-12-05'];

test('over twenty years its business days are the trading days of the exchange and the special closings, and no others', () => {
  const file = fileURLToPath(new URL('../data/sp500-2000.csv', import.meta.resolve('vega-datasets')));
  const traded = readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => line.slice(0, 10));
  const expected = [...traded, ...SPECIAL].toSorted();
  expect(businessDays('2000-01-02', '2020-04-17')).toEqual(expected);
  expect(businessDaysBetween('2000-01-02', '2020-04-17')).toBe(expected.length);
});

test('closings since then: Juneteenth from 2022, no Friday off for a New Year on a Saturday', () => {
  expect(isBusinessDay('2021-06-18')).toBe(true);
  expect(isBusinessDay('2022-06-20')).toBe(false);
  expect(isBusinessDay('2021-12-31')).toBe(true);
  expect(isBusinessDay('2023-01-02')).toBe(false);
  expect(isBusinessDay('2026-11-26')).toBe(false);
  expect(isBusinessDay('2026-11-22')).toBe(false);
});

test('there are no business days up to a day that is not later', () => {
  expect(businessDays('2026-11-20', '2026-11-20')).toEqual([]);
  expect(businessDays('2026-11-20', '2026-11-19')).toEqual([]);
});

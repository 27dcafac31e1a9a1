import { expect, test } from 'vitest';
import { closedWeekdays, closings } from './closings.ts';
import { newYorkEarlyCloses } from './early-closes.ts';
import { marketCalendar, settlementCalendar, settlementDate } from './market-calendars.ts';

const isOpen = (code: string, day: string): boolean => marketCalendar(code).isBusinessDay(day);

test.each(['2001-09-11', '2001-09-14', '2004-06-11', '2007-01-02', '2012-10-29', '2012-10-30', '2018-12-05', '2025-01-09'])('New York was closed on %s', (day) => {
  expect(isOpen('XNYS', day)).toBe(false);
});

test.each([['2026-10-12', 'Columbus Day'], ['2026-11-11', 'Veterans Day']])('%s (%s) trades and does not settle', (day) => {
  expect([isOpen('XNYS', day), settlementCalendar('XNYS').isBusinessDay(day)]).toEqual([true, false]);
});

test('a trade before a long weekend settles on the next day that counts', () => {
  expect(settlementDate('XNAS', '2026-11-20')).toBe('2026-11-23');
  expect(settlementDate('XNAS', '2026-11-25')).toBe('2026-11-27');
  expect(settlementDate('XLON', '2026-12-23')).toBe('2026-12-29');
});

test('a bank holiday that falls on a Saturday is not moved, on a Sunday it is', () => {
  expect(closedWeekdays(closings['USNY'] ?? (() => []), 2021)).toEqual(['2021-01-01', '2021-01-18', '2021-02-15', '2021-05-31', '2021-07-05', '2021-09-06', '2021-10-11', '2021-11-11', '2021-11-25']);
});

test('England moves its holidays for jubilees and Victory Day', () => {
  expect(['2012-05-28', '2012-06-04', '2012-06-05', '2020-05-04', '2020-05-08'].map((day) => isOpen('XLON', day))).toEqual([true, false, false, true, false]);
});

test('short days are open days', () => {
  expect(newYorkEarlyCloses(2024)).toEqual(['2024-07-03', '2024-11-29', '2024-12-24']);
  expect(isOpen('XNYS', '2024-11-29')).toBe(true);
});

test('an unknown market is refused', () => {
  expect(() => marketCalendar('XXXX')).toThrow('no calendar is known');
});

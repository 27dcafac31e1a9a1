import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addBusinessDays, allOpen, businessDaysBetween, roll, weekendsOnly } from './calendar.ts';
import type { Calendar } from './calendar.ts';
import { addDays, dayOf, daysBetween, epochDay, weekday } from './days.ts';
import { contractualSettlementDate, settlementLagDays } from './settlement-cycle.ts';

test('days that do not exist are refused', () => {
  expect(epochDay('1970-01-01')).toBe(0);
  expect(weekday('2026-11-20')).toBe(5);
  for (const day of ['2023-02-29', '2026-13-01', '2026-1-1', '20260101', '']) expect(() => epochDay(day)).toThrow('not a day');
});

test.each([
  ['FOLLOWING', '2014-08-30', '2014-09-01'],
  ['MODIFIED_FOLLOWING', '2014-08-30', '2014-08-29'],
  ['PRECEDING', '2014-08-31', '2014-08-29'],
  ['MODIFIED_PRECEDING', '2014-11-01', '2014-11-03'],
  ['NEAREST', '2014-08-31', '2014-09-01'],
  ['NONE', '2014-08-31', '2014-08-31'],
] as const)('%s moves %s to %s', (convention, day, expected) => {
  expect(roll(weekendsOnly, day, convention)).toBe(expected);
});

test('a calendar that never opens is refused instead of searched for ever', () => {
  expect(() => addBusinessDays({ name: 'closed', isBusinessDay: () => false }, '2026-01-01', 1)).toThrow('no business day');
});

test('adding the business days between two dates arrives at the second', () => {
  const days = fc.integer({ min: 0, max: 3000 }).map((n) => addDays('2020-01-01', n));
  fc.assert(fc.property(days, days, (a, b) => {
    const to = roll(weekendsOnly, b, 'FOLLOWING');
    const from = roll(weekendsOnly, a, 'FOLLOWING');
    const count = businessDaysBetween(weekendsOnly, from, to);
    expect(addBusinessDays(weekendsOnly, from, count)).toBe(to);
    expect(dayOf(epochDay(a) + daysBetween(a, b))).toBe(b);
  }));
});

describe('settlement', () => {
  const holidays = (name: string, ...days: string[]): Calendar => ({ name, isBusinessDay: (day) => !days.includes(day) && weekendsOnly.isBusinessDay(day) });

  test('the cycle is that of the trade date', () => {
    expect(['1990-01-02', '1995-06-07', '2017-09-01', '2017-09-05', '2024-05-24', '2024-05-28'].map((day) => settlementLagDays('XNYS', day))).toEqual([5, 3, 3, 2, 2, 1]);
    expect(() => settlementLagDays('XXXX', '2026-01-01')).toThrow('no settlement cycle');
  });

  test('a day on which the banks are closed does not count, though the exchange trades', () => {
    const calendar = allOpen('exchange and banks', weekendsOnly, holidays('banks', '2026-10-12'));
    expect(contractualSettlementDate('XNYS', '2026-10-09', calendar)).toBe('2026-10-13');
    expect(contractualSettlementDate('XNYS', '2026-10-12', calendar)).toBe('2026-10-13');
  });
});

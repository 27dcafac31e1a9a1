import { asStored, isWritten } from '@pms/events/moment';
import { expect, test } from 'vitest';

test.each(['2026-11-27T00:00:00.000Z', '2024-02-29T23:59:59.999Z', '0001-01-01T00:00:00.000Z'])('%s is as JavaScript writes it', (moment) => {
  expect([isWritten(moment), isWritten(moment)]).toEqual([true, true]);
  expect(asStored(moment)).toBe(new Date(moment).toISOString());
});

test.each(['2026-02-29T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-13-01T00:00:00.000Z', '2026-04-31T00:00:00.000Z', '2026-11-27T24:00:00.000Z', '2026-11-27T00:60:00.000Z', '2026-11-27T00:00:60.000Z',
  '2026-11-27T00:00:00Z', '2026-11-27T00:00:00.000+00:00', '2026-11-27 00:00:00.000Z', 'x2026-11-27T00:00:00.000Z', '2026-11-27T00:00:00.000Z\n', ''])('%j is not', (moment) => {
  expect([isWritten(moment), isWritten(moment)]).toEqual([false, false]);
});

test('a day that was looked at is the same however many came between', () => {
  const day = (number: number): string => `${new Date(Date.UTC(2026, 0, number)).toISOString().slice(0, 10)}T12:00:00.000Z`;
  for (let number = 1; number <= 200; number += 1) expect(isWritten(day(number))).toBe(true);
  expect([isWritten(day(1)), isWritten('2026-02-30T12:00:00.000Z')]).toEqual([true, false]);
});

test('a moment of another zone is stored in UTC, and what is none is refused', () => {
  expect(asStored('2026-03-01T12:00:00+02:00')).toBe('2026-03-01T10:00:00.000Z');
  expect(() => asStored('yesterday')).toThrow(RangeError);
});

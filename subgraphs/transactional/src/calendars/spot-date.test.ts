import { expect, test } from 'vitest';
import { spotDate } from './spot-date.ts';

test('spot is two business days after the trade, and one for US and Canadian dollars', () => {
  expect(spotDate(['EUR', 'USD'], '2026-11-18')).toBe('2026-11-20');
  expect(spotDate(['EUR', 'USD'], '2026-11-19')).toBe('2026-11-23');
  expect(spotDate(['USD', 'CAD'], '2026-11-18')).toBe('2026-11-19');
  expect(spotDate(['CAD', 'USD'], '2026-11-20')).toBe('2026-11-23');
});

test('a holiday of one of the centres moves the value date, and New York must be open on it for every pair', () => {
  // Good Friday and Easter Monday are no TARGET days
  expect(spotDate(['EUR', 'USD'], '2026-04-01')).toBe('2026-04-07');
  // Thanksgiving, 2026-11-26
  expect(spotDate(['EUR', 'GBP'], '2026-11-24')).toBe('2026-11-27');
  // a holiday of New York on the day in between does not count against it
  expect(spotDate(['EUR', 'USD'], '2026-11-25')).toBe('2026-11-27');
});

test('of a currency whose banks are not known only weekends count', () => {
  expect(spotDate(['SEK', 'USD'], '2026-11-20')).toBe('2026-11-24');
});

import { expect, test } from 'vitest';
import { asFill } from './trade-fill.ts';

test('trades captured within one millisecond keep the order of their microseconds', () => {
  const sequence = (capturedAt: string): number => asFill({
    tradeId: 'trd_1', tradeDate: '2026-01-05', capturedAt, side: 'BUY', quantity: '1', price: '1', currency: 'USD', fees: [] }).sequence;
  expect(sequence('2026-01-05T10:00:00.123007Z') - sequence('2026-01-05T10:00:00.123Z')).toBe(7);
  expect(sequence('2026-01-05T10:00:00.124000Z') - sequence('2026-01-05T10:00:00.123999Z')).toBe(1);
});

import { decimal } from '@pms/money';
import { expect, test } from 'vitest';
import { againstEarlier, type Captured, indexed } from './capture.ts';
import { instantOf } from './instants.ts';
import { canonicalTerms, latestDay, termsOf } from './terms.ts';
import { grossAmount, mayEnter, shownVersion, type Status } from './trade.ts';

const statuses: readonly Status[] = ['CAPTURED', 'PENDING_APPROVAL', 'VALIDATED', 'REJECTED', 'BOOKED', 'SETTLED', 'CANCELLED'];
const input = { instrumentId: 'ins_1', side: 'BUY', quantity: '10', price: '2.50', currency: 'USD', tradeDate: '2026-01-05' } as const;
const now = new Date('2026-01-05T12:00:00Z');

test('no status is entered from itself, and no final one is left', () => {
  for (const status of statuses) expect(mayEnter(status, status)).toBe(false);
  for (const final of ['REJECTED', 'SETTLED', 'CANCELLED'] as const) for (const to of statuses) expect(mayEnter(final, to), `${final} to ${to}`).toBe(false);
});

test('of two statuses at most one can follow the other', () => {
  for (const a of statuses) for (const b of statuses) expect(mayEnter(a, b) && mayEnter(b, a)).toBe(false);
});

test('a trade shows its newest version that was not rejected', () => {
  expect(shownVersion([{ version: 1, status: 'BOOKED' }, { version: 2, status: 'REJECTED' }])).toBe(1);
  expect(shownVersion([{ version: 2, status: 'REJECTED' }, { version: 1, status: 'REJECTED' }])).toBe(2);
  expect(shownVersion([{ version: 1, status: 'BOOKED' }, { version: 3, status: 'CANCELLED' }, { version: 2, status: 'REJECTED' }])).toBe(3);
});

test('a day counts as begun when it has begun anywhere on earth', () => {
  expect(latestDay(new Date('2026-01-05T09:59:59Z'))).toBe('2026-01-05');
  expect(latestDay(new Date('2026-01-05T10:00:00Z'))).toBe('2026-01-06');
  expect(() => termsOf({ ...input, tradeDate: '2026-01-07' }, now)).toThrow('future');
});

test('terms that differ only in how decimals are written are the same', () => {
  expect(canonicalTerms(termsOf({ ...input, quantity: '10.000', price: '2.5' }, now))).toEqual(canonicalTerms(termsOf(input, now)));
});

test('an instant keeps its microseconds', () => {
  expect(instantOf(Date.parse('2026-01-05T12:00:00.123Z') * 1_000 + 7)).toBe('2026-01-05T12:00:00.123007Z');
});

test('a name and a key that lead to two different trades are a conflict', () => {
  const row: Captured = {
    index: 0, tradeId: 'trd_new', portfolioId: 'prt_1', externalId: 'x', idempotencyKey: 'k', contentHash: 'h', reason: null,
    terms: { ...termsOf(input, now), quantity: decimal('1') },
  };
  const named = { tradeId: 'trd_1', externalId: 'x', idempotencyKey: null, contentHash: 'h' };
  const keyed = { tradeId: 'trd_2', externalId: null, idempotencyKey: 'k', contentHash: 'h' };
  expect(againstEarlier(row, indexed([]))).toBeNull();
  expect(againstEarlier(row, indexed([named]))).toEqual({ index: 0, outcome: 'DUPLICATE', tradeId: 'trd_1' });
  expect(againstEarlier(row, indexed([named, keyed]))).toMatchObject({ outcome: 'REFUSED', refusal: { code: 'IDEMPOTENCY_CONFLICT' } });
});

test('a gross amount fits what a Decimal holds', () => {
  expect(grossAmount(termsOf({ ...input, quantity: '0.000000000000000001', price: '0.5' }, now)).amount.toFixed()).toBe('0');
  expect(grossAmount(termsOf({ ...input, quantity: '1.000000001', price: '1.000000001' }, now)).amount.toFixed()).toBe('1.000000002000000001');
});

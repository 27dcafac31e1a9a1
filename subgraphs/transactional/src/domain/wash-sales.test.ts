import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, sum } from '@pms/money';
import { daysHeld, termOf } from './closings.ts';
import { addDays } from './days.ts';
import { fillOf, replay } from './lots.ts';
import type { Fill, LotMethod } from './lots.ts';
import { openingsOf, washSales } from './wash-sales.ts';

let sequence = 0;
const trade = (side: 'BUY' | 'SELL', tradeId: string, tradedOn: string, quantity: string, price: string): Fill =>
  fillOf({ tradeId, tradedOn, sequence: (sequence += 1), side, quantity: decimal(quantity), price: decimal(price), fees: decimal('0'), currency: 'USD' });
const buy = (tradeId: string, tradedOn: string, quantity: string, price: string): Fill => trade('BUY', tradeId, tradedOn, quantity, price);
const sell = (tradeId: string, tradedOn: string, quantity: string, price: string): Fill => trade('SELL', tradeId, tradedOn, quantity, price);

/** As `closing of lot: disallowed (replacements)`. */
function washed(fills: readonly Fill[], method: LotMethod = 'FIFO'): string[] {
  const { closings } = replay(fills, method);
  return [...washSales(openingsOf(fills, closings), closings)].map(([{ closedBy, lotId }, { disallowed, replacements }]) =>
    `${closedBy} of ${lotId}: ${disallowed.toFixed()} (${replacements.map(({ openedBy, quantity }) => `${quantity.toFixed()} ${openedBy}`).join(', ')})`);
}

test('a loss is disallowed when the shares are bought back within 30 days', () => {
  expect(washed([buy('a', '2026-01-05', '100', '10'), sell('s', '2026-03-01', '100', '8'), buy('b', '2026-03-31', '100', '8')])).toEqual(['s of a: 200 (100 b)']);
});

test('the thirty-first day is too late, and so is the thirty-first day before', () => {
  expect(washed([buy('a', '2026-01-05', '100', '10'), sell('s', '2026-03-01', '100', '8'), buy('b', '2026-04-01', '100', '8')])).toEqual([]);
  expect(washed([buy('a', '2025-01-05', '100', '10'), buy('b', '2026-01-29', '100', '8'), sell('s', '2026-03-01', '100', '8')])).toEqual([]);
  expect(washed([buy('a', '2025-01-05', '100', '10'), buy('b', '2026-01-30', '100', '8'), sell('s', '2026-03-01', '100', '8')])).toEqual(['s of a: 200 (100 b)']);
});

test('a gain is never a wash sale', () => {
  expect(washed([buy('a', '2026-01-05', '100', '10'), sell('s', '2026-03-01', '100', '12'), buy('b', '2026-03-02', '100', '12')])).toEqual([]);
});

test('shares bought within 30 days before and sold themselves replace nothing', () => {
  expect(washed([buy('a', '2026-01-05', '100', '10'), sell('s', '2026-01-20', '100', '8')])).toEqual([]);
});

test('of a loss on more shares than were bought back, that part is disallowed', () => {
  expect(washed([buy('a', '2026-01-05', '100', '10'), sell('s', '2026-03-01', '100', '8'), buy('b', '2026-03-02', '25', '8')])).toEqual(['s of a: 50 (25 b)']);
});

test('each share replaces once: of two losses the earlier one takes it', () => {
  expect(washed([
    buy('a', '2026-01-05', '100', '10'), sell('s1', '2026-03-01', '60', '8'), sell('s2', '2026-03-02', '40', '7'), buy('b', '2026-03-10', '80', '8'),
  ])).toEqual(['s1 of a: 120 (60 b)', 's2 of a: 60 (20 b)']);
});

test('several purchases replace in the order in which they were made', () => {
  expect(washed([
    buy('a', '2025-01-05', '100', '10'), buy('b', '2026-02-20', '30', '9'), sell('s', '2026-03-01', '100', '8'), buy('c', '2026-03-10', '50', '8'), buy('d', '2026-03-11', '50', '8'),
  ])).toEqual(['s of a: 200 (30 b, 50 c, 20 d)']);
});

test('a short covered at a loss is a wash sale when it is sold short again', () => {
  expect(washed([sell('a', '2026-01-05', '10', '100'), buy('c', '2026-02-01', '10', '120'), sell('b', '2026-02-20', '10', '110')])).toEqual(['c of a: 200 (10 b)']);
  expect(washed([sell('a', '2026-01-05', '10', '100'), buy('c', '2026-02-01', '10', '120'), buy('b', '2026-02-20', '10', '110')])).toEqual([]);
});

test('at average cost, the pool that was sold from does not replace itself', () => {
  expect(washed([buy('a', '2026-01-05', '10', '100'), buy('b', '2026-01-06', '10', '120'), sell('s', '2026-01-20', '20', '90')], 'AVERAGE')).toEqual([]);
  expect(washed([buy('a', '2026-01-05', '10', '100'), buy('b', '2026-01-06', '10', '120'), sell('s', '2026-01-20', '10', '90')], 'AVERAGE')).toEqual(['s of a: 200 (10 b)']);
});

test('no more is disallowed than was lost, and no share replaces twice, whatever is traded', () => {
  const fills = fc.array(fc.record({ side: fc.constantFrom('BUY' as const, 'SELL' as const), day: fc.nat(150), quantity: fc.integer({ min: 1, max: 20 }), price: fc.integer({ min: 5, max: 15 }) }), { maxLength: 30 })
    .map((all) => all.map(({ side, day, quantity, price }, at) => trade(side, `t${at}`, addDays('2026-01-01', day), String(quantity), String(price))));
  fc.assert(fc.property(fills, fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'HIFO', 'AVERAGE'), (all, method) => {
    const { closings } = replay(all, method);
    const openings = openingsOf(all, closings);
    const found = [...washSales(openings, closings)];
    for (const [closing, { disallowed, quantity }] of found) {
      expect(disallowed.lessThanOrEqualTo(closing.realizedGain.negated())).toBe(true);
      expect(quantity.lessThanOrEqualTo(closing.quantity.abs())).toBe(true);
    }
    for (const { openedBy, quantity } of openings) {
      const used = sum(found.flatMap(([, { replacements }]) => replacements.filter((each) => each.openedBy === openedBy).map((each) => each.quantity)));
      expect(used.lessThanOrEqualTo(quantity.abs())).toBe(true);
    }
  }));
});

test.each([
  ['2024-01-15', '2025-01-15', 366, 'SHORT_TERM'],
  ['2024-01-15', '2025-01-16', 367, 'LONG_TERM'],
  ['2023-02-28', '2024-02-29', 366, 'SHORT_TERM'],
  ['2023-02-28', '2024-03-01', 367, 'LONG_TERM'],
  ['2024-02-28', '2025-02-28', 366, 'SHORT_TERM'],
  ['2024-02-28', '2025-03-01', 367, 'LONG_TERM'],
  ['2024-02-29', '2025-02-28', 365, 'SHORT_TERM'],
  ['2024-02-29', '2025-03-01', 366, 'LONG_TERM'],
  ['2024-12-31', '2025-12-31', 365, 'SHORT_TERM'],
  ['2024-12-31', '2026-01-01', 366, 'LONG_TERM'],
] as const)('what was bought on %s and sold on %s was held for %i days: %s', (openedOn, closedOn, days, term) => {
  expect(daysHeld({ openedOn, closedOn })).toBe(days);
  expect(termOf({ openedOn, closedOn, quantity: decimal('1') })).toBe(term);
  expect(termOf({ openedOn, closedOn, quantity: decimal('-1') })).toBe('SHORT_TERM');
});

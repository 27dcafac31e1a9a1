/** Trades and corporate actions in one order: gains have closings, basis and cash are conserved, lots stay of one side. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal, sum, ZERO } from '@pms/money';
import type { Action, Terms } from './action-terms.ts';
import { type Fill, fillOf, type LotMethod } from './lots.ts';
import { beginning } from './movement.ts';
import { replayed } from './position-change.ts';

const instruments = ['ins_a', 'ins_b', 'ins_c'];
const money = fc.integer({ min: 0, max: 30_000 }).map((n) => decimal((n / 100).toFixed(2)));
const count = fc.integer({ min: 1, max: 9 }).map((n) => decimal(String(n)));
const share = fc.integer({ min: 0, max: 100 }).map((n) => decimal((n / 100).toFixed(2)));
const ratio = fc.record({ into: count, old: count });
const inLieu = fc.option(money, { nil: null });
const into = fc.constantFrom(...instruments);

const terms: fc.Arbitrary<Terms> = fc.oneof(
  fc.record({ kind: fc.constant('CASH_DIVIDEND' as const), perShare: money, withheld: share }),
  fc.record({ kind: fc.constant('RETURN_OF_CAPITAL' as const), perShare: money }),
  fc.record({ kind: fc.constantFrom('SPLIT' as const, 'STOCK_DIVIDEND' as const), ratio, inLieu }),
  fc.record({ kind: fc.constantFrom('SPIN_OFF' as const, 'RIGHTS_ISSUE' as const), into, ratio, share, inLieu }),
  fc.record({ kind: fc.constant('MERGER' as const), stock: fc.option(fc.record({ into, ratio, price: money }), { nil: null }), cash: money, inLieu, taxable: fc.boolean() }),
  fc.record({ kind: fc.constant('SYMBOL_CHANGE' as const), into: fc.option(into, { nil: null }) }),
  fc.record({ kind: fc.constant('RIGHTS_LAPSE' as const) }),
  fc.record({ kind: fc.constant('RIGHTS_EXERCISE' as const), into, rights: count, ratio, perShare: money }),
);

const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-03-${String(n).padStart(2, '0')}`);
const trade = fc.record({ instrumentId: into, side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: count, price: money, day });
const trades = fc.array(trade, { minLength: 1, maxLength: 15 }).map((all) => all.map(({ instrumentId, day: tradedOn, ...rest }, at) => ({
  instrumentId, fill: fillOf({ ...rest, tradeId: `trd_${at}`, tradedOn, sequence: at + 1, fees: ZERO, currency: 'USD' }),
})));
const actions = fc.array(fc.record({ instrumentId: into, day, terms }), { maxLength: 5 }).map((all) => all
  // into itself nothing is moved
  .filter(({ instrumentId, terms: of }) => !('into' in of && of.into === instrumentId) && !(of.kind === 'MERGER' && of.stock?.into === instrumentId))
  .map(({ instrumentId, day: effectiveOn, terms: of }, at): Action => ({
    entitlementId: `ent_${at}`, actionId: `act_${at}`, version: 1, instrumentId, effectiveOn, payOn: null, currency: 'USD', terms: of })));
const methods = fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'HIFO', 'AVERAGE');

const booked = (fills: readonly { instrumentId: string; fill: Fill }[], of: readonly Action[], method: LotMethod) => {
  const standing = fills.map((each) => ({ ...each, version: 1, gain: ZERO }));
  return replayed([], { standing, actions: of, fills: [] }, { method, from: beginning });
};

const total = (values: Iterable<Decimal>): string => sum(values).toFixed();

test('all that is realised, by trades and by actions, is among the closings of its position', () => {
  fc.assert(fc.property(trades, actions, methods, (fills, of, method) => {
    for (const { closings, after } of booked(fills, of, method).positions.values())
      expect(total(closings.map(({ realizedGain }) => realizedGain))).toBe(after.realized.toFixed());
  }));
});

test('basis and cash are conserved: cost less gains is what was paid for trades less what actions brought', () => {
  fc.assert(fc.property(trades, actions, methods, (fills, of, method) => {
    const { positions, outcomes } = booked(fills, of, method);
    const all = [...positions.values()];
    const paid = sum(fills.map(({ fill }) => fill.amount)).minus(sum([...outcomes.values()].map(({ capital }) => capital)));
    expect(total(all.map(({ after }) => after.cost.minus(after.realized)))).toBe(paid.toFixed());
  }));
});

test('lots stay of one side, none is empty, and add up to their position', () => {
  fc.assert(fc.property(trades, actions, methods, (fills, of, method) => {
    for (const { lots, after } of booked(fills, of, method).positions.values()) {
      for (const { quantity } of lots) expect(quantity.isZero() || quantity.isNegative() !== after.quantity.isNegative()).toBe(false);
      expect(total(lots.map(({ quantity }) => quantity))).toBe(after.quantity.toFixed());
      expect(total(lots.map(({ cost }) => cost))).toBe(after.cost.toFixed());
    }
  }));
});

test('the order of arrival of trades and actions makes no difference', () => {
  fc.assert(fc.property(trades, actions, methods, fc.infiniteStream(fc.nat()), (fills, of, method, keys) => {
    const shuffled = <Of>(all: readonly Of[]): Of[] => all.map((each) => ({ each, key: keys.next().value as number })).toSorted((a, b) => a.key - b.key).map(({ each }) => each);
    const shown = ({ positions }: ReturnType<typeof booked>): string => JSON.stringify([...positions].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    expect(shown(booked(shuffled(fills), shuffled(of), method))).toBe(shown(booked(fills, of, method)));
  }));
});

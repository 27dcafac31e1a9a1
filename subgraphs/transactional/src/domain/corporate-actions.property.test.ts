/** Whatever is traded and whatever issuers do: basis and cash are conserved, and the way movements arrive makes no difference. */
import fc from 'fast-check';
import { Decimal, decimal, sum, ZERO } from '@pms/money';
import { expect, test } from 'vitest';
import type { Action, Terms } from './action-terms.ts';
import { placeOfAction } from './action-terms.ts';
import { actionBooked, actionPaid, cashOfOutcome, keptOutcome, outcomeOf, shownOutcome } from './action-entries.ts';
import { balances } from './journal.ts';
import { addDays } from './days.ts';
import { fillOf, type Fill, type Lot, type LotMethod } from './lots.ts';
import { beginning, comparePlaces, type Key, keyOf, noPosition, placeOf, type PositionState } from './movement.ts';
import { acted, appended, replayed, type StandingTrade } from './position-change.ts';
import { type Outcome, positionBooks } from './position-books.ts';

const INSTRUMENTS = ['ins_a', 'ins_b', 'ins_c'] as const;
const FIRST = '2026-01-05';
const DAYS = 12;

interface Trade { readonly instrumentId: string; readonly fill: Fill }

const quantities = fc.integer({ min: 1, max: 40_000 }).map((n) => new Decimal(n).div(100));
const prices = fc.integer({ min: 1, max: 50_000 }).map((n) => new Decimal(n).div(100));
const days = fc.integer({ min: 0, max: DAYS }).map((n) => addDays(FIRST, n));
const ratio = fc.record({ into: fc.integer({ min: 1, max: 20 }), old: fc.integer({ min: 1, max: 20 }) }).map(({ into, old }) => ({ into: new Decimal(into), old: new Decimal(old) }));
const inLieu = fc.option(prices);
const share = fc.integer({ min: 0, max: 1_000 }).map((n) => new Decimal(n).div(1_000));

const trades = fc.array(fc.record({ instrument: fc.constantFrom(...INSTRUMENTS), day: days, side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: quantities, price: prices }), { minLength: 1, maxLength: 14 })
  .map((all) => all.map(({ instrument, day, side, quantity, price }, at): Trade => ({
    instrumentId: instrument, fill: fillOf({ tradeId: `trd_${at}`, tradedOn: day, sequence: at + 1, side, quantity, price, fees: ZERO, currency: 'USD' }),
  })));

/** Basis moves from a to b to c, and not back. */
const termsOf = (into: string | undefined): fc.Arbitrary<Terms> => fc.oneof(
  fc.record({ kind: fc.constant('CASH_DIVIDEND' as const), perShare: prices, withheld: share }),
  fc.record({ kind: fc.constant('RETURN_OF_CAPITAL' as const), perShare: prices }),
  fc.record({ kind: fc.constantFrom('SPLIT' as const, 'STOCK_DIVIDEND' as const), ratio, inLieu }),
  ...(into === undefined ? [fc.record({ kind: fc.constant('MERGER' as const), stock: fc.constant(null), cash: prices, inLieu: fc.constant(null), taxable: fc.constant(false) })] : [
    fc.record({ kind: fc.constantFrom('SPIN_OFF' as const, 'RIGHTS_ISSUE' as const), into: fc.constant(into), ratio, share, inLieu }),
    fc.record({ kind: fc.constant('MERGER' as const), stock: fc.record({ into: fc.constant(into), ratio, price: prices }), cash: fc.oneof(fc.constant(ZERO), prices), inLieu, taxable: fc.boolean() }),
    fc.record({ kind: fc.constant('SYMBOL_CHANGE' as const), into: fc.constant(into) }),
    fc.record({ kind: fc.constant('RIGHTS_EXERCISE' as const), into: fc.constant(into), rights: quantities, ratio, perShare: prices }),
  ]),
  fc.record({ kind: fc.constant('RIGHTS_LAPSE' as const) }),
);
const actions = fc.array(fc.integer({ min: 0, max: INSTRUMENTS.length - 1 }).chain((at) => fc.record({ at: fc.constant(at), day: days, terms: termsOf(INSTRUMENTS[at + 1]) })), { maxLength: 6 })
  .map((all) => all.map(({ at, day, terms }, number): Action => ({
    entitlementId: `ent_${number}`, actionId: `cac_${number}`, version: 1, instrumentId: INSTRUMENTS[at] as string, effectiveOn: day, payOn: day, currency: 'USD', terms,
  })));
const methods = fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'HIFO', 'AVERAGE');

const standing = (all: readonly Trade[]): StandingTrade[] => all.map((trade) => ({ ...trade, version: 1, gain: ZERO }));
const shownLots = (lots: readonly Lot[]): string[] => lots.map((lot) => `${lot.id} ${lot.openedOn} ${lot.quantity.toFixed()} ${lot.cost.toFixed()}`).toSorted();
const total = (values: readonly Decimal[]): string => sum(values).toFixed();

test('basis plus cash is what was paid in, what was earned, and nothing else', () => {
  fc.assert(fc.property(trades, actions, methods, (traded, announced, method) => {
    const { positions, outcomes } = replayed([], { standing: standing(traded), actions: announced, fills: [] }, { method, from: beginning });
    const states = [...positions.values()].map(({ after }) => after);
    const outcome = [...outcomes.values()];
    // cost = what trades put in, less the cash that actions brought for shares, plus all gains
    const expected = [...traded.map(({ fill }) => fill.amount), ...outcome.map(({ capital }) => capital.negated()), ...states.map(({ realized }) => realized)];
    expect(total(states.map(({ cost }) => cost))).toBe(total(expected));
    for (const { quantity, cost } of states) if (quantity.isZero()) expect(cost.toFixed()).toBe('0');
    for (const { after, lots } of positions.values()) {
      expect(total(lots.map((lot) => lot.quantity))).toBe(after.quantity.toFixed());
      expect(total(lots.map((lot) => lot.cost))).toBe(after.cost.toFixed());
      for (const lot of lots) expect(lot.quantity.lessThan(0)).toBe(after.quantity.lessThan(0));
      expect(new Set(lots.map(({ id }) => id)).size).toBe(lots.length);
    }
  }), { numRuns: 300 });
});

test('what an action posts is balanced in each currency, and its payment leaves nothing awaited', () => {
  fc.assert(fc.property(trades, actions, methods, (traded, announced, method) => {
    const { outcomes } = replayed([], { standing: standing(traded), actions: announced, fills: [] }, { method, from: beginning });
    for (const action of announced) {
      const outcome = outcomes.get(action.entitlementId);
      if (outcome === undefined) throw new Error('no outcome');
      const lines = [...actionBooked(action, outcome).lines, ...actionPaid(action, outcome, action.effectiveOn).lines];
      for (const amount of balances(lines).values()) expect(amount.toFixed()).toBe('0');
      const on = (...names: string[]): string => total(lines.filter(({ account }) => names.includes(account)).map(({ amount }) => amount));
      expect(on('CASH_RECEIVABLE', 'CASH_PAYABLE')).toBe('0');
      expect(on('CASH_SETTLED')).toBe(cashOfOutcome(outcome).toFixed());
      expect(shownOutcome(outcomeOf(keptOutcome(outcome)))).toBe(shownOutcome(outcome));
    }
  }), { numRuns: 200 });
});

type Held = Map<string, { readonly state: PositionState; readonly lots: readonly Lot[] }>;

function append(held: Held, { instrumentId, fill }: Trade, method: LotMethod): void {
  const key: Key = { instrumentId, currency: 'USD' };
  const { state, lots } = held.get(keyOf(key)) ?? { state: noPosition(instrumentId, 'USD'), lots: [] };
  const change = appended(state, lots, [fill], method);
  const gone = new Set([...(change.gone ?? []), ...change.lots.map(({ id }) => id)]);
  held.set(keyOf(key), { state: change.after, lots: [...lots.filter(({ id }) => !gone.has(id)), ...change.lots] });
}

function act(held: Held, action: Action, method: LotMethod): ReadonlyMap<string, Outcome> {
  const { positions, outcomes } = acted([...held.values()], [action], method);
  for (const [key, change] of positions) held.set(key, { state: change.after, lots: change.gone === null ? change.lots : (held.get(key)?.lots ?? []) });
  return outcomes;
}

/** Fails unless one by one and all at once come to the same. */
function compareBooks(traded: readonly Trade[], announced: readonly Action[], method: LotMethod): void {
  const held: Held = new Map();
  const ordered = [...traded.map((trade) => ({ place: placeOf(trade.fill), trade })), ...announced.map((action) => ({ place: placeOfAction(action), action }))].toSorted((a, b) => comparePlaces(a.place, b.place));
  const outcomes = new Map<string, string>();
  for (const movement of ordered) {
    if ('trade' in movement) append(held, movement.trade, method);
    else for (const [id, outcome] of act(held, movement.action, method)) outcomes.set(id, shownOutcome(outcome));
  }
  const whole = replayed([], { standing: standing(traded), actions: announced, fills: [] }, { method, from: beginning });
  expect(outcomes).toEqual(new Map([...whole.outcomes].map(([id, outcome]) => [id, shownOutcome(outcome)])));
  for (const [key, { after, lots }] of whole.positions) {
    expect(shownLots(held.get(key)?.lots ?? [])).toEqual(shownLots(lots));
    expect(held.get(key)?.state.realized.toFixed() ?? '0').toBe(after.realized.toFixed());
  }
}

test('movements that arrive in their order, one by one, lead to the same books as a replay of all', () => {
  fc.assert(fc.property(trades, actions, methods, compareBooks), { numRuns: 300 });
});

test('new lots of a taxed merger come before the trades of its day, in the order in which they are read back as well', () => {
  const fill = (instrumentId: string, tradedOn: string, sequence: number, side: 'BUY' | 'SELL') =>
    ({ instrumentId, fill: fillOf({ tradeId: `trd_${sequence}`, tradedOn, sequence, side, quantity: decimal('1'), price: decimal('1'), fees: ZERO, currency: 'USD' }) });
  compareBooks([fill('ins_b', '2026-01-05', 2, 'BUY'), fill('ins_c', '2026-01-10', 1, 'BUY'), fill('ins_c', '2026-01-10', 3, 'SELL')], [{
    entitlementId: 'ent_0', actionId: 'cac_0', version: 1, instrumentId: 'ins_b', effectiveOn: '2026-01-10', payOn: '2026-01-10', currency: 'USD',
    terms: { kind: 'MERGER', stock: { into: 'ins_c', ratio: { into: decimal('1'), old: decimal('1') }, price: decimal('1') }, cash: ZERO, inLieu: null, taxable: true },
  }], 'FIFO');
});

test('a short position owes what a long one of the same trades receives', () => {
  fc.assert(fc.property(trades, actions.map((all) => all.filter(({ terms }) => terms.kind !== 'RIGHTS_EXERCISE' && terms.kind !== 'CASH_DIVIDEND')), fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'AVERAGE'), (traded, announced, method) => {
    const mirrored = traded.map(({ instrumentId, fill }) => ({ instrumentId, fill: { ...fill, quantity: fill.quantity.negated(), amount: fill.amount.negated() } }));
    const run = (of: readonly Trade[]) => replayed([], { standing: standing(of), actions: announced, fills: [] }, { method, from: beginning });
    const [long, short] = [run(traded), run(mirrored)];
    for (const [id, outcome] of long.outcomes) expect(short.outcomes.get(id)?.capital.negated().plus(0).toFixed()).toBe(outcome.capital.toFixed());
    for (const [key, { after }] of long.positions) expect(short.positions.get(key)?.after.quantity.negated().plus(0).toFixed()).toBe(after.quantity.toFixed());
  }), { numRuns: 200 });
});

test('entitled is what was traded before the ex date', () => {
  const books = positionBooks('FIFO');
  const key = { instrumentId: 'ins_a', currency: 'USD' };
  const buy = (tradedOn: string, sequence: number): Fill => fillOf({ tradeId: `trd_${tradedOn}`, tradedOn, sequence, side: 'BUY', quantity: decimal('10'), price: decimal('5'), fees: ZERO, currency: 'USD' });
  const ex = { entitlementId: 'ent', actionId: 'cac', version: 1, instrumentId: 'ins_a', effectiveOn: '2026-01-07', payOn: null, currency: 'USD', terms: { kind: 'CASH_DIVIDEND', perShare: decimal('1'), withheld: ZERO } } as const;
  expect(comparePlaces(placeOf(buy('2026-01-06', 9)), placeOfAction(ex))).toBeLessThan(0);
  expect(comparePlaces(placeOfAction(ex), placeOf(buy('2026-01-07', 0)))).toBeLessThan(0);
  books.trade(key, buy('2026-01-06', 9));
  expect(books.act(ex).entitled.toFixed()).toBe('10');
});

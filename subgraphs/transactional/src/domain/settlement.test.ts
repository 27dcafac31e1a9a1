import { Decimal } from '@pms/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compensations, stepsBehind, undoing } from './saga-steps.ts';
import { whyParked } from './parking.ts';
import { ATTEMPTS_MAX, begun, next } from './settlement.ts';
import type { Delivered, Heard, Of, Settlement, Step } from './settlement-state.ts';

const due = '2026-11-23';
const after = (...heard: Heard[]): Settlement => heard.reduce((state, each) => next(state, each).settlement, begun);
const part = (quantity: number): Delivered => ({ quantity: new Decimal(quantity), amount: new Decimal(quantity * 10) });

const reserved: Heard = { type: 'cash-reserved', reservationId: 'r1' };
const booked: Heard = { type: 'booked', contractualDate: due, toMatch: false };
const toMatch: Heard = { type: 'booked', contractualDate: due, toMatch: true };
const matched: Heard = { type: 'matched' };
const netted: Heard = { type: 'netted', netSetId: 'net_1' };
const refused: Heard = { type: 'delivery-refused', code: 'COUNTERPARTY_FAILED', reason: 'short of securities', on: due };
const delivered: Heard = { type: 'delivered', settledOn: due };
const partDelivered: Heard = { type: 'part-delivered', total: part(4) };
const buyIn: Heard = { type: 'buy-in-due', on: '2026-11-27' };
const tryLater: Heard = { type: 'delivery-refused', code: 'INSUFFICIENT_CASH', reason: 'no cash', on: due, retryOn: '2026-11-24' };
const reversed: Heard = { type: 'delivery-reversed', code: 'COUNTERPARTY_FAILED', reason: 'returned', on: '2026-11-25', contractualDate: due, attempt: 3 };
const boughtIn: Heard = { type: 'bought-in', settledOn: '2026-11-30' };
const parked: Heard = { type: 'parked', code: 'NO_PROGRESS', reason: 'nothing has happened', on: '2026-11-26' };
const released: Heard = { type: 'released', resolution: 'RETRY', on: '2026-11-26', retryOn: null };
const releasedLater: Heard = { type: 'released', resolution: 'RETRY_ON', on: '2026-11-26', retryOn: '2026-12-01' };
const releasedToBuyIn: Heard = { type: 'released', resolution: 'BUY_IN', on: '2026-11-26', retryOn: null };

/** Every state there is, by a way that leads to it. */
const states: Readonly<Record<string, Settlement>> = {
  reserving: begun,
  booking: after(reserved),
  instructed: after(reserved, toMatch),
  matched: after(reserved, booked),
  'matched, in a net set': after(reserved, booked, netted),
  'matched, in part delivered': after(reserved, booked, partDelivered),
  'failed, unmatched': after(reserved, toMatch, refused),
  failed: after(reserved, booked, refused),
  'failed, in a net set': after(reserved, booked, netted, refused),
  'failed, in part delivered': after(reserved, booked, partDelivered, refused),
  'buying-in': after(reserved, booked, refused, buyIn),
  'buying-in, unmatched': after(reserved, toMatch, refused, buyIn),
  'buying-in, in part delivered': after(reserved, booked, partDelivered, refused, buyIn),
  'failed, to be tried again': after(reserved, booked, tryLater),
  'failed and parked': after(reserved, booked, refused, parked),
  'buying-in and parked': after(reserved, booked, refused, buyIn, parked),
  settled: after(reserved, booked, delivered),
  refused: after({ type: 'cash-refused', reason: 'none' }),
  cancelled: after(reserved, booked, { type: 'cancelled' }),
};

const messages: Readonly<Record<Heard['type'], Heard>> = {
  'cash-reserved': reserved, 'cash-refused': { type: 'cash-refused', reason: 'x' }, booked, 'booking-refused': { type: 'booking-refused', reason: 'x' }, matched, netted,
  'net-broken': { type: 'net-broken' }, delivered, 'part-delivered': { type: 'part-delivered', total: part(6) }, 'delivery-refused': refused, retried: { type: 'retried' }, 'buy-in-due': buyIn,
  'delivery-reversed': reversed, 'bought-in': boughtIn, parked, released, cancelled: { type: 'cancelled' },
};

describe('each message in each state', () => {
  /** What is not named here leaves the state as it was and sends nothing. */
  const moves: Readonly<Record<string, Partial<Record<Heard['type'], string>>>> = {
    reserving: { 'cash-reserved': 'booking', 'cash-refused': 'refused', cancelled: 'cancelled' },
    booking: { booked: 'matched', 'booking-refused': 'refused', cancelled: 'cancelled' },
    instructed: { matched: 'matched', 'delivery-refused': 'failed', cancelled: 'cancelled' },
    matched: { netted: 'matched', delivered: 'settled', 'part-delivered': 'matched', 'delivery-refused': 'failed', cancelled: 'cancelled' },
    'matched, in a net set': { 'net-broken': 'matched', delivered: 'settled', 'delivery-refused': 'failed', cancelled: 'cancelled' },
    'matched, in part delivered': { netted: 'matched', delivered: 'settled', 'part-delivered': 'matched', 'delivery-refused': 'failed', cancelled: 'cancelled' },
    'failed, unmatched': { retried: 'instructed', matched: 'matched', 'buy-in-due': 'buying-in', 'bought-in': 'settled', parked: 'failed', released: 'instructed', cancelled: 'cancelled' },
    failed: { retried: 'matched', 'part-delivered': 'matched', 'buy-in-due': 'buying-in', 'bought-in': 'settled', parked: 'failed', released: 'matched', cancelled: 'cancelled' },
    'failed, in a net set': { retried: 'matched', 'net-broken': 'failed', parked: 'failed', released: 'matched', cancelled: 'cancelled' },
    'failed, in part delivered': { retried: 'matched', 'part-delivered': 'matched', 'buy-in-due': 'buying-in', 'bought-in': 'settled', parked: 'failed', released: 'matched', cancelled: 'cancelled' },
    'failed, to be tried again': { retried: 'matched', 'part-delivered': 'matched', 'buy-in-due': 'buying-in', 'bought-in': 'settled', parked: 'failed', released: 'matched', cancelled: 'cancelled' },
    'failed and parked': { retried: 'matched', 'part-delivered': 'matched', 'bought-in': 'settled', released: 'matched', cancelled: 'cancelled' },
    'buying-in': { retried: 'matched', delivered: 'settled', 'bought-in': 'settled', 'part-delivered': 'buying-in', parked: 'buying-in', released: 'matched', cancelled: 'cancelled' },
    'buying-in, unmatched': { retried: 'instructed', matched: 'matched', delivered: 'settled', 'bought-in': 'settled', 'part-delivered': 'buying-in', parked: 'buying-in', released: 'instructed', cancelled: 'cancelled' },
    'buying-in, in part delivered': { retried: 'matched', delivered: 'settled', 'bought-in': 'settled', 'part-delivered': 'buying-in', parked: 'buying-in', released: 'matched', cancelled: 'cancelled' },
    'buying-in and parked': { retried: 'matched', delivered: 'settled', 'bought-in': 'settled', 'part-delivered': 'buying-in', released: 'matched', cancelled: 'cancelled' },
    settled: { 'delivery-reversed': 'failed', cancelled: 'cancelled' },
    refused: {},
    cancelled: {},
  };

  test.each(Object.entries(states))('%s moves as the table says', (name, state) => {
    const found: Record<string, string> = {};
    for (const [type, message] of Object.entries(messages)) {
      const { settlement, send } = next(state, message);
      if (JSON.stringify(settlement) !== JSON.stringify(state)) found[type] = settlement.step;
      else expect(send).toEqual([]);
    }
    expect(found).toEqual(moves[name]);
  });
});

test('a trade is reserved, booked, instructed, matched and settled; without a counterparty nobody has to match it', () => {
  expect(after(reserved, toMatch).step).toBe('instructed');
  expect(after(reserved, booked).step).toBe('matched');
  expect(after(reserved, toMatch, matched, delivered)).toEqual({ step: 'settled', settledOn: due, netSetId: null });
});

test('a booking that is refused releases the cash it had reserved', () => {
  expect(next(after(reserved), { type: 'booking-refused', reason: 'no lot' }).send).toContainEqual({ type: 'release-cash' });
});

test('a failed settlement is instructed again when retried, and no more than the bound allows', () => {
  let state = after(reserved, booked, refused);
  expect(next(state, { type: 'retried' }).send).toEqual([{ type: 'instruct', dueOn: due, attempt: 2 }]);
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) state = next(next(state, { type: 'retried' }).settlement, refused).settlement;
  expect(next(state, { type: 'retried' })).toEqual({ settlement: state, send: [] });
});

test('a person may have it tried more often, at once or by itself on a day; an attempt beyond the bound that fails is not repeated by itself', () => {
  let state = after(reserved, booked, refused);
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) state = next(next(state, { type: 'retried' }).settlement, refused).settlement;
  state = next(state, parked).settlement;
  expect(next(state, { type: 'retried' }).settlement).toBe(state);
  expect(next(state, released).send).toEqual([{ type: 'instruct', dueOn: due, attempt: ATTEMPTS_MAX + 1 }]);
  const waiting = next(state, releasedLater).settlement;
  expect(waiting).toMatchObject({ step: 'failed', retryOn: '2026-12-01', parked: null });
  const last = next(next(waiting, { type: 'retried' }).settlement, refused).settlement;
  expect(last).toMatchObject({ step: 'failed', attempt: ATTEMPTS_MAX + 1, retryOn: null });
  expect(next(last, { type: 'retried' }).settlement).toBe(last);
});

test('a buy-in that is released is called off, or has its time again', () => {
  const state = after(reserved, booked, refused, buyIn, parked);
  expect(next(state, releasedLater)).toMatchObject({ settlement: { step: 'failed', retryOn: '2026-12-01', parked: null }, send: [{ type: 'call-off-buy-in' }] });
  expect(next(state, releasedToBuyIn)).toMatchObject({ settlement: { step: 'buying-in', dueOn: '2026-11-26', parked: null }, send: [] });
  expect(next(after(reserved, booked, refused, parked), releasedToBuyIn)).toMatchObject({ settlement: { step: 'buying-in', parked: null }, send: [{ type: 'announce-buy-in' }] });
});

test('what the custodian takes back stands as it did before it was delivered, whole, and has failed', () => {
  const { settlement, send } = next(after(reserved, booked, netted, partDelivered, delivered), reversed);
  expect(settlement).toMatchObject({ step: 'failed', contractualDate: due, attempt: 3, code: 'COUNTERPARTY_FAILED', failedOn: '2026-11-25', matched: true, netSetId: 'net_1', part: part(0) });
  expect(send.map(({ type }) => type)).toEqual(['reverse-delivery', 'announce-failed']);
});

describe('a settlement that failed is parked', () => {
  const timing = { parkAfterBusinessDays: 3, isPurchase: false, businessDaysSince: () => 3 };
  const young = { ...timing, businessDaysSince: () => 2 };
  const failed = after(reserved, booked, refused) as Of<'failed'>;
  const why = (settlement: Settlement, when = timing) => whyParked(settlement as Of<'failed'>, when)?.code ?? null;

  test('once nothing has happened for so many business days, and not before', () => {
    expect([why(failed), why(failed, young)]).toEqual(['NO_PROGRESS', null]);
  });
  test('at once where it is held back, and after the last attempt', () => {
    expect(why(after(reserved, booked, { ...tryLater, code: 'ON_HOLD', retryOn: null }), young)).toBe('ON_HOLD');
    expect(why({ ...failed, attempt: ATTEMPTS_MAX }, young)).toBe('ATTEMPTS_EXHAUSTED');
  });
  test('but not while it is to be tried again by itself, nor a purchase that will be bought in, nor twice', () => {
    expect([why(after(reserved, booked, tryLater)), why({ ...failed, attempt: ATTEMPTS_MAX, retryOn: due })]).toEqual([null, null]);
    expect(why(failed, { ...timing, isPurchase: true })).toBeNull();
    expect(why(after(reserved, booked, netted, refused), { ...timing, isPurchase: true })).toBe('NO_PROGRESS');
    expect(why(next(failed, parked).settlement)).toBeNull();
  });
  test('a buy-in that nobody executes is, too', () => {
    const buying = after(reserved, booked, refused, buyIn);
    expect([why(buying), why(buying, young)]).toEqual(['BUY_IN_OVERDUE', null]);
  });
});

test('what a part delivery leaves is instructed again, and a part that was told before changes nothing', () => {
  const { settlement, send } = next(after(reserved, booked), partDelivered);
  expect(settlement).toMatchObject({ step: 'matched', part: part(4) });
  expect(send).toEqual([{ type: 'instruct', dueOn: due, attempt: 1 }]);
  expect(next(settlement, { type: 'part-delivered', total: part(3) })).toEqual({ settlement, send: [] });
  expect(next(settlement, { type: 'part-delivered', total: part(6) }).settlement).toMatchObject({ part: part(6) });
});

test.each([
  ['reserving', []],
  ['booking', ['release-cash']],
  ['instructed', ['withdraw-instruction', 'reverse-booking']],
  ['matched', ['unmatch', 'withdraw-instruction', 'reverse-booking']],
  ['matched, in a net set', ['break-net', 'unmatch', 'withdraw-instruction', 'reverse-booking']],
  ['matched, in part delivered', ['unmatch', 'withdraw-instruction', 'reverse-delivery', 'reverse-booking']],
  ['failed, unmatched', ['withdraw-instruction', 'reverse-booking']],
  ['failed, in part delivered', ['unmatch', 'withdraw-instruction', 'reverse-delivery', 'reverse-booking']],
  ['buying-in', ['call-off-buy-in', 'unmatch', 'withdraw-instruction', 'reverse-booking']],
  ['settled', ['reverse-delivery', 'reverse-booking']],
  ['refused', []],
  ['cancelled', []],
])('cancelling while %s undoes exactly what had been done', (name, undone) => {
  expect(next(states[name] ?? begun, { type: 'cancelled' }).send.map(({ type }) => type)).toEqual(undone);
});

const message = fc.oneof(fc.constantFrom(...Object.values(messages), toMatch, tryLater, releasedLater, releasedToBuyIn), fc.integer({ min: 1, max: 9 }).map((n): Heard => ({ type: 'part-delivered', total: part(n) })));

test('a repeated message changes nothing, in any state', () => {
  fc.assert(fc.property(fc.array(message), message, (before, last) => {
    const once = after(...before, last);
    expect(next(once, last)).toEqual({ settlement: once, send: [] });
  }));
});

/** What must hold of every step, whatever is heard. */
function expectSound(state: Settlement, each: Heard, { settlement, send }: Step): void {
  // what is final stays; nothing is undone but by a cancellation or a refusal
  if (state.step === 'cancelled' || state.step === 'refused') expect(settlement).toEqual(state);
  if (each.type !== 'cancelled' && each.type !== 'booking-refused') expect(send.map(({ type }) => type).filter((type) => undoings.has(type))).toEqual(undoneOnTheWay(state, settlement));
  // what has changed hands never becomes less, until all of it goes back
  if ('part' in state && 'part' in settlement) expect(settlement.part.quantity.greaterThanOrEqualTo(state.part.quantity)).toBe(true);
  // beyond the bound only where somebody, or a day that was set, says so
  if (each.type === 'retried' && settlement !== state && 'retryOn' in state && state.retryOn === null && 'attempt' in settlement) expect(settlement.attempt).toBeLessThanOrEqual(ATTEMPTS_MAX);
}

const undoings = new Set<string>(Object.values(compensations));

/** A buy-in that is called off by a match, another attempt or a person, and a delivery that the custodian takes back. */
function undoneOnTheWay(from: Settlement, to: Settlement): string[] {
  if (from.step === 'buying-in' && to.step !== 'buying-in' && to.step !== 'settled') return ['call-off-buy-in'];
  return from.step === 'settled' && to.step === 'failed' ? ['reverse-delivery'] : [];
}

test('whatever is heard in whatever order, the state is consistent and a cancellation undoes each step behind it once, the newest first', () => {
  fc.assert(fc.property(fc.array(message, { maxLength: 30 }), (heard) => {
    let state = begun;
    for (const each of heard) {
      const step = next(state, each);
      expectSound(state, each, step);
      state = step.settlement;
    }
    const behind = stepsBehind(state);
    expect(new Set(behind).size).toBe(behind.length);
    expect(undoing(state)).toEqual(behind.toReversed().map((step) => compensations[step]));
    const end = next(state, { type: 'cancelled' });
    expect(stepsBehind(end.settlement)).toEqual([]);
    expect(end.send.map(({ type }) => type)).toEqual(undoing(state));
  }), { numRuns: 500 });
});

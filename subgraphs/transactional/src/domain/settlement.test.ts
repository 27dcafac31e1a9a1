import { Decimal } from '@pms/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compensations, stepsBehind, undoing } from './saga-steps.ts';
import { ATTEMPTS_MAX, begun, next } from './settlement.ts';
import type { Delivered, Heard, Settlement } from './settlement-state.ts';

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
  settled: after(reserved, booked, delivered),
  refused: after({ type: 'cash-refused', reason: 'none' }),
  cancelled: after(reserved, booked, { type: 'cancelled' }),
};

const messages: Readonly<Record<Heard['type'], Heard>> = {
  'cash-reserved': reserved, 'cash-refused': { type: 'cash-refused', reason: 'x' }, booked, 'booking-refused': { type: 'booking-refused', reason: 'x' }, matched, netted,
  'net-broken': { type: 'net-broken' }, delivered, 'part-delivered': { type: 'part-delivered', total: part(6) }, 'delivery-refused': refused, retried: { type: 'retried' }, 'buy-in-due': buyIn,
  cancelled: { type: 'cancelled' },
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
    'failed, unmatched': { retried: 'instructed', matched: 'matched', 'buy-in-due': 'buying-in', cancelled: 'cancelled' },
    failed: { retried: 'matched', 'part-delivered': 'matched', 'buy-in-due': 'buying-in', cancelled: 'cancelled' },
    'failed, in a net set': { retried: 'matched', 'net-broken': 'failed', cancelled: 'cancelled' },
    'failed, in part delivered': { retried: 'matched', 'part-delivered': 'matched', 'buy-in-due': 'buying-in', cancelled: 'cancelled' },
    'buying-in': { retried: 'matched', delivered: 'settled', 'part-delivered': 'buying-in', cancelled: 'cancelled' },
    'buying-in, unmatched': { retried: 'instructed', matched: 'matched', delivered: 'settled', 'part-delivered': 'buying-in', cancelled: 'cancelled' },
    'buying-in, in part delivered': { retried: 'matched', delivered: 'settled', 'part-delivered': 'buying-in', cancelled: 'cancelled' },
    settled: { cancelled: 'cancelled' },
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

const message = fc.oneof(fc.constantFrom(...Object.values(messages), toMatch), fc.integer({ min: 1, max: 9 }).map((n): Heard => ({ type: 'part-delivered', total: part(n) })));

test('a repeated message changes nothing, in any state', () => {
  fc.assert(fc.property(fc.array(message), message, (before, last) => {
    const once = after(...before, last);
    expect(next(once, last)).toEqual({ settlement: once, send: [] });
  }));
});

test('whatever is heard in whatever order, the state is consistent and a cancellation undoes each step behind it once, the newest first', () => {
  fc.assert(fc.property(fc.array(message, { maxLength: 30 }), (heard) => {
    let state = begun;
    for (const each of heard) {
      const { settlement, send } = next(state, each);
      // what is final stays; nothing is undone but by a cancellation or a refusal
      if (state.step === 'cancelled' || state.step === 'refused') expect(settlement).toEqual(state);
      const names = new Set<string>(Object.values(compensations));
      // but a buy-in that is called off by a match or another attempt
      if (each.type !== 'cancelled' && each.type !== 'booking-refused')
        expect(send.map(({ type }) => type).filter((type) => names.has(type))).toEqual(state.step === 'buying-in' && (settlement.step === 'matched' || settlement.step === 'instructed') ? ['call-off-buy-in'] : []);
      // what has changed hands never becomes less, until all of it goes back
      if ('part' in state && 'part' in settlement) expect(settlement.part.quantity.greaterThanOrEqualTo(state.part.quantity)).toBe(true);
      if ('attempt' in settlement) expect(settlement.attempt).toBeLessThanOrEqual(ATTEMPTS_MAX);
      state = settlement;
    }
    const behind = stepsBehind(state);
    expect(new Set(behind).size).toBe(behind.length);
    expect(undoing(state)).toEqual(behind.toReversed().map((step) => compensations[step]));
    const end = next(state, { type: 'cancelled' });
    expect(stepsBehind(end.settlement)).toEqual([]);
    expect(end.send.map(({ type }) => type)).toEqual(undoing(state));
  }), { numRuns: 500 });
});

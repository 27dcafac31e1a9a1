import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ATTEMPTS_MAX, begun, next } from './settlement.ts';
import type { Heard, Settlement } from './settlement.ts';

const after = (...heard: Heard[]): Settlement => heard.reduce((state, each) => next(state, each).settlement, begun);
const reserved: Heard = { type: 'cash-reserved', reservationId: 'r1' };
const booked: Heard = { type: 'booked', contractualDate: '2026-11-23' };
const refused: Heard = { type: 'delivery-refused', reason: 'short of securities' };

test('a trade is reserved, booked, instructed and settled', () => {
  expect(after(reserved, booked, { type: 'delivered', settledOn: '2026-11-23' })).toEqual({ step: 'settled', settledOn: '2026-11-23' });
});

test('a booking that is refused releases the cash it had reserved', () => {
  expect(next(after(reserved), { type: 'booking-refused', reason: 'no lot' }).send).toContainEqual({ type: 'release-cash', reservationId: 'r1' });
});

test('a failed settlement is instructed again when retried, and no more than the bound allows', () => {
  let state = after(reserved, booked, refused);
  expect(next(state, { type: 'retried' }).send).toEqual([{ type: 'instruct', dueOn: '2026-11-23', attempt: 2 }]);
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) state = next(next(state, { type: 'retried' }).settlement, refused).settlement;
  expect(next(state, { type: 'retried' })).toEqual({ settlement: state, send: [] });
});

test('cancelling undoes exactly what had been done', () => {
  const sent = (state: Settlement): string[] => next(state, { type: 'cancelled' }).send.map(({ type }) => type);
  expect(sent(begun)).toEqual([]);
  expect(sent(after(reserved))).toEqual(['release-cash']);
  expect(sent(after(reserved, booked))).toEqual(['reverse-booking']);
  expect(sent(after(reserved, booked, { type: 'delivered', settledOn: '2026-11-23' }))).toEqual(['reverse-delivery', 'reverse-booking']);
});

test('a repeated message changes nothing, in any state', () => {
  const message = fc.constantFrom<Heard>(reserved, booked, refused, { type: 'delivered', settledOn: '2026-11-23' }, { type: 'cancelled' }, { type: 'cash-refused', reason: 'x' }, { type: 'booking-refused', reason: 'x' });
  fc.assert(fc.property(fc.array(message), message, (before, last) => {
    const once = after(...before, last);
    expect(next(once, last)).toEqual({ settlement: once, send: [] });
  }));
});

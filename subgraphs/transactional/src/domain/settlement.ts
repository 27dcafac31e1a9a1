/**
 * How one trade settles: reserve cash, book, wait for the contractual date, exchange cash for securities. A saga as a
 * pure step function: `next` says what to send, reactions send it and keep the state. A step that fails undoes what came
 * before it (reserved cash is released); a booked trade that fails to settle stays booked and may be retried, at most
 * ATTEMPTS_MAX times. A message that does not fit the step, because it is late or repeated, changes nothing.
 */
import type { Day } from './days.ts';

export const ATTEMPTS_MAX = 10;

export type Settlement =
  | { readonly step: 'reserving' }
  | { readonly step: 'booking'; readonly reservationId: string }
  | { readonly step: 'instructed'; readonly contractualDate: Day; readonly attempt: number }
  | { readonly step: 'settled'; readonly settledOn: Day }
  /** Booked, and due again when retried. */
  | { readonly step: 'failed'; readonly reason: string; readonly contractualDate: Day; readonly attempt: number }
  /** Never booked; final. */
  | { readonly step: 'refused'; readonly reason: string }
  /** Withdrawn by an amendment or a cancellation, before or after settlement; final. */
  | { readonly step: 'cancelled' };

export type Heard =
  | { readonly type: 'cash-reserved'; readonly reservationId: string }
  | { readonly type: 'cash-refused'; readonly reason: string }
  | { readonly type: 'booked'; readonly contractualDate: Day }
  | { readonly type: 'booking-refused'; readonly reason: string }
  | { readonly type: 'delivered'; readonly settledOn: Day }
  | { readonly type: 'delivery-refused'; readonly reason: string }
  | { readonly type: 'retried' }
  | { readonly type: 'cancelled' };

export type Send =
  | { readonly type: 'book-trade'; readonly reservationId: string }
  | { readonly type: 'release-cash'; readonly reservationId: string }
  | { readonly type: 'instruct'; readonly dueOn: Day; readonly attempt: number }
  | { readonly type: 'reverse-booking' }
  | { readonly type: 'reverse-delivery' }
  | { readonly type: 'announce-refused'; readonly reason: string }
  | { readonly type: 'announce-settled'; readonly settledOn: Day }
  | { readonly type: 'announce-failed'; readonly reason: string; readonly attempt: number };

export interface Step {
  readonly settlement: Settlement;
  readonly send: readonly Send[];
}

export const begun: Settlement = { step: 'reserving' };

const unchanged = (settlement: Settlement): Step => ({ settlement, send: [] });

export function next(settlement: Settlement, heard: Heard): Step {
  switch (settlement.step) {
    case 'reserving':
      return whileReserving(settlement, heard);
    case 'booking':
      return whileBooking(settlement, heard);
    case 'instructed':
      return whileInstructed(settlement, heard);
    case 'failed':
      return whileFailed(settlement, heard);
    case 'settled':
      return heard.type === 'cancelled'
        ? { settlement: { step: 'cancelled' }, send: [{ type: 'reverse-delivery' }, { type: 'reverse-booking' }] }
        : unchanged(settlement);
    case 'refused':
    case 'cancelled':
      return unchanged(settlement);
  }
}

function whileReserving(settlement: Settlement & { step: 'reserving' }, heard: Heard): Step {
  switch (heard.type) {
    case 'cash-reserved':
      return {
        settlement: { step: 'booking', reservationId: heard.reservationId },
        send: [{ type: 'book-trade', reservationId: heard.reservationId }],
      };
    case 'cash-refused':
      return { settlement: { step: 'refused', reason: heard.reason }, send: [{ type: 'announce-refused', reason: heard.reason }] };
    case 'cancelled':
      return { settlement: { step: 'cancelled' }, send: [] };
    default:
      return unchanged(settlement);
  }
}

function whileBooking(settlement: Settlement & { step: 'booking' }, heard: Heard): Step {
  const release = { type: 'release-cash', reservationId: settlement.reservationId } as const;
  switch (heard.type) {
    case 'booked': // the reservation becomes the payable, so it is not released: booking has consumed it
      return {
        settlement: { step: 'instructed', contractualDate: heard.contractualDate, attempt: 1 },
        send: [{ type: 'instruct', dueOn: heard.contractualDate, attempt: 1 }],
      };
    case 'booking-refused':
      return { settlement: { step: 'refused', reason: heard.reason }, send: [release, { type: 'announce-refused', reason: heard.reason }] };
    case 'cancelled':
      return { settlement: { step: 'cancelled' }, send: [release] };
    default:
      return unchanged(settlement);
  }
}

function whileInstructed(settlement: Settlement & { step: 'instructed' }, heard: Heard): Step {
  switch (heard.type) {
    case 'delivered':
      return {
        settlement: { step: 'settled', settledOn: heard.settledOn },
        send: [{ type: 'announce-settled', settledOn: heard.settledOn }],
      };
    case 'delivery-refused':
      return {
        settlement: { ...settlement, step: 'failed', reason: heard.reason },
        send: [{ type: 'announce-failed', reason: heard.reason, attempt: settlement.attempt }],
      };
    case 'cancelled':
      return { settlement: { step: 'cancelled' }, send: [{ type: 'reverse-booking' }] };
    default:
      return unchanged(settlement);
  }
}

function whileFailed(settlement: Settlement & { step: 'failed' }, heard: Heard): Step {
  if (heard.type === 'cancelled') return { settlement: { step: 'cancelled' }, send: [{ type: 'reverse-booking' }] };
  if (heard.type !== 'retried' || settlement.attempt >= ATTEMPTS_MAX) return unchanged(settlement);
  const { contractualDate } = settlement;
  const attempt = settlement.attempt + 1;
  return {
    settlement: { step: 'instructed', contractualDate, attempt },
    send: [{ type: 'instruct', dueOn: contractualDate, attempt }],
  };
}

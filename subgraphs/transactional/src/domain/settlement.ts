/**
 * How one trade settles: reserve cash, book, instruct the custodian, match with the counterparty, wait for the contractual
 * date, exchange cash for securities. A saga as a pure step function: `next` says what to send, commands send it and keep the
 * state. What each step's undoing is called, and which steps a state has behind it, is in saga-steps.ts: a cancellation undoes
 * exactly those. A booked trade that fails to settle stays booked and may be retried, at most ATTEMPTS_MAX times; what a part
 * delivery leaves is instructed again; a failure that lasts becomes a buy-in. What cannot go on by itself is parked with the reason
 * (parking.ts says when) until somebody releases it; that somebody may try it more often. What had settled may fail again, where the custodian takes it
 * back. A message that does not fit the state, because it is late or repeated, changes nothing.
 */
import type { Day } from './days.ts';
import { undoing } from './saga-steps.ts';
import { type Delivered, type Heard, type Instruction, nothing, type Of, type Settlement, type Step } from './settlement-state.ts';

export const ATTEMPTS_MAX = 10;

export const begun: Settlement = { step: 'reserving' };

const unchanged = (settlement: Settlement): Step => ({ settlement, send: [] });

export function next(settlement: Settlement, heard: Heard): Step {
  if (heard.type === 'cancelled') return cancelled(settlement);
  switch (settlement.step) {
    case 'reserving':
      return whileReserving(settlement, heard);
    case 'booking':
      return whileBooking(settlement, heard);
    case 'instructed':
      return whileInstructed(settlement, heard);
    case 'matched':
      return whileMatched(settlement, heard);
    case 'failed':
      return whileFailed(settlement, heard);
    case 'buying-in':
      return whileBuyingIn(settlement, heard);
    case 'settled':
      return heard.type === 'delivery-reversed' ? takenBack(settlement, heard) : unchanged(settlement);
    case 'refused':
    case 'cancelled':
      return unchanged(settlement);
  }
}

/** In whatever state, what was done is undone, the newest step first; a trade that was never booked, or is gone, has nothing to undo. */
function cancelled(settlement: Settlement): Step {
  if (settlement.step === 'refused' || settlement.step === 'cancelled') return unchanged(settlement);
  return { settlement: { step: 'cancelled' }, send: undoing(settlement).map((type) => ({ type })) };
}

function whileReserving(settlement: Of<'reserving'>, heard: Heard): Step {
  if (heard.type === 'cash-reserved') {
    const { reservationId } = heard;
    return { settlement: { step: 'booking', reservationId }, send: [{ type: 'book-trade', reservationId }] };
  }
  if (heard.type === 'cash-refused') return { settlement: { step: 'refused', reason: heard.reason }, send: [{ type: 'announce-refused', reason: heard.reason }] };
  return unchanged(settlement);
}

function whileBooking(settlement: Of<'booking'>, heard: Heard): Step {
  if (heard.type === 'booking-refused') {
    const { reason } = heard;
    return { settlement: { step: 'refused', reason }, send: [...undoing(settlement).map((type) => ({ type })), { type: 'announce-refused', reason }] };
  }
  if (heard.type !== 'booked') return unchanged(settlement);
  // the reservation becomes the payable, so it is not released: booking has consumed it
  return instruct({ contractualDate: heard.contractualDate, attempt: 1, part: nothing }, { matched: !heard.toMatch, netSetId: null });
}

function instruct({ contractualDate, attempt, part }: Instruction, { matched, netSetId }: { readonly matched: boolean; readonly netSetId: string | null }): Step {
  const instruction = { contractualDate, attempt, part };
  return {
    settlement: matched ? { ...instruction, step: 'matched', netSetId } : { ...instruction, step: 'instructed' },
    send: [{ type: 'instruct', dueOn: contractualDate, attempt }],
  };
}

type Failing = Of<'failed'> | Of<'buying-in'>;

/** What did not settle before is instructed again; not more often than is allowed, unless a day was set for it. */
function again(settlement: Failing, as: { readonly matched: boolean; readonly netSetId: string | null }, part: Delivered = settlement.part): Step {
  return settlement.attempt >= ATTEMPTS_MAX && settlement.retryOn === null ? unchanged(settlement) : instruct({ ...settlement, part, attempt: settlement.attempt + 1 }, as);
}

function whileInstructed(settlement: Of<'instructed'>, heard: Heard): Step {
  if (heard.type === 'matched') return { settlement: { ...settlement, step: 'matched', netSetId: null }, send: [] };
  return heard.type === 'delivery-refused' ? failed(settlement, heard, { matched: false, netSetId: null }) : unchanged(settlement);
}

function failed(instruction: Instruction, { code, reason, on, retryOn = null }: Heard & { type: 'delivery-refused' }, { matched, netSetId }: { readonly matched: boolean; readonly netSetId: string | null }): Step {
  const { contractualDate, attempt, part } = instruction;
  return {
    settlement: { step: 'failed', contractualDate, attempt, part, code, reason, failedOn: on, matched, netSetId, retryOn, parked: null },
    send: [{ type: 'announce-failed', code, reason, attempt }],
  };
}

/** All of it goes back, and the instruction stands as it did before it was delivered. */
function takenBack({ netSetId }: Of<'settled'>, { code, reason, on, contractualDate, attempt }: Heard & { type: 'delivery-reversed' }): Step {
  const { settlement, send } = failed({ contractualDate, attempt, part: nothing }, { type: 'delivery-refused', code, reason, on }, { matched: true, netSetId });
  return { settlement, send: [{ type: 'reverse-delivery' }, ...send] };
}

/** Nothing but a person moves it any further. */
const parked = (settlement: Failing, { code, reason, on }: Heard & { type: 'parked' }): Step =>
  (settlement.parked === null ? { settlement: { ...settlement, retryOn: null, parked: { code, reason, on } }, send: [{ type: 'announce-parked', code, reason }] } : unchanged(settlement));

const instructedAnew = (settlement: Failing): Step => instruct({ ...settlement, attempt: settlement.attempt + 1 }, settlement);

const buyInFrom = (settlement: Of<'failed'>, on: Day): Step =>
  (settlement.netSetId === null ? { settlement: { ...settlement, step: 'buying-in', dueOn: on, retryOn: null, parked: null }, send: [{ type: 'announce-buy-in', dueOn: on }] } : unchanged(settlement));

/** Whoever decides so may have it tried however often it was tried before. */
function released(settlement: Of<'failed'>, { resolution, on, retryOn }: Heard & { type: 'released' }): Step {
  switch (resolution) {
    case 'RETRY': return instructedAnew(settlement);
    case 'RETRY_ON': return { settlement: { ...settlement, retryOn, parked: null }, send: [] };
    case 'BUY_IN': return buyInFrom(settlement, on);
  }
}

const settled = (settledOn: Day, netSetId: string | null): Step => ({ settlement: { step: 'settled', settledOn, netSetId }, send: [{ type: 'announce-settled', settledOn }] });

const isMore = (before: Delivered, total: Delivered): boolean => total.quantity.abs().greaterThan(before.quantity.abs());

function whileMatched(settlement: Of<'matched'>, heard: Heard): Step {
  switch (heard.type) {
    case 'delivered':
      return settled(heard.settledOn, settlement.netSetId);
    case 'delivery-refused':
      return failed(settlement, heard, { matched: true, netSetId: settlement.netSetId });
    case 'part-delivered':
      // those of a net set settle as one, or the set is broken before
      return settlement.netSetId === null && isMore(settlement.part, heard.total) ? instruct({ ...settlement, part: heard.total }, { matched: true, netSetId: null }) : unchanged(settlement);
    case 'netted':
      return settlement.netSetId === null ? { settlement: { ...settlement, netSetId: heard.netSetId }, send: [] } : unchanged(settlement);
    case 'net-broken':
      return { settlement: { ...settlement, netSetId: null }, send: [] };
    default:
      return unchanged(settlement);
  }
}

const partOfFailed = (settlement: Of<'failed'>, total: Delivered): Step =>
  (settlement.matched && settlement.netSetId === null && isMore(settlement.part, total) ? again(settlement, settlement, total) : unchanged(settlement));

function whileFailed(settlement: Of<'failed'>, heard: Heard): Step {
  switch (heard.type) {
    case 'retried':
      return again(settlement, settlement);
    case 'matched':
      return settlement.matched ? unchanged(settlement) : again(settlement, { matched: true, netSetId: null });
    case 'part-delivered':
      return partOfFailed(settlement, heard.total);
    case 'net-broken':
      return { settlement: { ...settlement, netSetId: null }, send: [] };
    case 'buy-in-due':
      return settlement.parked === null ? buyInFrom(settlement, heard.on) : unchanged(settlement);
    case 'bought-in':
      return settlement.netSetId === null ? settled(heard.settledOn, null) : unchanged(settlement);
    case 'parked':
      return parked(settlement, heard);
    case 'released':
      return released(settlement, heard);
    default:
      return unchanged(settlement);
  }
}

const calledOff = ({ settlement, send }: Step): Step => ({ settlement, send: send.length === 0 ? [] : [{ type: 'call-off-buy-in' }, ...send] });

/** The counterparty may still deliver, in whole or in part; else the buy-in does. A match, or another attempt, calls the buy-in off. */
function whileBuyingIn(settlement: Of<'buying-in'>, heard: Heard): Step {
  switch (heard.type) {
    case 'retried':
      return calledOff(again(settlement, settlement));
    case 'matched':
      return settlement.matched ? unchanged(settlement) : calledOff(again(settlement, { matched: true, netSetId: null }));
    case 'delivered': case 'bought-in':
      return settled(heard.settledOn, null);
    case 'part-delivered':
      return isMore(settlement.part, heard.total) ? { settlement: { ...settlement, part: heard.total }, send: [] } : unchanged(settlement);
    case 'parked':
      return parked(settlement, heard);
    case 'released':
      return goesOnBuying(settlement, heard);
    default:
      return unchanged(settlement);
  }
}

/** The buy-in is given more time, or called off. */
function goesOnBuying({ dueOn, ...settlement }: Of<'buying-in'>, { resolution, on, retryOn }: Heard & { type: 'released' }): Step {
  if (resolution === 'BUY_IN') return { settlement: { ...settlement, dueOn: on, parked: null }, send: [] };
  if (resolution === 'RETRY') return calledOff(instructedAnew({ ...settlement, dueOn }));
  return { settlement: { ...settlement, step: 'failed', retryOn, parked: null }, send: [{ type: 'call-off-buy-in' }] };
}

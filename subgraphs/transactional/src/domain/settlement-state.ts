/** The states of a settlement, the messages that move it, and what it sends: see settlement.ts for how, saga-steps.ts for what is undone. */
import { type Decimal, ZERO } from '@pms/money';
import type { Day } from './days.ts';

/** What has changed hands, signed as the trade's quantity (a purchase is positive) and amount (what is paid is positive). */
export interface Delivered {
  readonly quantity: Decimal;
  readonly amount: Decimal;
}

export const nothing: Delivered = { quantity: ZERO, amount: ZERO };

export const failureCodes = ['INSUFFICIENT_CASH', 'INSUFFICIENT_SECURITIES', 'UNMATCHED', 'COUNTERPARTY_FAILED', 'ON_HOLD', 'OTHER'] as const;
export type FailureCode = (typeof failureCodes)[number];

export interface Instruction {
  readonly contractualDate: Day;
  /** The attempt that is due, or was made last. */
  readonly attempt: number;
  /** By partial settlement so far. */
  readonly part: Delivered;
}

export const parkingCodes = ['ATTEMPTS_EXHAUSTED', 'ON_HOLD', 'NO_PROGRESS', 'BUY_IN_OVERDUE'] as const;
export type ParkingCode = (typeof parkingCodes)[number];

/** It does not go on by itself any more: somebody has to decide. */
export interface Parked {
  readonly code: ParkingCode;
  readonly reason: string;
  readonly on: Day;
}

/** What somebody decided on a parked settlement: try it now, try it by itself on a day, or buy in. */
export const resolutions = ['RETRY', 'RETRY_ON', 'BUY_IN'] as const;
export type Resolution = (typeof resolutions)[number];

interface Failure {
  readonly code: FailureCode;
  readonly reason: string;
  readonly failedOn: Day;
  readonly matched: boolean;
  readonly netSetId: string | null;
  /** From this day it is tried again by itself; null: something else has to happen first. */
  readonly retryOn: Day | null;
  readonly parked: Parked | null;
}

export type Settlement =
  | { readonly step: 'reserving' }
  | { readonly step: 'booking'; readonly reservationId: string }
  /** With the custodian; the counterparty has not confirmed it. */
  | (Instruction & { readonly step: 'instructed' })
  /** Confirmed, or nobody has to; with `netSetId` it settles as one with the others of its set. */
  | (Instruction & { readonly step: 'matched'; readonly netSetId: string | null })
  /** Booked, and due again when retried. */
  | (Instruction & Failure & { readonly step: 'failed' })
  /** Failed for so long that the securities are to be bought elsewhere. */
  | (Instruction & Failure & { readonly step: 'buying-in'; readonly dueOn: Day })
  | { readonly step: 'settled'; readonly settledOn: Day; readonly netSetId: string | null }
  /** Never booked; final. */
  | { readonly step: 'refused'; readonly reason: string }
  /** Withdrawn by an amendment or a cancellation, before or after settlement; final. */
  | { readonly step: 'cancelled' };

export type Of<S extends Settlement['step']> = Settlement & { readonly step: S };

export type Heard =
  | { readonly type: 'cash-reserved'; readonly reservationId: string }
  | { readonly type: 'cash-refused'; readonly reason: string }
  /** `toMatch`: a counterparty is named, and has to confirm. */
  | { readonly type: 'booked'; readonly contractualDate: Day; readonly toMatch: boolean }
  | { readonly type: 'booking-refused'; readonly reason: string }
  | { readonly type: 'matched' }
  | { readonly type: 'netted'; readonly netSetId: string }
  | { readonly type: 'net-broken' }
  /** All that was left. */
  | { readonly type: 'delivered'; readonly settledOn: Day }
  /** `total`: what has changed hands by now, this part included. */
  | { readonly type: 'part-delivered'; readonly total: Delivered }
  /** `retryOn`: when it is tried again by itself; absent where that would lead nowhere. */
  | { readonly type: 'delivery-refused'; readonly code: FailureCode; readonly reason: string; readonly on: Day; readonly retryOn?: Day | null }
  /** The custodian takes back what had settled; the instruction, with the attempt that had succeeded, stands again. */
  | { readonly type: 'delivery-reversed'; readonly code: FailureCode; readonly reason: string; readonly on: Day; readonly contractualDate: Day; readonly attempt: number }
  /** All that was left, with securities that were bought for it elsewhere: what had failed is done. */
  | { readonly type: 'bought-in'; readonly settledOn: Day }
  | { readonly type: 'parked'; readonly code: ParkingCode; readonly reason: string; readonly on: Day }
  /** `retryOn` with RETRY_ON alone. */
  | { readonly type: 'released'; readonly resolution: Resolution; readonly on: Day; readonly retryOn: Day | null }
  | { readonly type: 'retried' }
  | { readonly type: 'buy-in-due'; readonly on: Day }
  | { readonly type: 'cancelled' };

export type Send =
  | { readonly type: 'book-trade'; readonly reservationId: string }
  | { readonly type: 'instruct'; readonly dueOn: Day; readonly attempt: number }
  | { readonly type: 'announce-refused'; readonly reason: string }
  | { readonly type: 'announce-settled'; readonly settledOn: Day }
  | { readonly type: 'announce-failed'; readonly code: FailureCode; readonly reason: string; readonly attempt: number }
  | { readonly type: 'announce-buy-in'; readonly dueOn: Day }
  | { readonly type: 'announce-parked'; readonly code: ParkingCode; readonly reason: string }
  /** Undoes reserve. */
  | { readonly type: 'release-cash' }
  /** Undoes book. */
  | { readonly type: 'reverse-booking' }
  /** Undoes deliver: what had changed hands goes back. */
  | { readonly type: 'reverse-delivery' }
  /** Undoes instruct. */
  | { readonly type: 'withdraw-instruction' }
  /** Undoes match: the counterparty is told. */
  | { readonly type: 'unmatch' }
  /** Undoes net: the others of the set settle by themselves. */
  | { readonly type: 'break-net' }
  /** Undoes buy-in. */
  | { readonly type: 'call-off-buy-in' };

export interface Step {
  readonly settlement: Settlement;
  readonly send: readonly Send[];
}

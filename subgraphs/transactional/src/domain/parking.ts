/**
 * When a settlement that failed is given up by the machine and parked for a person: the time-outs of the saga. Business days are those of the market and its
 * banks, as for buy-ins.
 */
import type { Day } from './days.ts';
import { ATTEMPTS_MAX } from './settlement.ts';
import type { FailureCode, Of, Parked } from './settlement-state.ts';

/** Failures of a seller: a purchase that failed so is bought in once it is old enough. */
export const buyInCodes: readonly FailureCode[] = ['UNMATCHED', 'INSUFFICIENT_SECURITIES', 'COUNTERPARTY_FAILED', 'OTHER'];

export interface Timing {
  /** A failure without progress, and a buy-in that nobody executes, is parked after so many business days. */
  readonly parkAfterBusinessDays: number;
  readonly isPurchase: boolean;
  businessDaysSince(day: Day): number;
}

/** Null for what goes on by itself: it is tried again on a day, becomes a buy-in, or is young. */
export function whyParked(settlement: Of<'failed'> | Of<'buying-in'>, { parkAfterBusinessDays, isPurchase, businessDaysSince }: Timing): Pick<Parked, 'code' | 'reason'> | null {
  if (settlement.parked !== null) return null;
  const { code, reason, attempt, retryOn, netSetId, failedOn } = settlement;
  if (settlement.step === 'buying-in') {
    const days = businessDaysSince(settlement.dueOn);
    return days >= parkAfterBusinessDays ? { code: 'BUY_IN_OVERDUE', reason: `the buy-in has been due for ${days} business days and was not executed` } : null;
  }
  if (retryOn !== null) return null;
  if (code === 'ON_HOLD') return { code: 'ON_HOLD', reason };
  if (attempt >= ATTEMPTS_MAX) return { code: 'ATTEMPTS_EXHAUSTED', reason: `it was tried ${attempt} times, the last time in vain: ${reason}` };
  if (isPurchase && netSetId === null && buyInCodes.includes(code)) return null;
  const days = businessDaysSince(failedOn);
  return days >= parkAfterBusinessDays ? { code: 'NO_PROGRESS', reason: `nothing has happened for ${days} business days: ${reason}` } : null;
}

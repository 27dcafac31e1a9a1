/** The order of what moves positions, and what a position is: trades and corporate actions have one order, whatever order they arrive in. */
import { type Decimal, ZERO } from '@pms/money';
import type { Currency } from '@pms/money';
import type { Day } from './days.ts';
import type { Fill } from './lots.ts';

/** A movement's place: by day, then by sequence, then by the id of the trade or action. */
export interface Place {
  readonly tradedOn: Day;
  readonly sequence: number;
  readonly tradeId: string;
}

/** What a position is known by within its portfolio: an instrument traded in two currencies has two positions. */
export interface Key {
  readonly instrumentId: string;
  readonly currency: Currency;
}

export const keyOf = ({ instrumentId, currency }: Key): string => `${instrumentId} ${currency}`;

export interface PositionState extends Key {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  /** Since the position was first opened. */
  readonly realized: Decimal;
  /** Null while flat. */
  readonly openedOn: Day | null;
  /** The last movement in order; null where none stands. */
  readonly last: Place | null;
}

export const noPosition = (instrumentId: string, currency: Currency): PositionState =>
  ({ instrumentId, currency, quantity: ZERO, cost: ZERO, realized: ZERO, openedOn: null, last: null });

export function comparePlaces(a: Place, b: Place): number {
  if (a.tradedOn !== b.tradedOn) return a.tradedOn < b.tradedOn ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence - b.sequence;
  return a.tradeId < b.tradeId ? -1 : a.tradeId > b.tradeId ? 1 : 0;
}

/** True when each of the movements comes after the one before it, and the first after all that stand. */
export function areNext(last: Place | null, places: readonly Place[]): boolean {
  let before = last;
  for (const place of places) {
    if (before !== null && comparePlaces(place, before) <= 0) return false;
    before = place;
  }
  return true;
}

export const placeOf = ({ tradedOn, sequence, tradeId }: Fill): Place => ({ tradedOn, sequence, tradeId });

/** Before every movement. */
export const beginning: Place = { tradedOn: '0001-01-01', sequence: Number.MIN_SAFE_INTEGER, tradeId: '' };

/** What is said of closings beside their amounts: their position and place, how long the lot was held, the term that makes of it, totals. */
import { type Decimal, ZERO } from '@pms/money';
import { addDays, dayFrom, daysBetween, monthOf, yearOf } from './days.ts';
import type { Closing } from './lots.ts';
import type { Key } from './movement.ts';

/** A closing of a position. */
export interface ClosedLot extends Closing, Key {
  /** 1, 2, 3, … in the order in which the trade took its lots. */
  readonly line: number;
}

/** Each with its place among those of its trade, from 1; closings of one trade stand together. */
export function numbered<Of extends Pick<Closing, 'closedBy'>>(closings: readonly Of[]): { readonly closing: Of; readonly line: number }[] {
  let line = 0;
  return closings.map((closing, at) => {
    line = closings[at - 1]?.closedBy === closing.closedBy ? line + 1 : 1;
    return { closing, line };
  });
}

/** Days from the trade date of the opening to that of the closing. */
export const daysHeld = ({ openedOn, closedOn }: Pick<Closing, 'openedOn' | 'closedOn'>): number => daysBetween(openedOn, closedOn);

export type Term = 'SHORT_TERM' | 'LONG_TERM';

/**
 * US IRC §1222: long-term is what was held for more than one year. The day of acquisition does not count and the day of disposal does (Rev. Rul. 66-7):
 * what was bought on 15 January is long-term from 16 January of the next year, what was bought on the last day of a month from the first day of the
 * thirteenth month after it. A short lot is short-term however long it was open: what closes it was held for no longer than the day (§1233(b)).
 */
export function termOf({ openedOn, closedOn, quantity }: Pick<Closing, 'openedOn' | 'closedOn' | 'quantity'>): Term {
  if (quantity.isNegative()) return 'SHORT_TERM';
  const counted = addDays(openedOn, 1);
  const anniversary = dayFrom(yearOf(counted) + 1, monthOf(counted), Number(counted.slice(8)));
  return closedOn >= anniversary ? 'LONG_TERM' : 'SHORT_TERM';
}

/** What closings of one currency come to. */
export interface GainTotal {
  readonly currency: string;
  readonly proceeds: Decimal;
  readonly cost: Decimal;
  readonly gain: Decimal;
  /** Cost of long lots, and what was received for short ones. */
  readonly invested: Decimal;
  /** Of `gain`: what was held for more than one year. */
  readonly longTerm: Decimal;
}

/** By currency, in its order. */
export function totalsOf(closings: readonly ClosedLot[]): GainTotal[] {
  const totals = new Map<string, GainTotal>();
  for (const closing of closings) {
    const { currency, proceeds, cost, realizedGain: gain } = closing;
    const before = totals.get(currency) ?? { currency, proceeds: ZERO, cost: ZERO, gain: ZERO, invested: ZERO, longTerm: ZERO };
    totals.set(currency, {
      currency, proceeds: before.proceeds.plus(proceeds), cost: before.cost.plus(cost), gain: before.gain.plus(gain), invested: before.invested.plus(cost.abs()),
      longTerm: termOf(closing) === 'LONG_TERM' ? before.longTerm.plus(gain) : before.longTerm,
    });
  }
  return [...totals.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}

type Placed = Pick<ClosedLot, 'closedOn' | 'sequence' | 'closedBy' | 'instrumentId' | 'currency' | 'line'>;

/** In the order of closing. */
export function compareClosings(a: Placed, b: Placed): number {
  return compare(a.closedOn, b.closedOn) || a.sequence - b.sequence || compare(a.closedBy, b.closedBy) || compare(a.instrumentId, b.instrumentId) ||
    compare(a.currency, b.currency) || a.line - b.line;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

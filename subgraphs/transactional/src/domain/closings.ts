/** What is said of closings beside their amounts: their places within a trade, how long the lot was held, and the term that makes of it. */
import { dayFrom, daysBetween, monthOf, yearOf, addDays } from './days.ts';
import type { Closing } from './lots.ts';

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

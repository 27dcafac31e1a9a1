/**
 * What one position earned and on how much capital, from its trades and prices alone, at average cost. Decimal.
 * Gross is before fees, net after; both hold realised and unrealised gains. The percentage is the gain over the capital that was
 * invested on average over the days held (time-weighted invested capital), which is neither a time-weighted nor an internal
 * rate of return and is never absurd after a sale and a purchase. Dividends are told apart and are not in the gain.
 * Base-currency figures take every trade at its own day's rate and the value at the last one.
 */
import { badInput } from '@pms/errors';
import { Decimal, ZERO } from '@pms/money';
import { daysBetween } from './day-count.ts';
import type { Day } from './day-count.ts';

export interface Activity {
  readonly date: Day;
  readonly kind: 'BUY' | 'SELL' | 'DIVIDEND' | 'FEE';
  /** Unsigned; of a dividend, the units it was paid on. */
  readonly quantity: Decimal;
  readonly unitPrice: Decimal;
  readonly fee: Decimal;
}

/** Values by day, of which the last on or before a day holds; throws BAD_USER_INPUT where there is none. */
export type ValueOn = (day: Day) => Decimal;

export interface PositionPerformance {
  readonly quantity: Decimal;
  /** Zero for a flat position. */
  readonly averagePrice: Decimal;
  /** What the units held cost, before fees. */
  readonly invested: Decimal;
  readonly value: Decimal;
  readonly fees: Decimal;
  readonly dividends: Decimal;
  readonly gross: Decimal;
  readonly net: Decimal;
  /** Invested capital on an average day, from the first trade to `asOf`. */
  readonly averageInvested: Decimal;
  /** Fractions of averageInvested; null where none was invested. */
  readonly grossRate: number | null;
  readonly netRate: number | null;
}

interface Book {
  quantity: Decimal;
  cost: Decimal;
  realised: Decimal;
  fees: Decimal;
  dividends: Decimal;
}

/** An amount in one currency at a day's rate; 1 for local figures. */
function apply(book: Book, { date, kind, quantity, unitPrice, fee }: Activity, rateOn: ValueOn): void {
  const rate = rateOn(date);
  const amount = quantity.times(unitPrice).times(rate);
  book.fees = book.fees.plus(fee.times(rate));
  if (kind === 'DIVIDEND') book.dividends = book.dividends.plus(amount);
  if (kind !== 'BUY' && kind !== 'SELL') return;
  const change = kind === 'BUY' ? quantity : quantity.negated();
  const opposes = !book.quantity.isZero() && book.quantity.isNegative() !== change.isNegative();
  const closed = opposes ? Decimal.min(book.quantity.abs(), quantity) : ZERO;
  // what is closed leaves at average cost; the rest of the trade opens at its own price
  const costClosed = opposes ? book.cost.times(closed).div(book.quantity.abs()) : ZERO;
  const proceeds = closed.times(unitPrice).times(rate).times(book.quantity.isNegative() ? -1 : 1);
  if (opposes) book.realised = book.realised.plus(proceeds).minus(costClosed);
  const opened = quantity.minus(closed).times(unitPrice).times(rate).times(change.isNegative() ? -1 : 1);
  book.cost = book.cost.minus(costClosed).plus(opened);
  book.quantity = book.quantity.plus(change);
}

/** Activities in order of date; those after `asOf` are left out. `rateOn` gives base per local currency, 1 throughout for local figures. */
export function performanceOfPosition(
  activities: readonly Activity[], asOf: Day, priceOn: ValueOn, rateOn: ValueOn = () => new Decimal(1),
): PositionPerformance {
  const book: Book = { quantity: ZERO, cost: ZERO, realised: ZERO, fees: ZERO, dividends: ZERO };
  const counted = activities.filter(({ date }) => date <= asOf);
  const start = counted.find(({ kind }) => kind === 'BUY' || kind === 'SELL')?.date ?? asOf;
  let weighted = ZERO;
  counted.forEach((activity, at) => {
    apply(book, activity, rateOn);
    const until = counted[at + 1]?.date ?? asOf;
    weighted = weighted.plus(book.cost.abs().times(daysBetween(activity.date, until)));
  });
  const { quantity, cost, realised, fees, dividends } = book;
  const value = quantity.isZero() ? ZERO : quantity.times(priceOn(asOf)).times(rateOn(asOf));
  const gross = value.minus(cost).plus(realised);
  const days = daysBetween(start, asOf);
  const averageInvested = days === 0 ? cost.abs() : weighted.div(days);
  const rate = (gain: Decimal): number | null => (averageInvested.isZero() ? null : gain.div(averageInvested).toNumber());
  return {
    quantity, averagePrice: quantity.isZero() ? ZERO : cost.div(quantity), invested: cost, value, fees, dividends, averageInvested,
    gross, net: gross.minus(fees), grossRate: rate(gross), netRate: rate(gross.minus(fees)),
  };
}

/** What was earned, net, after the close of `from` and up to the close of `to`. */
export function netGainBetween(activities: readonly Activity[], from: Day, to: Day, priceOn: ValueOn, rateOn?: ValueOn): Decimal {
  const before = performanceOfPosition(activities, from, priceOn, rateOn).net;
  return performanceOfPosition(activities, to, priceOn, rateOn).net.minus(before);
}

/** The last value on or before a day, out of dated values in any order. */
export function lastOnOrBefore(values: readonly { readonly date: Day; readonly value: Decimal }[]): ValueOn {
  const sorted = values.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return (day) => {
    const found = sorted.findLast(({ date }) => date <= day);
    if (!found) throw badInput(`no value is known on or before ${day}`, { day });
    return found.value;
  };
}

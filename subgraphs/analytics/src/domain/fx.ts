/**
 * Exchange rates by date: the last one published on or before a day, with the day it is of. Decimal, exact as published;
 * a rate says how many units of `quote` one unit of `base` is worth. A missing rate is an error, never 1 and never 0.
 */
import { notFound } from '@pms/errors';
import { Decimal } from '@pms/money';
import type { Currency, Money } from '@pms/money';
import type { Day } from './day-count.ts';

export interface Rate {
  readonly rate: Decimal;
  /** The day on which it was published. */
  readonly date: Day;
}

/** Published rates against one common currency (the ECB's are per euro), each series in order of date. */
export interface RateTable {
  readonly base: Currency;
  readonly series: ReadonlyMap<Currency, readonly Rate[]>;
}

/** The last rate on or before the day; throws NOT_FOUND where there is none that early. */
export function rateOn(series: readonly Rate[], day: Day): Rate {
  let [low, high] = [0, series.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((series[middle]?.date ?? '') <= day) low = middle + 1;
    else high = middle;
  }
  const found = series[low - 1];
  if (!found) throw notFound('exchange rate', day);
  return found;
}

/**
 * One currency in another, crossed through the table's base at full precision. Its date is that of the older of the two
 * rates. A currency in itself is 1, of the day asked for.
 */
export function crossRate(table: RateTable, from: Currency, to: Currency, day: Day): Rate {
  if (from === to) return { rate: new Decimal(1), date: day };
  const leg = (currency: Currency): Rate => {
    if (currency === table.base) return { rate: new Decimal(1), date: day };
    const series = table.series.get(currency);
    if (!series) throw notFound('exchange rate', `${table.base}/${currency}`);
    return rateOn(series, day);
  };
  const [first, second] = [leg(from), leg(to)];
  return { rate: second.rate.div(first.rate), date: first.date < second.date ? first.date : second.date };
}

/** Exact: rounding is for whoever books the result as cash. */
export const convert = ({ amount }: Money, { rate }: Rate, to: Currency): Money => ({ amount: amount.times(rate), currency: to });

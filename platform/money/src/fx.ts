/**
 * Exchange rates. `base/quote` says how many units of `quote` one unit of `base` is worth. Rates are as published, decimal and exact; what is
 * worked out of them (an inverse, a cross) carries 60 significant digits, and only what is booked is rounded.
 *
 * The rate on a day is the last one published on or before it, and its day is told with it: weekends and holidays have the rate of the day
 * before. One that is older than `maxAgeDays` is not used. Of several ways to a pair the first that has such a rate is taken: as published, its
 * inverse, the cross through each pivot in turn (a cross is of the day of the older of its two rates). A currency in itself is 1.
 * Where there is no way, `missingRate` is thrown: never 1, never 0.
 */
import { DomainError } from '@pms/errors';
import { type Currency, Decimal, type Money } from './money.ts';

export interface Rate {
  readonly rate: Decimal;
  /** ISO 8601 day on which it was published. */
  readonly date: string;
}

/** A question for a rate. */
export interface RateAsked {
  readonly base: Currency;
  readonly quote: Currency;
  /** ISO 8601 day. */
  readonly on: string;
}

/** Rates of one pair in order of day, as they were published. */
export type Series = readonly Rate[];

/** The last rate published for exactly this pair, in this direction, on or before the day; null where there is none that early. */
export type Published = (base: Currency, quote: Currency, on: string) => Rate | null;

/** Days for which a published rate may stand in for later ones: longer than any run of bank holidays. */
export const RATE_AGE_DAYS_MAX = 7;

/** Currencies that others are crossed through: the European Central Bank publishes against the first, most banks against the second. */
export const PIVOTS: readonly Currency[] = ['EUR', 'USD'];

const ONE = new Decimal(1);
const MS_PER_DAY = 86_400_000;

const missingRate = ({ base, quote, on }: RateAsked, because = 'none was published on or before that day'): DomainError =>
  new DomainError('MISSING_RATE', `there is no rate from ${base} to ${quote} for ${on}: ${because}`, { base, quote, date: on });

/** The last rate of a series on or before the day; null where there is none that early. */
export function lastOnOrBefore(series: Series, on: string): Rate | null {
  let [low, high] = [0, series.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((series[middle]?.date ?? '') <= on) low = middle + 1;
    else high = middle;
  }
  return series[low - 1] ?? null;
}

const inverse = ({ rate, date }: Rate): Rate => ({ rate: ONE.div(rate), date });

const direct = (published: Published, base: Currency, quote: Currency, on: string): Rate | null => {
  const found = published(base, quote, on);
  if (found !== null) return found;
  const other = published(quote, base, on);
  return other === null ? null : inverse(other);
};

function cross(published: Published, { base, quote, on }: RateAsked, pivot: Currency): Rate | null {
  if (base === pivot || quote === pivot) return null;
  const [to, from] = [direct(published, pivot, quote, on), direct(published, pivot, base, on)];
  if (to === null || from === null) return null;
  return { rate: to.rate.div(from.rate), date: from.date < to.date ? from.date : to.date };
}

const ageDays = (date: string, on: string): number => (Date.parse(on) - Date.parse(date)) / MS_PER_DAY;

/** Every way to the pair that there is, the preferred one first. */
function waysTo(published: Published, asked: RateAsked): Rate[] {
  const { base, quote, on } = asked;
  const back = published(quote, base, on);
  return [published(base, quote, on), back === null ? null : inverse(back), ...PIVOTS.map((pivot) => cross(published, asked, pivot))].filter((way) => way !== null);
}

/** Null where there is no rate, or none that is young enough. */
export function rateIfKnown(published: Published, asked: RateAsked, maxAgeDays: number = RATE_AGE_DAYS_MAX): Rate | null {
  if (asked.base === asked.quote) return { rate: ONE, date: asked.on };
  return waysTo(published, asked).find(({ date }) => ageDays(date, asked.on) <= maxAgeDays) ?? null;
}

/** Throws MISSING_RATE where there is no rate, or none that is young enough. */
export function rateOn(published: Published, asked: RateAsked, maxAgeDays: number = RATE_AGE_DAYS_MAX): Rate {
  const found = rateIfKnown(published, asked, maxAgeDays);
  if (found !== null) return found;
  const latest = waysTo(published, asked).map(({ date }) => date).toSorted().at(-1);
  throw latest === undefined ? missingRate(asked) : missingRate(asked, `the last one, of ${latest}, is more than ${maxAgeDays} days old`);
}

/** The published pairs that `rateOn` may look at, for whoever reads them in bulk. */
export function pairsFor({ base, quote }: Pick<RateAsked, 'base' | 'quote'>): readonly (readonly [base: Currency, quote: Currency])[] {
  if (base === quote) return [];
  const through = PIVOTS.filter((pivot) => pivot !== base && pivot !== quote).flatMap((pivot) => [[pivot, base], [base, pivot], [pivot, quote], [quote, pivot]] as const);
  return [[base, quote], [quote, base], ...through];
}

/** An amount in another currency, exact. Throws TypeError for an amount that is not in the rate's base: a programmer's error, not a user's. */
export function convert({ amount, currency }: Money, rate: Rate & Pick<RateAsked, 'base' | 'quote'>): Money {
  if (currency !== rate.base) throw new TypeError(`a rate from ${rate.base} cannot convert ${currency}`);
  return { amount: amount.times(rate.rate), currency: rate.quote };
}

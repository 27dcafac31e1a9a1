/** The exchange rate of a pair on a day: the last one published on or before it, with its own day. */
import { badInput } from '@pms/errors';
import { toStored } from '@pms/money';
import { RATE_AGE_DAYS_MAX, type Rate, rateOn } from '@pms/money/fx';
import { isQuoteUnit, quoteUnits } from '@pms/money/quote-unit';
import type { RttmContext } from '../context.ts';
import { utcDay } from '../domain/days.ts';

export interface FxRateArgs {
  readonly base: string;
  readonly quote: string;
  readonly on?: string | null | undefined;
  readonly maxAgeDays?: number | null | undefined;
  readonly knownAt?: string | null | undefined;
}

export interface FxQuote extends Rate {
  readonly base: string;
  readonly quote: string;
}

const AGE_DAYS_MAX = 36_500;

/** Throws MISSING_RATE where there is none, or only older ones than `maxAgeDays`. The rate is shown to 18 fractional digits. */
export async function fxRate({ store, principal, now }: RttmContext, { base, quote, on, maxAgeDays, knownAt }: FxRateArgs): Promise<FxQuote> {
  for (const code of [base, quote])
    if (isQuoteUnit(code)) throw badInput(`${code} is a unit that prices are quoted in: rates are between currencies, here ${quoteUnits[code].currency}`, { currency: code });
  const age = maxAgeDays ?? RATE_AGE_DAYS_MAX;
  if (age < 0 || age > AGE_DAYS_MAX) throw badInput(`an age is 0 to ${AGE_DAYS_MAX} days`, { maxAgeDays: age });
  const asked = { base, quote, on: on ?? utcDay(now()) };
  const { rate, date } = rateOn(await store.published(principal.organizationId, [asked], knownAt), asked, age);
  return { base, quote, rate: toStored(rate), date };
}

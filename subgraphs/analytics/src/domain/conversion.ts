/** Amounts in a portfolio's base currency. A missing rate is an error, never 1 and never 0. */
import { type Currency, money, type Money } from '@pms/money';
import { convert, type Published, type Rate, type RateAsked, rateOn } from '@pms/money/fx';

/** A rate, and the pair that it is of. */
export interface FxQuote extends Rate {
  readonly base: Currency;
  readonly quote: Currency;
}

export interface Converter {
  readonly currency: Currency;
  /** Into the base currency, as of a day; throws MISSING_RATE. */
  quote(from: Currency, on: string): FxQuote;
  convert(amount: Money, on: string): Money;
}

export const converter = (currency: Currency, published: Published): Converter => {
  const quote = (from: Currency, on: string): FxQuote => ({ base: from, quote: currency, ...rateOn(published, { base: from, quote: currency, on }) });
  return { currency, quote, convert: (amount, on) => (amount.amount.isZero() ? money(amount.amount, currency) : convert(amount, quote(amount.currency, on))) };
};

/** The questions that a converter may be asked on some days. */
export const questions = (currencies: Iterable<Currency>, into: Currency, days: readonly string[]): RateAsked[] =>
  [...new Set(currencies)].filter((currency) => currency !== into).flatMap((base) => days.map((on) => ({ base, quote: into, on })));

/**
 * What a trade counts as in the portfolio's base currency. Where its cash moves in the base currency, that cash, at the trade's own rate; else its
 * amount at the rate published last on or before the trade date. It is fixed when the trade is booked, as far as a rate is known then: a rate that
 * is corrected later changes no cost.
 */
import { type Currency, type Decimal, sum, toStored } from '@pms/money';
import { type Published, type Rate, type RateAsked, rateIfKnown } from '@pms/money/fx';
import type { Charge } from './charges.ts';
import type { Fill } from './lots.ts';

export interface BaseAmount {
  readonly currency: Currency;
  /** Signed as the fill's amount: what is paid is positive. */
  readonly amount: Decimal;
  /** Base currency for one unit of the trade's. */
  readonly rate: Decimal;
  /** The day of the rate; of the trade's own rate, the trade date. */
  readonly date: string;
}

type Traded = Pick<Fill, 'amount' | 'currency' | 'cash' | 'charges' | 'tradedOn'>;

/** The published rate that is needed; null where the trade is in the base currency, or its cash is. */
export const rateNeeded = ({ currency, cash, tradedOn }: Traded, base: Currency): RateAsked | null =>
  (currency === base || cash?.currency === base ? null : { base: currency, quote: base, on: tradedOn });

/** Null where a published rate is needed and none is known. `ownRate` is the trade's into its settlement currency. */
export function baseAmountOf(fill: Traded, base: Currency, { published, ownRate }: { readonly published: Published; readonly ownRate: Decimal | null }): BaseAmount | null {
  const { amount, currency, cash, charges = [], tradedOn } = fill;
  if (cash?.currency === base && ownRate !== null) {
    // what is charged in yet other currencies was not paid in the base currency: it counts at the trade's own rate, too
    return { currency: base, amount: cash.amount.plus(sum(charges.map(({ inTrade }) => toStored(inTrade.times(ownRate))))), rate: ownRate, date: tradedOn };
  }
  const known = rateIfKnown(published, { base: currency, quote: base, on: tradedOn });
  return known === null ? null : atRate({ amount, charges }, base, known);
}

/** What is charged in the base currency is what was paid, whatever it counts as in the trade's. */
function atRate({ amount, charges }: Pick<Traded, 'amount'> & { readonly charges: readonly Charge[] }, currency: Currency, { rate, date }: Rate): BaseAmount {
  const inBase = charges.filter((charge) => charge.currency === currency);
  const rest = amount.minus(sum(inBase.map(({ inTrade }) => inTrade)));
  return { currency, amount: toStored(rest.times(rate)).plus(sum(inBase.map((charge) => charge.amount))), rate: toStored(rate), date };
}

/** Base currency for one unit of the trade's, by what it came to in both; of a trade that came to nothing, the rate it was booked at. */
export const ratioOf = (base: Decimal, amount: Decimal, rate: Decimal): Decimal => (amount.isZero() ? rate : base.div(amount));

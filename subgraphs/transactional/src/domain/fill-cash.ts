/**
 * What cash a fill moves: its own amount, or, where the trade settles in another currency, that amount at the trade's own rate, rounded once to the minor unit. What it is
 * charged in yet other currencies moves beside it.
 */
import { type Currency, type Decimal, type Money, sum, text, toMinorUnit } from '@pms/money';
import { type Charge, toldCharges } from './charges.ts';
import type { Fill } from './lots.ts';

/** Signed as the fill's amount: what is paid is positive. */
export const cashOfFill = ({ amount, currency, cash }: Pick<Fill, 'amount' | 'currency' | 'cash'>): Money => cash ?? { amount, currency };

/** The fill of a trade that settles in another currency; `rate` is the trade's own: units of that currency for one of the fill's. */
export const settledIn = (fill: Fill, { currency, rate }: { readonly currency: Currency; readonly rate: Decimal }): Fill =>
  ({ ...fill, cash: toMinorUnit({ amount: fill.amount.times(rate), currency }) });

/** The fill with what it is charged in other currencies: all of it counts in what was bought or sold, and what is in the currency of its cash is part of that. */
export function charged(fill: Fill, all: readonly Charge[], moving: Currency): Fill {
  const cash = cashOfFill(fill);
  const within = sum(all.filter(({ currency }) => currency === moving).map(({ amount }) => amount));
  const charges = all.filter(({ currency }) => currency !== moving);
  return {
    ...fill, amount: fill.amount.plus(sum(all.map(({ inTrade }) => inTrade))), cash: { currency: cash.currency, amount: cash.amount.plus(within) },
    ...(charges.length > 0 && { charges }),
  };
}

/** A part of the fill's cash; the fill is otherwise as it was. What it is charged in other currencies goes with the last part, and with no other. */
export function partOf<F extends Pick<Fill, 'amount' | 'cash' | 'charges'>>(fill: F, amount: Decimal, last = true): F {
  const { charges, ...part } = fill.cash === undefined ? { ...fill, amount } : { ...fill, cash: { ...fill.cash, amount } };
  return (last && charges !== undefined ? { ...part, charges } : part) as F;
}

/** The cash of a trade that is not its amount, as events carry it: negative for a purchase; and what it is charged in other currencies. */
export const abroad = ({ cash, charges }: Pick<Fill, 'cash' | 'charges'>) => ({
  ...(cash !== undefined && { cash: { currency: cash.currency, netAmount: text(cash.amount.negated()) } }),
  ...(charges !== undefined && { charges: (toldCharges(charges) ?? []).map(({ currency, amount }) => ({ currency, amount })) }),
});

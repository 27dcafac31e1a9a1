/** What cash a fill moves: its own amount, or, where the trade settles in another currency, that amount at the trade's own rate, rounded once to the minor unit. */
import { type Currency, type Decimal, type Money, text, toMinorUnit } from '@pms/money';
import type { Fill } from './lots.ts';

/** Signed as the fill's amount: what is paid is positive. */
export const cashOfFill = ({ amount, currency, cash }: Pick<Fill, 'amount' | 'currency' | 'cash'>): Money => cash ?? { amount, currency };

/** The fill of a trade that settles in another currency; `rate` is the trade's own: units of that currency for one of the fill's. */
export const settledIn = (fill: Fill, { currency, rate }: { readonly currency: Currency; readonly rate: Decimal }): Fill =>
  ({ ...fill, cash: toMinorUnit({ amount: fill.amount.times(rate), currency }) });

/** A part of the fill's cash; the fill is otherwise as it was. */
export const partOf = <F extends Pick<Fill, 'amount' | 'cash'>>(fill: F, amount: Decimal): F =>
  (fill.cash === undefined ? { ...fill, amount } : { ...fill, cash: { ...fill.cash, amount } });

/** The cash of a trade that settles in another currency, as events carry it: negative for a purchase. */
export const abroad = ({ cash }: Pick<Fill, 'cash'>): { readonly cash?: { readonly currency: Currency; readonly netAmount: string } } =>
  (cash === undefined ? {} : { cash: { currency: cash.currency, netAmount: text(cash.amount.negated()) } });

/**
 * What a trade costs in other currencies than its own: a commission in euros on a trade in dollars, stamp duty in pounds. Each is paid in its own currency, in whole minor
 * units, half-even; in what was bought or sold it counts at the rate that its fee carries, to 18 digits, so that lots keep one currency. What is in the currency in which the trade's
 * cash moves anyway is part of that cash, at the trade's own rate; the rest is owed from the trade date and paid with the last delivery.
 */
import { type Currency, type Decimal, decimal, type Money, sum, text, toMinorUnit, toStored } from '@pms/money';

/** A fee as the other domains tell of it. */
export interface ToldFee {
  readonly amount: { readonly amount: string; readonly currency: string };
  /** Units of the trade's currency for one of the fee's, and the day of which it is; absent where the two are the same. */
  readonly rate?: string | undefined;
  readonly rateOn?: string | undefined;
}

/** All fees of one currency. */
export interface Charge extends Money {
  /** What it counts as in the trade's currency. */
  readonly inTrade: Decimal;
}

interface Traded {
  readonly tradeId: string;
  readonly currency: Currency;
  /** The trade's own rate into the currency in which its cash moves, where that is another one. */
  readonly settlement?: { readonly currency: Currency; readonly rate: string } | undefined;
  readonly fees: readonly ToldFee[];
}

/** Fees that need a published rate before they can be booked. */
export const unratedFees = ({ currency, settlement, fees }: Omit<Traded, 'tradeId'>): readonly ToldFee[] =>
  fees.filter(({ amount, rate }) => rate === undefined && amount.currency !== currency && amount.currency !== settlement?.currency);

/** In the trade's own currency, and by currency what is in others. Throws for a fee without a rate: whoever books sees to it that there is one. */
export function chargesOf({ tradeId, currency, settlement, fees }: Traded): { readonly own: Decimal; readonly charges: readonly Charge[] } {
  const by = Map.groupBy(fees, ({ amount }) => amount.currency);
  const own = sum((by.get(currency) ?? []).map(({ amount }) => decimal(amount.amount)));
  by.delete(currency);
  const charges = [...by].flatMap(([of, all]): Charge[] => {
    const { amount } = toMinorUnit({ amount: sum(all.map((fee) => decimal(fee.amount.amount))), currency: of });
    if (amount.isZero()) return [];
    if (of === settlement?.currency) return [{ currency: of, amount, inTrade: toStored(amount.div(decimal(settlement.rate))) }];
    const rate = all.find((fee) => fee.rate !== undefined)?.rate;
    if (rate === undefined) throw new Error(`trade ${tradeId} is in ${currency} and has a fee in ${of} without a rate`);
    return [{ currency: of, amount, inTrade: toStored(amount.times(decimal(rate))) }];
  });
  return { own, charges };
}

/** As facts, events and rows carry them. */
export const toldCharges = (charges: readonly Charge[] | undefined) =>
  charges?.map(({ currency, amount, inTrade }) => ({ currency, amount: text(amount), inTrade: text(inTrade) }));

export const chargesIn = (told: readonly { readonly currency: string; readonly amount: string; readonly inTrade: string }[]): readonly Charge[] =>
  told.map(({ currency, amount, inTrade }) => ({ currency, amount: decimal(amount), inTrade: decimal(inTrade) }));

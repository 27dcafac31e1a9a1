/**
 * What corporate actions do to open lots. Basis is conserved: what lots cost before is what they cost after, plus the
 * basis of what was sold as a fraction or moved to another instrument. Exact to 18 digits, in the instrument's currency.
 */
import { invalid } from '@pms/errors';
import { Decimal, sum, toStored } from '@pms/money';
import type { Lot } from './lots.ts';

/** Lots after a split of `old` shares into `into` new ones (a reverse split where `into` is less); days and costs stay. */
export function splitLots(lots: readonly Lot[], { into, old }: { readonly into: Decimal; readonly old: Decimal }): readonly Lot[] {
  if (!into.isPositive() || !old.isPositive() || into.isZero() || old.isZero()) throw invalid('a split ratio must be positive', 'ratio');
  return lots.map((lot) => ({ ...lot, quantity: toStored(lot.quantity.times(into).div(old)) }));
}

/**
 * The share of a parent's basis that goes to what is spun off, by market value: price of the new × shares received for
 * one old, over the parent's price before the spin-off (IRC §358; the same allocation as issuers' Form 8937).
 */
export const spunOffShare = ({ parentPriceBefore, spunOffPrice, sharesPerParent }: {
  readonly parentPriceBefore: Decimal; readonly spunOffPrice: Decimal; readonly sharesPerParent: Decimal;
}): Decimal => spunOffPrice.times(sharesPerParent).div(parentPriceBefore);

/** Parent lots and spun-off lots, one for one: they keep the parent's days, and their costs add up to the old cost. */
export function spinOff(
  lots: readonly Lot[], { share, sharesPerParent, idOf }: {
    /** Of the basis, 0 to 1. */ readonly share: Decimal; readonly sharesPerParent: Decimal; readonly idOf: (parent: Lot) => string;
  },
): { readonly parent: readonly Lot[]; readonly spunOff: readonly Lot[] } {
  if (share.isNegative() || share.greaterThan(1)) throw invalid('the share of basis must be from 0 to 1', 'share');
  const moved = lots.map((lot) => toStored(lot.cost.times(share)));
  return {
    parent: lots.map((lot, at) => ({ ...lot, cost: lot.cost.minus(moved[at] ?? 0) })),
    spunOff: lots.map((lot, at) => ({
      ...lot, id: idOf(lot), quantity: toStored(lot.quantity.times(sharesPerParent)), cost: moved[at] ?? new Decimal(0),
    })),
  };
}

/** Splits in a history of factors: where the factor changes, how many new shares one old became. */
export function splitRatios<T extends { readonly splitFactor: number }>(history: readonly T[]): readonly { readonly before: T; readonly ratio: number }[] {
  return history.flatMap((before, at) => {
    const after = history[at + 1];
    return after && after.splitFactor !== before.splitFactor ? [{ before, ratio: after.splitFactor / before.splitFactor }] : [];
  });
}

/** What of a quantity is not whole shares: sold for cash in lieu. */
export const fractionOf = (lots: readonly Lot[]): Decimal => {
  const quantity = sum(lots.map((lot) => lot.quantity));
  return quantity.minus(quantity.trunc());
};

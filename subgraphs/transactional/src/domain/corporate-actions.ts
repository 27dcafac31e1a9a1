/**
 * What corporate actions do to open lots. Basis is conserved: what lots cost before is what they cost after, plus the
 * basis of what was sold as a fraction or moved to another instrument. Exact to 18 digits, in the instrument's currency.
 */
import { invalid } from '@pms/errors';
import { Decimal, sum, toStored, ZERO } from '@pms/money';
import { type Lot, pool } from './lots.ts';

/** `into` new shares for `old` ones; both above zero. */
export interface Ratio {
  readonly into: Decimal;
  readonly old: Decimal;
}

/**
 * Lots after a split of `old` shares into `into` new ones (a reverse split where `into` is less); days and costs stay. The whole
 * holding is what is multiplied: quantities are rounded to 18 digits lot by lot, and the last lot takes the residue. Lots of which
 * nothing is left to that precision are pooled with the others; empty where nothing is left of the whole.
 */
export function splitLots(lots: readonly Lot[], { into, old }: Ratio): readonly Lot[] {
  if (!into.greaterThan(0) || !old.greaterThan(0)) throw invalid('a split ratio must be positive', 'ratio');
  const quantities = apportioned(toStored(sum(lots.map(({ quantity }) => quantity)).times(into).div(old)), lots.map(({ quantity }) => quantity));
  const whole = sum(quantities);
  if (whole.isZero()) return [];
  const isWhole = quantities.every((quantity) => !quantity.isZero() && quantity.lessThan(0) === whole.lessThan(0));
  return isWhole ? lots.map((lot, at) => ({ ...lot, quantity: quantities[at] ?? ZERO })) : [{ ...pool(lots), quantity: whole }];
}

/** Splits an amount by weights of one sign, each part to 18 digits, the last taking the residue: the parts add up to the whole. */
export function apportioned(amount: Decimal, weights: readonly Decimal[]): readonly Decimal[] {
  const total = sum(weights);
  let left = amount;
  return weights.map((weight, at) => {
    const part = at === weights.length - 1 ? left : toStored(amount.times(weight).div(total));
    left = left.minus(part);
    return part;
  });
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
  const spunOff = splitLots(lots.map((lot, at) => ({ ...lot, id: idOf(lot), cost: moved[at] ?? ZERO })), { into: sharesPerParent, old: new Decimal(1) });
  // too few to receive anything at all: the basis stays where it is
  if (spunOff.length === 0) return { parent: lots, spunOff };
  return { parent: lots.map((lot, at) => ({ ...lot, cost: lot.cost.minus(moved[at] ?? ZERO) })), spunOff };
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

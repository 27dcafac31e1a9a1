/**
 * Concentration limits of a portfolio by issuer. Weights are fractions of net assets, as Decimal: a limit is met or broken
 * at its exact boundary, which a float would blur.
 * UCITS 5/10/40 (Directive 2009/65/EC, article 52): no issuer above 10 %, and those above 5 % together not above 40 %.
 * US 1940 Act, section 5(b)(1), "75-5-10": at least 75 % of assets in cash, government securities and holdings of issuers
 * each not above 5 % of assets and 10 % of that issuer's votes.
 */
import { Decimal, sum } from '@pms/money';

export type Weights = ReadonlyMap<string, Decimal>;

export interface LargestShareLimits {
  /** No issuer above it. */
  readonly single: Decimal;
  /** Issuers above this are counted together... */
  readonly large: Decimal;
  /** ...and must not be above this. */
  readonly largeTogether: Decimal;
}

export const UCITS_5_10_40: LargestShareLimits = { single: new Decimal('0.1'), large: new Decimal('0.05'), largeTogether: new Decimal('0.4') };

export interface LargestShareCheck {
  /** Issuers above the single limit, with their weights. */
  readonly aboveSingle: readonly { readonly issuer: string; readonly weight: Decimal }[];
  readonly sumOfLarge: Decimal;
  readonly singleMet: boolean;
  readonly togetherMet: boolean;
  readonly met: boolean;
}

/** A weight exactly at a limit meets it: the directive says "shall not exceed". */
export function checkLargestShares(weights: Weights, limits: LargestShareLimits = UCITS_5_10_40): LargestShareCheck {
  const all = [...weights].map(([issuer, weight]) => ({ issuer, weight }));
  const aboveSingle = all.filter(({ weight }) => weight.greaterThan(limits.single));
  const sumOfLarge = sum(all.filter(({ weight }) => weight.greaterThan(limits.large)).map(({ weight }) => weight));
  const singleMet = aboveSingle.length === 0;
  const togetherMet = sumOfLarge.lessThanOrEqualTo(limits.largeTogether);
  return { aboveSingle, sumOfLarge, singleMet, togetherMet, met: singleMet && togetherMet };
}

export interface DiversificationLimits {
  /** How much of assets must be diversified. */
  readonly basket: Decimal;
  /** The most of assets that an issuer in the basket may be. */
  readonly issuer: Decimal;
  /** The most of an issuer's votes that a holding in the basket may give. */
  readonly votes: Decimal;
}

export const US_75_5_10: DiversificationLimits = { basket: new Decimal('0.75'), issuer: new Decimal('0.05'), votes: new Decimal('0.1') };

export interface Holdings {
  readonly weights: Weights;
  /** The part of an issuer's votes held, where known; unknown counts as none. */
  readonly votes: Weights;
  /** Issuers that count whole, whatever their weight: cash, cash items, government securities, other funds. */
  readonly exempt: ReadonlySet<string>;
}

/**
 * Issuers above a limit are outside the basket whole: the part up to 5 % does not count. A basket exactly at 75 % meets it.
 */
export function checkDiversification(
  { weights, votes, exempt }: Holdings, limits: DiversificationLimits = US_75_5_10,
): { readonly basket: Decimal; readonly outside: readonly string[]; readonly met: boolean } {
  const counts = (issuer: string, weight: Decimal): boolean =>
    exempt.has(issuer) || (weight.lessThanOrEqualTo(limits.issuer) && (votes.get(issuer) ?? new Decimal(0)).lessThanOrEqualTo(limits.votes));
  const inside = [...weights].filter(([issuer, weight]) => counts(issuer, weight));
  const basket = sum(inside.map(([, weight]) => weight));
  const outside = [...weights].filter(([issuer, weight]) => !counts(issuer, weight)).map(([issuer]) => issuer);
  return { basket, outside, met: basket.greaterThanOrEqualTo(limits.basket) };
}

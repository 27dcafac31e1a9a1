/**
 * A position: what a portfolio's open lots of one instrument and their closings amount to. Amounts are exact, in the
 * instrument's trading currency; a short position has a negative quantity and a negative cost basis.
 */
import { Decimal, sum } from '@pms/money';
import type { Closing, Lot } from './lots.ts';

export interface Position {
  readonly quantity: Decimal;
  /** Cost of one unit, fees included, positive for long and short; zero for a flat position, which has no cost to average. */
  readonly averageCost: Decimal;
  /** What the open lots cost in all; negative for a short position (what was received for it). */
  readonly costBasis: Decimal;
  /** Gains realised by all closings so far, after fees. */
  readonly realizedPnl: Decimal;
}

export function positionOf(lots: readonly Lot[], closings: readonly Pick<Closing, 'realizedGain'>[]): Position {
  const quantity = sum(lots.map((lot) => lot.quantity));
  const costBasis = sum(lots.map((lot) => lot.cost));
  return {
    quantity,
    costBasis,
    averageCost: quantity.isZero() ? new Decimal(0) : costBasis.div(quantity),
    realizedPnl: sum(closings.map((closing) => closing.realizedGain)),
  };
}

/**
 * Splits a gain in base currency into what the price earned, valued at the closing rate, and what the currency did.
 * `rate` is base per local at the time of closing (or of valuation); the two parts add up to `baseGain`.
 */
export function splitGain(localGain: Decimal, baseGain: Decimal, rate: Decimal): { readonly price: Decimal; readonly fx: Decimal } {
  const price = localGain.times(rate);
  return { price, fx: baseGain.minus(price) };
}

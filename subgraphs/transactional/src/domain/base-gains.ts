/**
 * Closings in the portfolio's base currency: cost at the rate of what opened the lot, proceeds at the rate of what closed it. The gain splits into what
 * the price earned, at the closing rate, and what the currency did to the cost. Amounts to 18 digits.
 */
import { type Currency, type Decimal, sum, toStored } from '@pms/money';
import { splitOf } from './base-view.ts';
import type { ClosedLot } from './closings.ts';

export interface BaseGain {
  readonly currency: Currency;
  /** Base currency for one unit of the closing's, when the lot was opened; with average cost, the mean of the pool. */
  readonly costRate: Decimal;
  /** When it was closed. */
  readonly proceedsRate: Decimal;
  readonly cost: Decimal;
  readonly proceeds: Decimal;
  readonly gain: Decimal;
  readonly priceGain: Decimal;
  readonly fxGain: Decimal;
}

/** `cost` is in the base currency already. */
export function baseGainOf({ proceeds: local, realizedGain }: Pick<ClosedLot, 'proceeds' | 'realizedGain'>, currency: Currency, { cost, costRate, proceedsRate }: Pick<BaseGain, 'cost' | 'costRate' | 'proceedsRate'>): BaseGain {
  const proceeds = toStored(local.times(proceedsRate));
  const { total: gain, price: priceGain, fx: fxGain } = splitOf(realizedGain, proceeds.minus(toStored(cost)), proceedsRate);
  return { currency, costRate: toStored(costRate), proceedsRate: toStored(proceedsRate), cost: toStored(cost), proceeds, gain, priceGain, fxGain };
}

/** What closings come to in the base currency. */
export type BaseTotal = Omit<BaseGain, 'costRate' | 'proceedsRate'>;

export const baseTotalOf = (currency: Currency, gains: readonly BaseGain[]): BaseTotal => ({
  currency, cost: sum(gains.map(({ cost }) => cost)), proceeds: sum(gains.map(({ proceeds }) => proceeds)), gain: sum(gains.map(({ gain }) => gain)),
  priceGain: sum(gains.map(({ priceGain }) => priceGain)), fxGain: sum(gains.map(({ fxGain }) => fxGain)),
});

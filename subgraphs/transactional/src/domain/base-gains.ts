/**
 * Closings in the portfolio's base currency: cost at the rate of what opened the lot, proceeds at the rate of what closed it. The gain splits into what
 * the price earned, at the closing rate, and what the currency did to the cost. Amounts to 18 digits.
 */
import { type Currency, type Decimal, sum, toStored, ZERO } from '@pms/money';
import type { ClosedLot } from './closings.ts';
import type { Fill } from './lots.ts';
import { comparePlaces, placeOf } from './movement.ts';
import { splitGain } from './position.ts';

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

export function baseGainOf({ cost, proceeds, realizedGain }: Pick<ClosedLot, 'cost' | 'proceeds' | 'realizedGain'>, currency: Currency, { costRate, proceedsRate }: Pick<BaseGain, 'costRate' | 'proceedsRate'>): BaseGain {
  const base = { cost: toStored(cost.times(costRate)), proceeds: toStored(proceeds.times(proceedsRate)) };
  const gain = base.proceeds.minus(base.cost);
  const priceGain = toStored(splitGain(realizedGain, gain, proceedsRate).price);
  return { currency, costRate: toStored(costRate), proceedsRate: toStored(proceedsRate), ...base, gain, priceGain, fxGain: gain.minus(priceGain) };
}

/** What closings come to in the base currency. */
export type BaseTotal = Omit<BaseGain, 'costRate' | 'proceedsRate'>;

export const baseTotalOf = (currency: Currency, gains: readonly BaseGain[]): BaseTotal => ({
  currency, cost: sum(gains.map(({ cost }) => cost)), proceeds: sum(gains.map(({ proceeds }) => proceeds)), gain: sum(gains.map(({ gain }) => gain)),
  priceGain: sum(gains.map(({ priceGain }) => priceGain)), fxGain: sum(gains.map(({ fxGain }) => fxGain)),
});

/**
 * The rate at which a pool of average cost has been built, at each closing: what its parts cost in the base currency by what they cost. `fills` and
 * `closings` are all of one position since the first; `rateOf` says at which rate a trade was booked. By closing trade.
 */
export function poolRates(fills: readonly Fill[], closings: readonly ClosedLot[], rateOf: (tradeId: string) => Decimal): ReadonlyMap<string, Decimal> {
  const closedBy = Map.groupBy(closings, (closing) => closing.closedBy);
  const rates = new Map<string, Decimal>();
  let pool = { cost: ZERO, base: ZERO, rate: ZERO };
  for (const fill of fills.toSorted((a, b) => comparePlaces(placeOf(a), placeOf(b)))) {
    const closed = closedBy.get(fill.tradeId) ?? [];
    if (closed.length > 0) rates.set(fill.tradeId, pool.rate);
    const gone = sum(closed.map(({ cost }) => cost));
    const opened = fill.amount.plus(sum(closed.map(({ proceeds }) => proceeds)));
    const left = pool.cost.minus(gone);
    const cost = left.plus(opened);
    const base = left.times(pool.rate).plus(opened.times(rateOf(fill.tradeId)));
    pool = { cost, base, rate: cost.isZero() ? rateOf(fill.tradeId) : base.div(cost) };
  }
  return rates;
}

/**
 * A position in the portfolio's base currency: what its open lots cost, and what its closings realised, each trade at its own rate (see base-amount.ts).
 * A gain is split into what the price earned, valued at the rate of the closing (or of the valuation), and what the currency did; the two add up.
 * With average cost a closing takes the same share of the pool's base cost as of its cost. Exact; nothing is rounded but to 18 digits.
 */
import { type Decimal, sum, toStored, ZERO } from '@pms/money';
import type { Fill, Lot, LotMethod } from './lots.ts';
import type { Closing } from './lots.ts';
import { splitGain } from './position.ts';

export interface SplitGain {
  readonly total: Decimal;
  readonly price: Decimal;
  readonly fx: Decimal;
}

export interface BaseView {
  readonly cost: Decimal;
  readonly realized: SplitGain;
}

export const noGain: SplitGain = { total: ZERO, price: ZERO, fx: ZERO };

export const addGains = (gains: readonly SplitGain[]): SplitGain =>
  ({ total: sum(gains.map(({ total }) => total)), price: sum(gains.map(({ price }) => price)), fx: sum(gains.map(({ fx }) => fx)) });

/** Base currency for one unit of the position's, at which what a trade opened, or closed on a day, counts. Throws MISSING_RATE. */
export type RateOfTrade = (id: string, day: string) => Decimal;

export interface Held {
  readonly fills: readonly Fill[];
  /** All, in the order of closing. */
  readonly closings: readonly Closing[];
  readonly lots: readonly Lot[];
}

export function baseView({ fills, closings, lots }: Held, method: LotMethod, rateOf: RateOfTrade): BaseView {
  const costs = method === 'AVERAGE' ? pooledCosts(fills, closings, rateOf) : null;
  const gains = closings.map((closing, at): SplitGain => {
    const rate = rateOf(closing.closedBy, closing.closedOn);
    const cost = costs === null ? closing.cost.times(rateOf(closing.lotId, closing.openedOn)) : costs.closed[at] ?? ZERO;
    return splitOf(closing.realizedGain, closing.proceeds.times(rate).minus(cost), rate);
  });
  const local = sum(lots.map(({ cost }) => cost));
  const cost = costs === null ? costOfLots(lots, rateOf) : costs.left.local.isZero() ? ZERO : costs.left.base.times(local).div(costs.left.local);
  return { cost: toStored(cost), realized: addGains(gains) };
}

/** Of lots that each come from one trade. */
export const costOfLots = (lots: readonly Lot[], rateOf: RateOfTrade): Decimal => toStored(sum(lots.map(({ id, openedOn, cost }) => cost.times(rateOf(id, openedOn)))));

export function splitOf(localGain: Decimal, baseGain: Decimal, rate: Decimal): SplitGain {
  const total = toStored(baseGain);
  const price = toStored(splitGain(localGain, total, rate).price);
  return { total, price, fx: total.minus(price) };
}

interface Pool {
  readonly local: Decimal;
  readonly base: Decimal;
}

/** The base cost of each closing out of one pool, in the order of `closings`, and of what is left in it. */
export function pooledCosts(fills: readonly Fill[], closings: readonly Closing[], rateOf: RateOfTrade): { readonly closed: readonly Decimal[]; readonly left: Pool } {
  const placeOf = new Map(closings.map((closing, at) => [closing, at]));
  const closed: Decimal[] = closings.map(() => ZERO);
  const byTrade = Map.groupBy(closings, ({ closedBy }) => closedBy);
  const trades = new Set(fills.map(({ tradeId }) => tradeId));
  // what an action closed comes behind the trades of the days before it
  const steps = [...fills.map((fill) => ({ day: fill.tradedOn, sequence: fill.sequence, fill, taken: byTrade.get(fill.tradeId) ?? [] })),
    ...closings.filter(({ closedBy }) => !trades.has(closedBy)).map((closing) => ({ day: closing.closedOn, sequence: closing.sequence, fill: null, taken: [closing] }))];
  let pool: Pool = { local: ZERO, base: ZERO };
  for (const { fill, taken } of steps.toSorted((a, b) => (a.day === b.day ? a.sequence - b.sequence : a.day < b.day ? -1 : 1))) {
    for (const closing of taken) {
      const share = pool.local.isZero() ? ZERO : pool.base.times(closing.cost).div(pool.local);
      closed[placeOf.get(closing) ?? 0] = share;
      pool = { local: pool.local.minus(closing.cost), base: pool.base.minus(share) };
    }
    if (fill === null) continue;
    const opened = fill.amount.plus(sum(taken.map(({ proceeds }) => proceeds)));
    if (!opened.isZero()) pool = { local: pool.local.plus(opened), base: pool.base.plus(opened.times(rateOf(fill.tradeId, fill.tradedOn))) };
  }
  return { closed, left: pool };
}

/** Positions as they stand, or as they stood: replayed from the trades and corporate actions that stood on a day, as they were known at a time. */
import { type Decimal, decimal, ZERO } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { ratioOf } from '../domain/base-amount.ts';
import { asFill } from '../domain/trade-fill.ts';
import { beginning, keyOf } from '../domain/movement.ts';
import { type PositionChange, replayed, type StandingTrade } from '../domain/position-change.ts';
import type { Fill, LotMethod } from '../domain/lots.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Moment, TradesThen } from '../store/history-reads.ts';
import type { Holding } from '../store/standing-reads.ts';

/** In the order of the ids; none for a portfolio that is unknown or another organisation's. */
export async function holdingsAt(store: BooksStore, organizationId: string, portfolioIds: readonly string[], moment: Moment): Promise<(readonly Holding[])[]> {
  if (moment.asOf === null && moment.knownAt === null) {
    const standing = await store.holdings(organizationId, portfolioIds);
    return portfolioIds.map((id) => standing.get(id) ?? []);
  }
  const then = await store.tradesThen(organizationId, portfolioIds, moment);
  return portfolioIds.map((id) => {
    const of = then.get(id);
    return of === undefined ? [] : replays(of).map(({ change }) => ({ position: change.after, lots: change.lots }));
  });
}

/** Base currency for one unit of the trade's. */
export interface OwnRate {
  readonly currency: string;
  readonly rate: Decimal;
}

/** As the fact of a booking has it: decimals as text, `netAmount` negative for a purchase. */
interface ToldBase {
  readonly currency: string;
  readonly netAmount: string;
  readonly rate: string;
}

/** A position as its trades and actions lead to it. */
export interface Replay {
  readonly fills: readonly Fill[];
  readonly method: LotMethod;
  /** By trade of the portfolio: the rate at which it was booked in a base currency, where one was known. */
  readonly rates: ReadonlyMap<string, OwnRate>;
  readonly change: PositionChange;
}

function ownRate(base: ToldBase | undefined, fill: Fill | undefined): [string, OwnRate][] {
  if (base === undefined || fill === undefined) return [];
  return [[fill.tradeId, { currency: base.currency, rate: ratioOf(decimal(base.netAmount).negated(), fill.amount, decimal(base.rate)) }]];
}

/** In the order of instrument and currency. */
export function replays({ trades, actions, method }: TradesThen): Replay[] {
  // they were booked: lots that they name and that are not open any more are not held against them
  const standing = trades.map(({ instrumentId, data }): StandingTrade => ({ instrumentId, version: 0, fill: asFill(tradeFacts.parse(data)), gain: ZERO }));
  const rates = new Map(trades.flatMap(({ data }, at) => ownRate((data as { readonly base?: ToldBase }).base, standing[at]?.fill)));
  const fillsOf = Map.groupBy(standing, ({ instrumentId, fill }) => keyOf({ instrumentId, currency: fill.currency }));
  return [...replayed([], { standing, actions, fills: [] }, { method, from: beginning }).positions]
    .map(([key, change]) => ({ change, method, rates, fills: (fillsOf.get(key) ?? []).map(({ fill }) => fill) }))
    .toSorted((a, b) => (keyOf(a.change.after) < keyOf(b.change.after) ? -1 : 1));
}

/** Positions as they stand, or as they stood: replayed from the trades and corporate actions that stood on a day, as they were known at a time. */
import { ZERO } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { asFill } from '../domain/trade-fill.ts';
import { beginning, keyOf } from '../domain/movement.ts';
import { type PositionChange, replayed, type StandingTrade } from '../domain/position-change.ts';
import type { Fill } from '../domain/lots.ts';
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

/** A position as its trades and actions lead to it. */
export interface Replay {
  readonly fills: readonly Fill[];
  readonly change: PositionChange;
}

/** In the order of instrument and currency. */
export function replays({ trades, actions, method }: TradesThen): Replay[] {
  // they were booked: lots that they name and that are not open any more are not held against them
  const standing = trades.map(({ instrumentId, data }): StandingTrade => ({ instrumentId, version: 0, fill: asFill(tradeFacts.parse(data)), gain: ZERO }));
  const fillsOf = Map.groupBy(standing, ({ instrumentId, fill }) => keyOf({ instrumentId, currency: fill.currency }));
  return [...replayed([], { standing, actions, fills: [] }, { method, from: beginning }).positions]
    .map(([key, change]) => ({ change, fills: (fillsOf.get(key) ?? []).map(({ fill }) => fill) }))
    .toSorted((a, b) => (keyOf(a.change.after) < keyOf(b.change.after) ? -1 : 1));
}

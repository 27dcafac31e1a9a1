/** Positions as they stand, or as they stood: replayed from the trades that stood on a day, as they were known at a time. */
import { ZERO } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { asFill } from '../domain/trade-fill.ts';
import { beginning, keyOf, noPosition, type PositionChange, replayed, type StandingTrade } from '../domain/position-change.ts';
import type { Fill, LotMethod } from '../domain/lots.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Moment, TradeThen } from '../store/history-reads.ts';
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
    return of === undefined ? [] : replay(of.trades, of.method);
  });
}

const replay = (trades: readonly TradeThen[], method: LotMethod): Holding[] => replays(trades, method).map(({ change }) => ({ position: change.after, lots: change.lots }));

/** A position as its trades lead to it. */
export interface Replay {
  readonly fills: readonly Fill[];
  readonly change: PositionChange;
}

/** In the order of instrument and currency. */
export function replays(trades: readonly TradeThen[], method: LotMethod): Replay[] {
  const byPosition = Map.groupBy(trades, (trade) => keyOf(trade));
  return [...byPosition.values()].map((of) => {
    const [first] = of as [TradeThen, ...TradeThen[]];
    const fills = of.map(({ data }) => asFill(tradeFacts.parse(data)));
    return { fills, change: replayed(noPosition(first.instrumentId, first.currency), standingOf(fills), [], { method, from: beginning }) };
  }).toSorted((a, b) => (keyOf(a.change.after) < keyOf(b.change.after) ? -1 : 1));
}

/** They were booked: lots that they name and that are not open any more are not held against them. */
const standingOf = (fills: readonly Fill[]): StandingTrade[] => fills.map((fill) => ({ instrumentId: '', version: 0, fill, gain: ZERO }));

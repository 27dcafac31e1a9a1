/** Positions as they stand, or as they stood: replayed from the trades that stood on a day, as they were known at a time. */
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { asFill } from '../domain/trade-fill.ts';
import { beginning, keyOf, noPosition, replayed } from '../domain/position-change.ts';
import type { LotMethod } from '../domain/lots.ts';
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

function replay(trades: readonly TradeThen[], method: LotMethod): Holding[] {
  const byPosition = Map.groupBy(trades, (trade) => keyOf(trade));
  return [...byPosition.values()].map((of) => {
    const [first] = of as [TradeThen, ...TradeThen[]];
    const fills = of.map(({ data }) => asFill(tradeFacts.parse(data)));
    const { after, lots } = replayed(noPosition(first.instrumentId, first.currency), [], fills, { method, from: beginning });
    return { position: after, lots };
  }).toSorted((a, b) => (keyOf(a.position) < keyOf(b.position) ? -1 : 1));
}

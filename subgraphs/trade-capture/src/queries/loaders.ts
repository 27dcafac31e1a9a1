/** Reads that are gathered within one request: however many fields ask, the database is asked once a kind. */
import { type Connection, connectionOf, pageOf, type PageArgs } from '@pms/subgraph/connection';
import DataLoader from 'dataloader';
import type { Trade, TradeVersion } from '../domain/trade.ts';
import type { TradeFilter, TradeStore } from '../store/trade-store.ts';

export interface Loaders {
  /** Null for an id that is unknown or another organisation's. */
  readonly trade: DataLoader<string, Trade | null>;
  readonly history: DataLoader<string, readonly TradeVersion[]>;
  /** One loader for each set of arguments, keyed by portfolio. */
  tradesOf(filter: TradeFilter, page: PageArgs): DataLoader<string, Connection<Trade>>;
}

export function loadersFor(store: TradeStore, organizationId: string): Loaders {
  const pages = new Map<string, DataLoader<string, Connection<Trade>>>();
  return {
    trade: new DataLoader(async (ids) => {
      const found = new Map((await store.trades(organizationId, ids)).map((trade) => [trade.id, trade]));
      return ids.map((id) => found.get(id) ?? null);
    }),
    history: new DataLoader(async (ids) => {
      const versions = Map.groupBy(await store.histories(organizationId, ids), ({ tradeId }) => tradeId);
      return ids.map((id) => versions.get(id) ?? []);
    }),
    tradesOf(filter, args) {
      const key = JSON.stringify([filter, args]);
      const loader = pages.get(key) ?? pageLoader(store, organizationId, filter, args);
      pages.set(key, loader);
      return loader;
    },
  };
}

function pageLoader(store: TradeStore, organizationId: string, filter: TradeFilter, args: PageArgs): DataLoader<string, Connection<Trade>> {
  const page = pageOf(args);
  return new DataLoader(async (portfolioIds) => {
    const trades = Map.groupBy(await store.tradePages(organizationId, portfolioIds, filter, page), ({ portfolioId }) => portfolioId);
    return portfolioIds.map((id) => connectionOf(trades.get(id) ?? [], page, (trade) => [trade.id]));
  });
}

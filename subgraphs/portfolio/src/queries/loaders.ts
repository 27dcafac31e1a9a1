/** What one request reads by id, each thing once and all of a list together. */
import DataLoader from 'dataloader';
import type { Loaders } from '../context.ts';
import type { PortfolioStore } from '../store/portfolio-store.ts';

export const loadersFor = (store: PortfolioStore, organizationId: string): Loaders => ({
  portfolio: byId((ids) => store.portfolios(organizationId, ids)),
  investor: byId((ids) => store.investors(organizationId, ids)),
});

function byId<T extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await read(ids)).map((thing) => [thing.id, thing]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

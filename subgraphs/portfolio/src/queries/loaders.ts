/** What one request reads by id, each thing once and all of a list together. */
import { type Principal, seesPortfolioOf } from '@pms/identity/principal';
import DataLoader from 'dataloader';
import type { Loaders } from '../context.ts';
import type { PortfolioStore } from '../store/portfolio-store.ts';

export const loadersFor = (store: PortfolioStore, principal: Principal): Loaders => ({
  portfolio: byId(async (ids) => (await store.portfolios(principal.organizationId, ids)).filter(({ investorId }) => seesPortfolioOf(principal, investorId))),
  investor: byId(async (ids) => (await store.investors(principal.organizationId, ids)).filter(({ id }) => seesPortfolioOf(principal, id))),
});

function byId<T extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await read(ids)).map((thing) => [thing.id, thing]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

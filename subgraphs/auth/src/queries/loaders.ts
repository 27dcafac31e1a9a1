/** What one request reads by id, each thing once and all of a list together. */
import DataLoader from 'dataloader';
import type { Loaders } from '../context.ts';
import type { AuthStore } from '../store/auth-store.ts';

export const loadersFor = (store: AuthStore, organizationId: string): Loaders => ({
  user: byId((ids) => store.users(organizationId, ids)),
  serviceClient: byId((ids) => store.serviceClients(organizationId, ids)),
  organization: byId((ids) => store.organizations(ids.filter((id) => id === organizationId))),
});

function byId<T extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await read(ids)).map((thing) => [thing.id, thing]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

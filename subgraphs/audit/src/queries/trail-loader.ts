/** Trails of the trades or portfolios of a list, all in one statement per request and page. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import DataLoader from 'dataloader';
import type { ChainedEntry } from '../domain/hash-chain.ts';
import type { AuditStore } from '../store/audit-store.ts';

export interface TrailLoader {
  of(kind: 'trade' | 'portfolio', id: string, args: PageArgs): Promise<Connection<ChainedEntry>>;
}

export function trailLoader(store: AuditStore, organizationId: string): TrailLoader {
  const loaders = new Map<string, DataLoader<string, Connection<ChainedEntry>>>();
  return {
    of(kind, id, { first, after, last, before }) {
      const asked = JSON.stringify([kind, first, after, last, before]);
      const page = pageOf({ first, after, last, before });
      const loader = loaders.get(asked) ?? new DataLoader<string, Connection<ChainedEntry>>(async (ids) => {
        const found = await store.trailsOf(organizationId, kind, ids, page);
        return ids.map((one) => connectionOf(found.get(one) ?? [], page, ({ seq }) => [String(seq)]));
      });
      loaders.set(asked, loader);
      return loader.load(id);
    },
  };
}

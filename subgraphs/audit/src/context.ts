/** What every query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type { TrailLoader } from './queries/trail-loader.ts';
import type { AuditStore } from './store/audit-store.ts';

/** A thing of another domain, of which only the id is known here. @public The generated types name it. */
export interface Reference {
  readonly id: string;
}

export interface AuditContext extends SignedRequest {
  readonly store: AuditStore;
  readonly trails: TrailLoader;
  sealKey(): Promise<string>;
  checkpointSecret(): Promise<string>;
}

/** What every query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type { ClientLoader } from './queries/client-loader.ts';
import type { TrailLoader } from './queries/trail-loader.ts';
import type { AuditStore } from './store/audit-store.ts';
import type { CheckpointSink } from './store/checkpoint-file.ts';

/** A thing of another domain, of which only the id is known here. @public The generated types name it. */
export interface Reference {
  readonly id: string;
}

export interface AuditContext extends SignedRequest {
  readonly store: AuditStore;
  readonly trails: TrailLoader;
  readonly clients: ClientLoader;
  /** Where checkpoints are kept outside of the database; null where nowhere. */
  readonly sink: CheckpointSink | null;
  sealKey(): Promise<string>;
  checkpointSecret(): Promise<string>;
  newId(kind: string): string;
  now(): Date;
}

/** What every command and query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { Live } from '@pms/events/live';
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type DataLoader from 'dataloader';
import type { Simulation } from './store/simulation-row.ts';
import type { SimulationStore } from './store/simulation-store.ts';

/** A thing that another domain owns. @public The generated types name it. */
export interface Reference {
  readonly id: string;
}

export interface SimulationContext extends SignedRequest {
  readonly store: SimulationStore;
  readonly live: Live;
  /** Null for an id that is unknown or another organisation's. */
  readonly simulations: DataLoader<string, Simulation | null>;
  /** Says that a simulation waits. */
  wakeRunner(): void;
  newId(kind: string): string;
  now(): Date;
}

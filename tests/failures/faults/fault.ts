/** What a fault is: something that is done to a running cluster, and undone. */
import type { Cluster } from '../support/cluster.ts';
import type { Random } from '../support/random.ts';

/** Faults of one part follow each other; those of different parts may fall together. */
export type Part = 'processes' | 'postgres' | 'kafka' | 'redis' | 'connections' | 'events' | 'clocks';

export interface Struck {
  readonly cluster: Cluster;
  /** Of this injection alone. */
  readonly random: Random;
  /** Tells of what an injection found that must not be. */
  found(name: string, detail: string): void;
}

export interface Fault {
  readonly name: string;
  readonly part: Part;
  /** Does it, waits, and undoes it, so that the cluster can recover; resolves to what was done, for the log. */
  inject(struck: Struck): Promise<string>;
}

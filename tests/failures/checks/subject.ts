/** What is judged after a run, and what judges it. */
import type { Load } from '../load/load.ts';
import type { Violation } from '../load/recorded.ts';
import type { Cluster } from '../support/cluster.ts';
import type { Hearing } from './hearing.ts';

export interface Subject {
  readonly cluster: Cluster;
  readonly load: Load;
  /** Who hears what. */
  readonly hearing: readonly Hearing[];
}

export interface Check {
  /** A sentence about what holds. */
  readonly name: string;
  find(subject: Subject): Promise<readonly Violation[]>;
}

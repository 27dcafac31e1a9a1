/** What every command and query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { Newest } from '@pms/events/newest';
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type { Loaders } from './queries/loaders.ts';
import type { ValidationStore } from './store/validation-store.ts';

export interface Workings {
  readonly store: ValidationStore;
  /** What others have written last, heard or not; undefined where nothing is delivered. */
  readonly newest: Newest | undefined;
  newId(kind: string): string;
  now(): Date;
}

export interface ValidationContext extends SignedRequest, Workings {
  readonly loaders: Loaders;
}

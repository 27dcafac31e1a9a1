/** What every command and query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type { Market } from './market.ts';
import type { Loaders } from './queries/loaders.ts';

export interface RttmContext extends Market, SignedRequest {
  readonly loaders: Loaders;
}

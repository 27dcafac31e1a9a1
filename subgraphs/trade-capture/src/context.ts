/** What every command, query and subscription of this domain is given. Made in subgraph.ts, read everywhere. */
import type { Live } from '@pms/events/live';
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type { Request, Written } from './commands/capture-request.ts';
import type { Loaders } from './queries/loaders.ts';
import type { TradeStore } from './store/trade-store.ts';

export interface TradeCaptureContext extends SignedRequest {
  readonly store: TradeStore;
  readonly loaders: Loaders;
  readonly live: Live;
  /** Writes together with what other requests bring at the same time. */
  writeGrouped(request: Request): Promise<Written>;
  newId(kind: string): string;
  now(): Date;
}

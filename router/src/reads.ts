/** Puts together what stands between an operation and the subgraphs: answers kept, equal reads shared, subgraphs guarded. */
import { keepingEntities } from './cache/cached-entities.ts';
import { cached } from './cache/cached.ts';
import { boundedStore } from './cache/bounded-store.ts';
import { memoryStore } from './cache/memory-store.ts';
import type { CacheSettings } from './cache/settings.ts';
import type { CacheStore } from './cache/store.ts';
import type { Invalidation } from './cache/tags.ts';
import { tieredStore } from './cache/tiered-store.ts';
import { resilient } from './dial/resilient.ts';
import { sharedReads } from './dial/shared-reads.ts';
import type { Dial, RequestContext, SubgraphResult } from './dial/transport.ts';
import { copy } from './execution/merge.ts';
import type { Data } from './execution/run.ts';
import type { RouterMetrics } from './observe.ts';
import type { Answering } from './operation/serve.ts';
import { running, runningHeard, sharedOperations } from './operation/sharing.ts';
import type { RedisLink } from '@pms/redis/link';
import type { RouterSettings } from './settings.ts';

export interface Reads {
  readonly dial: Dial;
  readonly answer: Answering;
  /** Resolves to how many kept answers were taken out; where none are kept, to 0. */
  invalidate(...changes: readonly Invalidation[]): Promise<number>;
  close(): void;
}

export interface ReadsOptions {
  readonly settings: RouterSettings;
  readonly metrics: RouterMetrics;
  readonly redis: RedisLink | null;
  /** Whether what others change is heard at the moment; not asked where replicas share a Redis. Without it, what is kept goes by its own age. */
  readonly hears?: (() => boolean) | undefined;
}

export function readsThrough(dial: Dial, { settings: { subgraphs, cache }, metrics, redis, hears }: ReadsOptions): Reads {
  const fetches = sharedReads<SubgraphResult>({ another: copied, joined: () => metrics.shared.inc({ level: 'subgraph' }) });
  const run = cache.enabled ? runningHeard : running;
  const operations = sharedOperations(run, metrics);
  // A whole operation may ask any subgraph, so that one that does not share keeps all operations apart.
  const shareable = [subgraphs.all, ...Object.values(subgraphs.byName)].every(({ shareReads }) => shareReads !== false);
  const answer = shareable ? operations.answer : run;
  const store = cache.enabled ? storeFor(cache, { redis, metrics, hears }) : memoryStore(cache.memoryBytesMax);
  const options = { settings: cache, metrics, store };
  const keeping = cache.enabled ? cached(answer, options) : null;
  const changed = (context: RequestContext, by: 'mutation' | 'event'): void => {
    fetches.changed();
    operations.changed();
    if (by === 'mutation') keeping?.changedBy(context);
  };
  const guarded = resilient(dial, { settings: subgraphs, metrics, shared: fetches, changed });
  return {
    dial: cache.enabled && cache.entities ? keepingEntities(guarded, options) : guarded,
    answer: keeping?.answer ?? answer,
    invalidate: (...changes) => keeping?.invalidate(...changes) ?? Promise.resolve(0),
    close: () => store.close(),
  };
}

function storeFor(settings: CacheSettings, { redis, metrics, hears }: Pick<ReadsOptions, 'redis' | 'metrics' | 'hears'>): CacheStore {
  if (redis !== null) return tieredStore({ redis, settings, metrics });
  const memory = memoryStore(settings.memoryBytesMax);
  return hears === undefined ? memory : boundedStore(memory, { hears, awaySecondsMax: settings.awaySecondsMax });
}

/** What comes of a fetch is put into the response, and changed there by later ones. */
const copied = (result: SubgraphResult): SubgraphResult => (result.data == null ? { ...result } : { ...result, data: copy(result.data) as Data });

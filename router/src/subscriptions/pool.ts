/** The subscriptions to subgraphs that are open: one for all who may share it, one each for the others. */
import { variablesFor } from '../execution/send.ts';
import type { Caller, Service } from '../operation/serve.ts';
import type { SubscriptionSettings } from './settings.ts';
import { type Upstream, upstream } from './upstream.ts';
import type { Wish } from './wish.ts';

export interface UpstreamPool {
  /** Rejects when there is no source. */
  take(wish: Wish): Promise<Upstream>;
  recheck(isRevoked: (caller: Caller) => boolean): void;
}

interface Shared {
  readonly upstream: Upstream;
  readonly opening: Promise<void>;
}

export function upstreamPool({ metrics, logger }: Service, settings: SubscriptionSettings): UpstreamPool {
  const shared = new Map<string, Shared>();
  const make = ({ ready, caller, source, after, key, fetch }: Wish): Shared => {
    const labels = { subgraph: fetch.service };
    const made = upstream({
      source, caller, after, settings, shared: key !== null, transport: ready.engine.transport(fetch.service), variables: variablesFor(fetch, ready),
      lost(cause) {
        metrics.sourcesLost.inc(labels);
        logger.warn({ ...labels, field: source.field, cause: cause instanceof Error ? cause.message : String(cause) }, 'the source of a subscription was lost');
      },
      closed() {
        metrics.sources.dec(labels);
        if (key !== null && shared.get(key)?.upstream === made) shared.delete(key);
      },
    });
    metrics.sources.inc(labels);
    return { upstream: made, opening: made.open() };
  };
  return {
    async take(wish) {
      const known = wish.key === null ? undefined : shared.get(wish.key);
      const taken = known?.upstream.joinable() === true ? known : make(wish);
      if (wish.key !== null) shared.set(wish.key, taken);
      await taken.opening;
      return taken.upstream;
    },
    recheck(isRevoked) {
      for (const { upstream: one } of shared.values()) one.recheck(isRevoked);
    },
  };
}

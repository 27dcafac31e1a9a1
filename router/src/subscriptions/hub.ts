/**
 * All subscriptions of a router: identical ones of equal principals stand on one upstream, and identical operations on one execution.
 * Ends them when their tokens are revoked, and carries them over to a new supergraph.
 */
import { DomainError, unauthenticated } from '@pms/errors';
import type { Engine } from '../engine.ts';
import type { Caller, Service } from '../operation/serve.ts';
import { doubtful, isDoubted, type Revocations } from '@pms/identity/revocations';
import { clientKey } from '../security/client-key.ts';
import { clientLimits } from '../security/client-limits.ts';
import { type Channel, channel } from './channel.ts';
import { continued, responseText } from './continuity.ts';
import { upstreamPool } from './pool.ts';
import type { SubscriptionSettings } from './settings.ts';
import type { Subscriptions } from './subscribe.ts';
import type { Upstream } from './upstream.ts';
import { type Wish, wishOf } from './wish.ts';

export interface Hub extends Subscriptions {
  /** A new engine is in use: what may go on goes on by it, the rest is told to subscribe again. */
  carryOver(): Promise<void>;
  /** Ends the subscriptions of those whose tokens are revoked, until the answer is called. */
  obey(revocations: Revocations | undefined): () => void;
}

export function subscriptionHub(service: Service, settings: SubscriptionSettings, current: () => Engine): Hub {
  const upstreams = upstreamPool(service, settings);
  const clients = clientLimits({ ...settings, passed: (limit) => service.metrics.limited.inc({ limit }) });
  const shared = new Map<string, Channel>();
  const all = new Set<Channel>();

  const channelOn = ({ ready, key: sharing }: Wish, on: Upstream): Channel => {
    const key = sharing === null ? null : `${sharing}\n${ready.operation.key}\n${responseText(ready)}`;
    const known = key === null ? undefined : shared.get(key);
    if (known?.upstream === on) return known;
    const made = channel({
      ready, upstream: on, shared: key !== null, settings, service,
      closed() {
        all.delete(made);
        if (key !== null && shared.get(key) === made) shared.delete(key);
      },
    });
    all.add(made);
    if (key !== null) shared.set(key, made);
    return made;
  };
  const carry = async (one: Channel): Promise<void> => {
    const engine = current();
    const caller = one.caller();
    if (caller === null || one.ready().engine === engine) return;
    const next = await continued(one.ready(), engine, caller);
    if (engine !== current()) return carry(one);
    service.metrics.carriedOver.inc({ outcome: next === null ? 'ended' : 'continued' });
    if (next === null) one.end(reloaded());
    else one.use(next);
  };

  return {
    async open(ready, caller, from = {}) {
      caller.seen.ran = true;
      const place = clients.enter(clientKey(caller.principal, caller.address));
      const wish = wishOf(ready, caller, from.lastEventId, settings);
      const upstream = await upstreams.take(wish).catch((error: unknown) => {
        place.leave();
        throw error;
      });
      const one = channelOn(wish, upstream);
      const subscription = one.join(caller, place);
      if (ready.engine !== current()) void carry(one); // it was prepared just before a new one came
      return subscription;
    },
    async carryOver() {
      await Promise.all([...all].map(carry));
    },
    obey(revocations) {
      if (revocations === undefined) return () => {};
      const isRevoked = ({ principal }: Caller): boolean => principal !== null && revocations.isRevoked(principal);
      const isInDoubt = ({ principal }: Caller): boolean => principal !== null && isDoubted(principal, revocations);
      return revocations.onRevoked(() => {
        for (const one of all) {
          one.expel(isRevoked, unauthenticated('the access token was revoked'));
          one.expel(isInDoubt, doubtful());
        }
        upstreams.recheck(isRevoked);
      });
    },
  };
}

const reloaded = (): DomainError => new DomainError('SUBSCRIPTION_RELOAD', 'the schema changed under this subscription: subscribe again', { retryAfterMs: 0 });

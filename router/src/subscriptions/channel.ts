/**
 * One operation over one upstream: the rest of the plan runs once for each event, and the text goes to every client that asked for the
 * same. Goes at the pace of the fastest; each has a bounded queue of its own. A new supergraph may put a new plan in its place.
 */
import { copy } from '../execution/merge.ts';
import type { Answer } from '../operation/answer.ts';
import { subgraphReport } from '../operation/errors.ts';
import type { ClientPlace } from '../security/client-limits.ts';
import { type Caller, contextOf, type ReadyOperation, type Service } from '../operation/serve.ts';
import { endEvent, underEvent } from '../telemetry/event.ts';
import { type Member, member, type Told, tooSlow } from './member.ts';
import { latestOf } from './latest.ts';
import { eventQueue } from './queue.ts';
import type { SubscriptionSettings } from './settings.ts';
import { type OpenSubscription, SubscriptionRefused } from './subscribe.ts';
import { type Heard, type Listener, longestLived, type Upstream } from './upstream.ts';

export interface ChannelOptions {
  readonly ready: ReadyOperation;
  readonly upstream: Upstream;
  /** Whether others have a part in the events: they are then left as they came, and kept for those who come late. */
  readonly shared: boolean;
  readonly settings: Pick<SubscriptionSettings, 'queueMax' | 'eventsPerSecondMax'>;
  readonly service: Service;
  readonly closed: () => void;
}

export interface Channel {
  readonly upstream: Upstream;
  readonly ready: () => ReadyOperation;
  /** One whose token is good; `null` where there is none left. */
  caller(): Caller | null;
  /** `place` is given back when the client leaves. */
  join(caller: Caller, place: ClientPlace): OpenSubscription;
  /** Runs the rest by another plan from the next event on. */
  use(ready: ReadyOperation): void;
  end(failure?: unknown): void;
  /** Ends those of whom it is true. */
  expel(which: (caller: Caller) => boolean, failure: unknown): void;
}

export function channel(options: ChannelOptions): Channel {
  const { upstream, settings, service: { metrics } } = options;
  const { queueMax } = settings;
  const members = new Set<Member>();
  const latest = options.shared ? latestOf<Told>(queueMax) : null;
  const demand = gate();
  const waiting = eventQueue<Heard>({ lengthMax: queueMax, keyOf: ({ key }) => key, replaced: () => metrics.dropped.inc(), overflow: tooSlow });
  let current = options.ready;
  let release = current.engine.hold();
  let ended: { readonly failure: unknown } | null = null;
  let begun = false;
  const over = new AbortController();

  const caller = (): Caller | null => members.values().find((one) => one.good())?.caller ?? null;
  const end = (failure?: unknown): void => {
    if (ended !== null) return;
    ended = { failure };
    over.abort(new Error('nobody listens any longer'));
    upstream.leave(listener);
    waiting.end();
    demand.open();
    release();
    options.closed();
    for (const one of members) one.end(failure);
  };
  const good = (): Caller[] => [...members].filter((one) => one.good()).map((one) => one.caller);
  // What has overflown ends now, not when its client comes to read.
  const listener: Listener = { caller: () => longestLived(good()), heard: (event) => void (waiting.push(event) || demand.open()), ended: waiting.end };
  const relay = async (): Promise<void> => {
    try {
      for (;;) {
        await demand.opened();
        const { done, value } = await waiting.next();
        const by = caller();
        if (done === true || by === null) return end();
        const told: Told = { ...await answerTo({ heard: value, caller: by, signal: over.signal }, current, options), id: value.id, key: value.key };
        latest?.note(told);
        for (const one of members) one.tell(told);
      }
    } catch (error) {
      end(error);
    }
  };

  return {
    upstream, end, caller, ready: () => current,
    join(joining, place) {
      const one = member({
        caller: joining, place, settings, metrics, wants: demand.open,
        left: () => void (members.delete(one) && members.size === 0 && end()),
      });
      members.add(one);
      for (const told of latest?.all() ?? []) one.tell(told);
      if (ended !== null) one.end(ended.failure);
      else if (!begun) {
        begun = true;
        upstream.join(listener);
        void relay();
      } else upstream.joined();
      return one.subscription;
    },
    use(ready) {
      release();
      release = ready.engine.hold();
      current = ready;
    },
    expel(which, failure) {
      for (const one of members) if (which(one.caller)) one.end(failure);
    },
  };
}

interface Happened { readonly heard: Heard; readonly caller: Caller; readonly signal: AbortSignal }

async function answerTo({ heard: { result }, caller, signal }: Happened, { engine, variant, variables }: ReadyOperation, { shared, service }: ChannelOptions): Promise<Answer> {
  const context = underEvent(contextOf(caller, signal));
  const { subscription } = variant;
  // An answer with no data at all is a refusal of the subscription, not an event.
  if (result.data === undefined && result.errors !== undefined) {
    const report = subgraphReport(service.logger);
    throw new SubscriptionRefused(result.errors.map((error) => report(error, subscription?.fetch.service ?? '', error.path, context)));
  }
  const run = engine.newRun(variables, context);
  subscription?.accept(shared ? { ...result, data: copy(result.data) as NonNullable<typeof result.data> } : result, run);
  const answer = await engine.executeEvent(variant, run);
  endEvent(caller.seen, context, answer.errors);
  for (const { extensions } of answer.errors) service.metrics.errors.inc({ code: String(extensions['code']) });
  return answer;
}

/** Lets one pass each time that it was opened; opened twice is opened once. */
function gate(): { open(): void; opened(): Promise<void> } {
  let isOpen = false;
  let waiter: (() => void) | null = null;
  return {
    open() {
      isOpen = true;
      waiter?.();
      waiter = null;
    },
    async opened() {
      if (!isOpen) await new Promise<void>((resolve) => void (waiter = resolve));
      isOpen = false;
    },
  };
}

/**
 * What stands between the executor and a dial, for each subgraph: equal reads shared, a bulkhead, reads sent again, a
 * breaker. It outlives supergraphs: a new one does not forget that a subgraph is down.
 */
import { DomainError } from '@pms/errors';
import { BrokenCircuitError, type CircuitBreakerPolicy, CircuitState } from 'cockatiel';
import type { z } from 'zod';
import type { RouterMetrics } from '../observe.ts';
import { abortable } from './abortable.ts';
import { breakerOf } from './breaker.ts';
import { bulkhead } from './bulkhead.ts';
import { readRetries } from './retry.ts';
import { settingsOfSubgraph, type subgraphSettings, type SubgraphSettings } from './settings.ts';
import { senderKey } from './sender.ts';
import type { SharedReads } from './shared-reads.ts';
import { type Dial, NoAnswer, type RequestContext, type SubgraphRequest, type SubgraphResult, type Transport } from './transport.ts';

/** A client that was refused for want of room may try again after this. */
const CROWDED_MS = 1_000;
/** Larger requests are not compared with others: writing out who equals whom would cost more than it saves. */
const SHARED_CHARACTERS_MAX = 32_768;

export interface ResilienceOptions {
  readonly settings: z.output<typeof subgraphSettings>;
  readonly metrics: RouterMetrics;
  readonly shared: SharedReads<SubgraphResult>;
  /** A mutation has ended, well or not, or an event has arrived. */
  readonly changed: (context: RequestContext, by: 'mutation' | 'event') => void;
}

export function resilient(dial: Dial, options: ResilienceOptions): Dial {
  const guards = new Map<string, { readonly url: string; readonly guard: Guard }>();
  let dialled = 0;
  return ({ name, url: address }) => {
    const settings = settingsOfSubgraph(options.settings, name);
    const url = settings.url ?? address;
    const before = guards.get(name);
    const guard = before?.url === url ? before.guard : guardOf(name, settings, options.metrics);
    guards.set(name, { url, guard });
    dialled += 1;
    return guarded(dial({ name, url }, settings), guard, { identity: `${name} ${dialled}`, shareReads: settings.shareReads }, options);
  };
}

interface Dialled { readonly identity: string; readonly shareReads: boolean }

function guarded(inner: Transport, guard: Guard, { identity, shareReads }: Dialled, { shared, changed }: ResilienceOptions): Transport {
  const ask: Ask = (request, context) => guard(inner, request, context);
  const keyOf = ({ query, operationName, expected }: SubgraphRequest, variables: string, context: RequestContext): string =>
    `${identity}\n${senderKey(context)}\n${expected?.id ?? ''}\n${variables}\n${operationName ?? ''}\n${query}`;

  const read: Ask = (request, context) => {
    if (!shareReads) return ask(request, context);
    const variablesText = request.variablesText ?? JSON.stringify(request.variables ?? {});
    const written = { ...request, variablesText };
    if (variablesText.length > SHARED_CHARACTERS_MAX) return ask(written, context);
    return shared.join(keyOf(request, variablesText, context), context.signal, (signal) => ask(written, { ...context, signal }));
  };

  return {
    async execute(request, context) {
      if (request.kind !== 'query') {
        try {
          return await ask(request, context);
        } finally {
          changed(context, 'mutation');
        }
      }
      const result = await read(request, context);
      context.heard?.(result.cacheControl);
      return result;
    },
    async subscribe(request, context) {
      return telling(await inner.subscribe(request, context), () => changed(context, 'event'));
    },
  };
}

type Ask = (request: SubgraphRequest, context: RequestContext) => Promise<SubgraphResult>;

/** What is known of a subgraph's health, whichever supergraph it is asked for. */
type Guard = (inner: Transport, request: SubgraphRequest, context: RequestContext) => Promise<SubgraphResult>;

function guardOf(name: string, settings: SubgraphSettings, metrics: RouterMetrics): Guard {
  const breaker = breakerOf(settings.breaker, (open) => metrics.breakerOpen.set({ subgraph: name }, open ? 1 : 0));
  const whileClosed = breaker === null ? null : closedPath(breaker, settings.breaker.by === 'consecutive');
  const retries = readRetries(settings.retries, () => metrics.retries.inc({ subgraph: name }));
  const room = bulkhead({
    ...settings.bulkhead,
    refused: () => {
      metrics.crowded.inc({ subgraph: name });
      return unavailable(name, 'as many requests as may be are under way or waiting', CROWDED_MS);
    },
  });
  metrics.watchBulkhead(name, room);

  const attempt: Guard = (inner, request, context) => {
    if (breaker === null || whileClosed === null) return inner.execute(request, context);
    if (breaker.state === CircuitState.Closed) return whileClosed(() => inner.execute(request, context));
    // A probe speaks for everybody: it goes on when the client whose request it is has gone.
    const { signal, ...alone } = context;
    return abortable(breaker.execute(() => inner.execute(request, alone)), signal);
  };
  // The policy is asked only once there is something to decide: what goes well costs nothing but the request.
  const patiently: Guard = retries === null ? attempt : async (inner, request, context) => {
    if (request.kind !== 'query') return attempt(inner, request, context);
    retries.asked();
    try {
      return await attempt(inner, request, context);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return retries.policy.execute(({ attempt: before }) => (before === 0 ? Promise.reject(error) : attempt(inner, request, context)), context.signal);
    }
  };
  return async (inner, request, context) => {
    try {
      return await room.run(context.signal, () => patiently(inner, request, context));
    } catch (error) {
      context.signal?.throwIfAborted();
      if (error instanceof NoAnswer) throw unavailable(name, error.message, error.retryAfterMs);
      if (error instanceof BrokenCircuitError) throw unavailable(name, 'it is not asked while it is down', settings.breaker.openMs);
      throw error;
    }
  };
}

/**
 * Where failures in a row are counted, an answer says something only after a failure: until then the breaker is not asked. An answer that was
 * under way when one failed still ends the row.
 */
function closedPath(breaker: CircuitBreakerPolicy, inARow: boolean): (work: () => Promise<SubgraphResult>) => Promise<SubgraphResult> {
  let failing = false;
  const told = async (work: () => Promise<SubgraphResult>): Promise<SubgraphResult> => {
    const result = await breaker.execute(work);
    failing = false;
    return result;
  };
  if (!inARow) return (work) => breaker.execute(work);
  return async (work) => {
    if (failing) return told(work);
    try {
      const result = await work();
      // Once it is open nothing is counted, and a good answer is a good answer.
      return failing && breaker.state === CircuitState.Closed ? await told(() => Promise.resolve(result)) : result;
    } catch (error) {
      if (!(error instanceof NoAnswer) || breaker.state !== CircuitState.Closed) throw error;
      failing = true;
      return breaker.execute(() => Promise.reject(error));
    }
  };
}

const unavailable = (name: string, cause: string, retryAfterMs?: number): DomainError =>
  new DomainError('SUBGRAPH_UNAVAILABLE', `${name} did not answer`, { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

/** Not a generator: `return` must reach the source even while its next event is awaited. */
function telling(source: AsyncIterable<SubgraphResult>, arrived: () => void): AsyncIterable<SubgraphResult> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      return {
        async next() {
          const result = await iterator.next();
          arrived();
          return result;
        },
        async return() {
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

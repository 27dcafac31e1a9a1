/**
 * A federated subscription: its first fetch is subscribed upstream, and for each event the rest of the plan runs like
 * a query. Ends with the client, the source, or the access token.
 */
import { DomainError, unauthenticated } from '@pms/errors';
import type { SubgraphResult } from '../dial/transport.ts';
import { requestFor, variablesFor } from '../execution/send.ts';
import type { ClientError } from '../execution/run.ts';
import { type Caller, contextOf, type ReadyOperation, type Service } from '../operation/serve.ts';
import { subgraphReport } from '../operation/errors.ts';
import { noteEvent, underEvent } from '../telemetry/event.ts';
import { type EventQueue, eventQueue } from './queue.ts';

const WAITING_MAX = 256;
const MS_PER_SECOND = 1_000;
/** Timers cannot wait longer; a token that lives longer ends its subscriptions early. */
const TIMER_MS_MAX = 2_147_483_647;

/**
 * Root fields whose events replace each other for a slow client, each with the way to what tells them apart
 * (`[]` when each event is the whole state). Events of other fields are never dropped: the client is, when it is too slow.
 */
export type Conflation = Readonly<Record<string, readonly string[]>>;

/** The source refused the operation. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';
  readonly errors: readonly ClientError[];

  constructor(errors: readonly ClientError[]) {
    super('the subscription was refused');
    this.errors = errors;
  }
}

export interface SubscriptionEvent {
  /** The response as text. */
  readonly text: string;
  /** What a client may resume after; `null` where the source keeps no history. */
  readonly id: string | null;
}

export interface OpenSubscription {
  /** The next response; undefined at the end. Rejects with DomainError or SubscriptionRefused when it must end. */
  next(): Promise<SubscriptionEvent | undefined>;
  close(): void;
}

/** What came before, as the client says. */
export interface Resumption {
  readonly lastEventId?: string;
}

export interface Subscriptions {
  /** Rejects with DomainError or SubscriptionRefused. */
  open(ready: ReadyOperation, caller: Caller, from?: Resumption): Promise<OpenSubscription>;
}

export const subscriptions = (service: Service, conflation: Conflation): Subscriptions => ({
  open: (ready, caller) => openSubscription(ready, caller, service, conflation),
});

async function openSubscription(ready: ReadyOperation, caller: Caller, service: Service, conflation: Conflation): Promise<OpenSubscription> {
  const { engine, variant, variables } = ready;
  if (variant.subscription === null) throw new DomainError('BAD_USER_INPUT', 'the operation is not a subscription');
  const { fetch, accept } = variant.subscription;
  const context = contextOf(caller);
  caller.seen.ran = true;
  const source = await engine.transport(fetch.service).subscribe(requestFor(fetch, variablesFor(fetch, engine.newRun(variables, context))), context);
  const iterator = source[Symbol.asyncIterator]();
  const queue = queueFor(ready, conflation, service);
  const stopExpiry = endAtExpiry(caller, queue);
  void pump(iterator, queue);

  const close = (): void => {
    stopExpiry();
    queue.end();
    iterator.return?.().catch(() => {}); // the source may be gone already
  };
  return {
    close,
    async next() {
      try {
        const { done, value } = await queue.next();
        if (done === true) return undefined;
        const refused = refusal(value, fetch.service, caller, service);
        if (refused !== null) throw refused;
        const mine = underEvent(context);
        const run = engine.newRun(variables, mine);
        accept(value, run);
        const { text, errors } = await engine.executeEvent(variant, run);
        for (const { extensions } of errors) service.metrics.errors.inc({ code: String(extensions['code']) });
        noteEvent(caller.seen, mine, text, errors);
        return { text, id: null };
      } catch (error) {
        close();
        throw error;
      }
    },
  };
}

async function pump(iterator: AsyncIterator<SubgraphResult>, queue: EventQueue<SubgraphResult>): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) break;
      if (!queue.push(value)) {
        await iterator.return?.();
        break;
      }
    }
    queue.end();
  } catch (error) {
    queue.end(error);
  }
}

/** An answer with no data at all is a refusal of the subscription, not an event. */
function refusal(result: SubgraphResult | undefined | void, subgraph: string, caller: Caller, { logger }: Service): SubscriptionRefused | null {
  if (!result || result.data !== undefined || result.errors === undefined) return null;
  const report = subgraphReport(logger);
  return new SubscriptionRefused(result.errors.map((error) => report(error, subgraph, error.path, contextOf(caller))));
}

function queueFor({ operation }: ReadyOperation, conflation: Conflation, { metrics }: Service): EventQueue<SubgraphResult> {
  const selection = operation.operation.selectionSet.selections[0];
  const field = selection?.kind === 'Field' ? selection : undefined;
  const path = field === undefined ? undefined : conflation[field.name.value];
  const responseKey = (field?.alias ?? field?.name)?.value ?? '';
  return eventQueue<SubgraphResult>({
    lengthMax: WAITING_MAX,
    keyOf: ({ data }) => (path === undefined ? null : keyAt(data?.[responseKey], path)),
    replaced: () => metrics.dropped.inc(),
    overflow: () => new DomainError('RATE_LIMITED', 'events arrive faster than this client takes them; subscribe again', { retryAfterMs: MS_PER_SECOND }),
  });
}

function keyAt(value: unknown, path: readonly string[]): string | null {
  if (path.length === 0) return '';
  const found = path.reduce<unknown>((inner, key) => (inner === null || typeof inner !== 'object' ? undefined : (inner as Record<string, unknown>)[key]), value);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}

function endAtExpiry({ principal }: Caller, queue: EventQueue<SubgraphResult>): () => void {
  if (principal === null) return () => {};
  const left = principal.expiresAt * MS_PER_SECOND - Date.now();
  const timer = setTimeout(() => queue.end(unauthenticated('the access token has expired')), Math.min(Math.max(left, 0), TIMER_MS_MAX));
  timer.unref();
  return () => clearTimeout(timer);
}

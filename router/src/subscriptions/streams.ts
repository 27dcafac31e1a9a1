/** Answers that follow each other on one HTTP response, at the client's pace: subscriptions, and single operations of clients that take nothing else. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ClientError } from '../execution/run.ts';
import { failureOf } from '../http/failure.ts';
import { taken } from '../http/taken.ts';
import type { Caller, ReadyOperation, Service } from '../operation/serve.ts';
import { noteErrors } from '../telemetry/seen.ts';
import type { Framing } from './framing.ts';
import { type OpenSubscription, type Resumption, SubscriptionRefused, type Subscriptions } from './subscribe.ts';

export interface StreamOptions {
  readonly service: Service;
  readonly subscriptions: Subscriptions;
  readonly heartbeatMs: number;
}

/** Where a stream is written to, and how. */
export interface StreamTarget {
  readonly response: ServerResponse;
  readonly framing: Framing;
  readonly headers: OutgoingHttpHeaders;
}

export interface EventStreams {
  serve(target: StreamTarget, ready: ReadyOperation, caller: Caller, from: Resumption): Promise<void>;
  /** One answer, and the end. */
  single(target: StreamTarget, text: string): void;
  /** Tells every client that it has to subscribe again, and ends its stream. Resolves when the last one has been told. */
  close(): Promise<void>;
}

/** Says the same as the code 1001 that a websocket is closed with. */
const goingAway: ClientError = { message: 'the server is going away; subscribe again', extensions: { code: 'GOING_AWAY' } };

interface Leaving {
  now: boolean;
  subscription: OpenSubscription | null;
}

export function eventStreams(options: StreamOptions): EventStreams {
  const open = new Map<Leaving, Promise<void>>();
  let closing = false;
  return {
    async serve(target, ready, caller, from) {
      begin(target);
      const leaving: Leaving = { now: closing, subscription: null };
      const done = follow(target, () => options.subscriptions.open(ready, caller, from), leaving, { caller, options });
      open.set(leaving, done);
      await done;
      open.delete(leaving);
    },
    single(target, text) {
      begin(target);
      target.response.end(target.framing.event({ text, id: null }) + target.framing.end);
    },
    async close() {
      closing = true;
      for (const leaving of open.keys()) {
        leaving.now = true;
        leaving.subscription?.close();
      }
      await Promise.all(open.values());
    },
  };
}

function begin({ response, framing, headers }: StreamTarget): void {
  response.writeHead(200, { ...headers, 'content-type': framing.contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  response.flushHeaders(); // the client knows that it listens before anything happens
  if (framing.open !== '') response.write(framing.open);
}

interface Following { readonly caller: Caller; readonly options: StreamOptions }

/** Never rejects: a stream that has begun can only say what went wrong, and end. */
async function follow({ response, framing }: StreamTarget, subscribe: () => Promise<OpenSubscription>, leaving: Leaving, { caller, options: { service, heartbeatMs } }: Following): Promise<void> {
  const heartbeat = setInterval(() => response.write(framing.heartbeat), heartbeatMs);
  caller.seen.via = framing.via;
  service.metrics.subscriptions.inc({ via: framing.via });
  try {
    const subscription = await subscribe();
    leaving.subscription = subscription;
    response.once('close', subscription.close);
    if (response.destroyed || leaving.now) subscription.close(); // it came to this while it was being opened
    else await relay(response, framing, subscription);
    if (leaving.now) response.write(framing.broken(JSON.stringify([goingAway])));
  } catch (error) {
    const refused = error instanceof SubscriptionRefused;
    const { errors } = refused ? error : failureOf(error, caller.correlationId, service.logger, service.metrics);
    noteErrors(caller.seen, errors);
    response.write((refused ? framing.refused : framing.broken)(JSON.stringify(errors)));
  } finally {
    clearInterval(heartbeat);
    service.metrics.subscriptions.dec({ via: framing.via });
    response.end(framing.end);
  }
}

async function relay(response: ServerResponse, framing: Framing, subscription: OpenSubscription): Promise<void> {
  for (let event = await subscription.next(); event !== undefined; event = await subscription.next()) {
    if (response.destroyed) return subscription.close();
    if (!response.write(framing.event(event))) await taken(response);
  }
}

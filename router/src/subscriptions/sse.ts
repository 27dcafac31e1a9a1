/** A subscription as server-sent events, one connection each ("distinct connections" of the GraphQL over SSE protocol). */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { failureOf } from '../http/failure.ts';
import type { Caller, ReadyOperation, Service } from '../operation/serve.ts';
import { noteErrors } from '../telemetry/seen.ts';
import { type OpenSubscription, type SubscriptionEvent, SubscriptionRefused, type Subscriptions } from './subscribe.ts';

const HEARTBEAT_MS = 12_000;
const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', connection: 'keep-alive', 'x-accel-buffering': 'no' };

export interface EventStreams {
  serve(response: ServerResponse, ready: ReadyOperation, caller: Caller, headers: Readonly<Record<string, string>>): Promise<void>;
  /** Completes every stream. */
  close(): void;
}

export function eventStreams(service: Service, subscriptions: Subscriptions): EventStreams {
  const open = new Set<OpenSubscription>();
  return {
    async serve(response, ready, caller, headers) {
      response.writeHead(200, { ...HEADERS, ...headers });
      response.flushHeaders();
      const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
      let subscription: OpenSubscription | null = null;
      caller.seen.via = 'sse';
      service.metrics.subscriptions.inc({ via: 'sse' });
      try {
        subscription = await subscriptions.open(ready, caller);
        open.add(subscription);
        const { close } = subscription;
        response.on('close', close);
        await relay(response, subscription);
      } catch (error) {
        const errors = error instanceof SubscriptionRefused ? error.errors : failureOf(error, caller.correlationId, service.logger, service.metrics).errors;
        noteErrors(caller.seen, errors);
        response.write(next({ text: JSON.stringify({ errors }), id: null }));
      } finally {
        clearInterval(heartbeat);
        service.metrics.subscriptions.dec({ via: 'sse' });
        if (subscription !== null) open.delete(subscription);
        response.end('event: complete\ndata:\n\n');
      }
    },
    close() {
      for (const subscription of open) subscription.close();
    },
  };
}

async function relay(response: ServerResponse, subscription: OpenSubscription): Promise<void> {
  for (let event = await subscription.next(); event !== undefined; event = await subscription.next()) {
    if (response.destroyed) return subscription.close();
    if (!response.write(next(event))) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
}

const next = ({ text, id }: SubscriptionEvent): string => (id === null ? `event: next\ndata: ${text}\n\n` : `id: ${id}\nevent: next\ndata: ${text}\n\n`);

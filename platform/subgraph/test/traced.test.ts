/** A subgraph in a process of its own takes part in its callers' traces: over HTTP by headers, over websockets by the extensions of the operation. */
import { executableSchema } from '@pms/subgraph/schema';
import { serve, type Served } from '@pms/subgraph/serve';
import type { Subgraph } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import { startTracing, type Tracing, underSpan } from '@pms/telemetry/tracing';
import { SpanKind } from '@opentelemetry/api';
import { DomainError } from '@pms/errors';
import { type Collector, otlpCollector } from '@pms/testing/otlp-collector';
import { principal } from '@pms/testing/front-door';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import WebSocket from 'ws';

const traceparent = (trace: string, flags = '01'): string => `00-${trace.repeat(32)}-00f067aa0ba902b7-${flags}`;
const inside = <T>(name: string, value: T): Promise<T> => underSpan({ name, kind: SpanKind.INTERNAL, attributes: {} }, () => Promise.resolve(value));
async function* counting(): AsyncGenerator<object> {
  yield { count: await inside('first event', 1) };
}
const subgraph: Subgraph = {
  name: 'things', reactions: [], contextFor: (request) => request, ready: async () => undefined, close: async () => undefined,
  schema: executableSchema('type Query { one: Int missing: Int } type Subscription { count: Int }', {
    Query: { one: () => inside('resolving', 1), missing: () => { throw new DomainError('NOT_FOUND', 'thing canary not found'); } },
    Subscription: { count: { subscribe: () => inside('subscribing', counting()) } },
  }),
};

let collector: Collector;
let tracing: Tracing;
let served: Served;
beforeAll(async () => {
  collector = await otlpCollector();
  tracing = await startTracing({ service: 'pms-things', endpoint: collector.url, ratio: 0, logger: silent, delayMs: 10 });
  served = await serve(subgraph, { port: 0, host: '127.0.0.1', logger: silent, authenticate: async () => principal() });
});
afterAll(async () => {
  await served.close();
  await tracing.close();
  await collector.close();
});

const ask = (query: string, headers: Record<string, string>): Promise<unknown> =>
  fetch(served.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) }).then((response) => response.json());
const collected = (name: string, trace: string) => vi.waitFor(() => {
  const span = collector.spans.find((one) => one.name === name && one.traceId === trace.repeat(32));
  if (span === undefined) throw new Error(`no span ${name} yet`);
  return span;
});

test('what a resolver does is below the request, the request below its caller', async () => {
  expect(await ask('{ one }', { traceparent: traceparent('a') })).toEqual({ data: { one: 1 } });
  const request = await collected('POST /graphql', 'a');
  expect(request).toMatchObject({ service: 'pms-things', kind: 2, parentSpanId: '00f067aa0ba902b7', attributes: { 'pms.subgraph': 'things' }, failed: false });
  expect((await collected('resolving', 'a')).parentSpanId).toBe(request.spanId);
});

test('an answer with errors is a failed span, by its code and not its message', async () => {
  await ask('{ missing }', { traceparent: traceparent('b') });
  expect(await collected('POST /graphql', 'b')).toMatchObject({ failed: true, attributes: { 'error.type': 'NOT_FOUND' } });
  expect(collector.texts.join('')).not.toContain('canary');
});

test('a caller that does not record is not recorded here, and neither is one that says nothing where no part is', async () => {
  await ask('{ one }', { traceparent: traceparent('c', '00') });
  await ask('{ one }', {});
  await ask('{ one }', { traceparent: traceparent('d') });
  await collected('POST /graphql', 'd');
  expect(new Set(collector.spans.map(({ traceId }) => traceId[0]))).toEqual(new Set(['a', 'b', 'd']));
});

test('a subscription is recorded as it is opened', async () => {
  const client = createClient({ url: served.url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: { authorization: 'Bearer anything' } });
  const events: unknown[] = [];
  for await (const event of client.iterate({ query: 'subscription { count }', extensions: { traceparent: traceparent('e') } })) events.push(event.data);
  await client.dispose();
  expect(events).toEqual([{ count: 1 }]);
  const opened = await collected('subscription', 'e');
  expect(opened.parentSpanId).toBe('00f067aa0ba902b7');
  expect((await collected('subscribing', 'e')).parentSpanId).toBe(opened.spanId);
});

/** Spans of the router, as a collector receives them, and the trace context that goes on to the subgraphs. */
import { type Collector, otlpCollector } from '@pms/testing/otlp-collector';
import { silent } from '@pms/telemetry/logger';
import { startTracing, type Tracing } from '@pms/telemetry/tracing';
import { createClient } from 'graphql-ws';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { overHttp } from '../src/dial/over-http.ts';
import type { RouterOptions } from '../src/options.ts';
import { startRouter } from '../src/router.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { federate, quiet } from './federation.ts';
import { type Remote, serveRemotely } from './remote.ts';
import { bell, openShop, shop as shopParts, until } from './shop.ts';

const CALLER = '0af7651916cd43dd8448eb211c80319c';
const RECORDED = `00-${CALLER}-b7ad6b7169203331-01`;
const UNRECORDED = `00-${CALLER}-b7ad6b7169203331-00`;

let collector: Collector;
let tracing: Tracing;
beforeAll(async () => {
  collector = await otlpCollector();
  tracing = await startTracing({ service: 'pms-router', endpoint: collector.url, ratio: 0, logger: silent, delayMs: 20 });
});
afterAll(async () => {
  await tracing.close();
  await collector.close();
});

const opened = (options: Partial<RouterOptions> = {}) => openShop({ tracer: tracing.tracer, ...options });
const named = (name: string) => collector.spans.filter((span) => span.name === name);

test('an operation is one trace: the request, its plan, each fetch, each subgraph', async () => {
  const shop = await opened();
  const response = await shop.post({ query: 'query Prices { products(first: 1) { name price } }' }, { traceparent: RECORDED, 'apollographql-client-name': 'desk' });
  expect(response.status).toBe(200);
  await until(() => collector.spans.some(({ attributes }) => attributes['graphql.operation.name'] === 'Prices' && attributes['http.response.status_code'] === 200));
  await shop.router.close();
  const spans = collector.spans.filter(({ traceId }) => traceId === CALLER);
  const [request] = spans.filter(({ name }) => name === 'POST /graphql');
  expect(request).toMatchObject({ service: 'pms-router', kind: 2, parentSpanId: 'b7ad6b7169203331', failed: false, attributes: { 'graphql.operation.type': 'query', 'pms.fetches': 2, 'http.request.method': 'POST', 'http.route': '/graphql', 'pms.client.name': 'desk' } });
  expect(named('plan')[0]).toMatchObject({ parentSpanId: request?.spanId, attributes: { 'pms.plan.found': false } });
  expect(named('subgraph prices').map((span) => collector.wayTo(span).map(({ name }) => name))).toEqual([['POST /graphql', 'fetch prices', 'subgraph prices']]);
  expect(named('fetch stock')[0]).toMatchObject({ kind: 3, traceId: CALLER, attributes: { 'pms.subgraph': 'stock', 'graphql.operation.type': 'query' } });
});

test('a failure is told by its code', async () => {
  const shop = await opened();
  await shop.post({ query: 'query Broken { broken }' }, { traceparent: RECORDED });
  await shop.post({ query: 'query Wrong { nothing }' }, { traceparent: RECORDED });
  await until(() => collector.spans.some(({ attributes }) => attributes['error.type'] === 'GRAPHQL_VALIDATION_FAILED') && collector.spans.some(({ attributes }) => attributes['graphql.operation.name'] === 'Broken'));
  await shop.router.close();
  expect(collector.spans.find(({ attributes }) => attributes['graphql.operation.name'] === 'Broken')).toMatchObject({ failed: true, attributes: { 'error.type': 'INTERNAL' } });
});

test('nothing that was sent is in a span: no variables, no headers, no text', async () => {
  const shop = await opened();
  const canary = 'canary-77aa';
  await shop.post({ query: `query Canary($id: ID!) { product(id: $id) { name } other: product(id: "${canary}") { name } }`, variables: { id: canary } }, { traceparent: RECORDED, authorization: 'Bearer buyer', cookie: canary, 'x-api-key': canary });
  await shop.post({ query: 'query Canary($id: ID!) { product(id: $id) { name } }', variables: { id: { canary } } }, { traceparent: RECORDED, authorization: `Bearer ${canary}` });
  await until(() => collector.spans.some(({ attributes }) => attributes['graphql.operation.name'] === 'Canary') && collector.spans.some(({ attributes }) => attributes['error.type'] === 'UNAUTHENTICATED'));
  await shop.router.close();
  expect(collector.texts.join('')).not.toContain(canary);
});

test('clients cannot have more recorded than is allowed in a second', async () => {
  const shop = await opened({ settings: { telemetry: { clientTracesPerSecondMax: 0 } } });
  await shop.post({ query: 'query Unwanted { __typename }' }, { traceparent: RECORDED });
  const wanted = await opened();
  await wanted.post({ query: 'query Wanted { __typename }' }, { traceparent: RECORDED });
  await until(() => collector.spans.some(({ attributes }) => attributes['graphql.operation.name'] === 'Wanted'));
  await Promise.all([shop.router.close(), wanted.router.close()]);
  expect(collector.spans.some(({ attributes }) => attributes['graphql.operation.name'] === 'Unwanted')).toBe(false);
});

test('operations and events of a websocket are recorded, events as traces of their own with a link', async () => {
  const shop = await opened();
  const client = createClient({ url: `${shop.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { traceparent: RECORDED } });
  const heard: unknown[] = [];
  const stop = client.subscribe({ query: 'subscription Ticking { tick(of: "a") { price } }' }, { next: (event) => void heard.push(event), error: () => undefined, complete: () => undefined });
  await until(() => shop.bells.listeners('tick') === 1);
  shop.bells.ring('tick', { tick: { of: 'a', price: 1 } });
  await until(() => heard.length === 1);
  stop();
  await until(() => collector.spans.some(({ attributes }) => attributes['graphql.operation.name'] === 'Ticking'));
  await client.dispose();
  await shop.router.close();
  const operation = collector.spans.find(({ attributes }) => attributes['graphql.operation.name'] === 'Ticking');
  expect(operation).toMatchObject({ traceId: CALLER, parentSpanId: 'b7ad6b7169203331', attributes: { 'graphql.operation.type': 'subscription' } });
});

async function overTheNetwork(options: Partial<RouterOptions>) {
  const bells = bell();
  const local = federate(shopParts(bells));
  const remotes = await Promise.all(local.subgraphs.map(serveRemotely));
  const { sdl } = federate(shopParts(bells).map((part, index) => ({ ...part, url: (remotes[index] as Remote).url })));
  const http = overHttp();
  const router = await startRouter({ supergraph: supergraphText(sdl), dial: http.dial, port: 0, host: '127.0.0.1', logger: quiet, metricsRegistry: new Registry(), production: false, ...options });
  const post = (headers: Record<string, string>) => fetch(`${router.url}/graphql`, { method: 'POST', body: '{"query":"{ products(first: 1) { name } }"}', headers: { 'content-type': 'application/json', ...headers } });
  return {
    post, router, bells, stock: remotes[0] as Remote,
    async close() {
      await router.close();
      await http.close();
      await Promise.all(remotes.map((remote) => remote.close()));
    },
  };
}

test('subgraphs are told of the trace: below the fetch where it is recorded, and that it is not where it is not', async () => {
  const world = await overTheNetwork({ tracer: tracing.tracer });
  await world.post({ traceparent: RECORDED, tracestate: 'vendor=1', baggage: 'desk=equities' });
  await world.post({ traceparent: UNRECORDED });
  await world.post({});
  const [recorded, unrecorded, fresh] = world.stock.requests.map(({ headers }) => headers);
  await until(() => collector.spans.some(({ spanId }) => spanId === String(recorded?.['traceparent']).slice(36, 52)));
  await world.close();
  expect(collector.spans.find(({ spanId }) => spanId === String(recorded?.['traceparent']).slice(36, 52))).toMatchObject({ name: 'fetch stock', traceId: CALLER });
  expect(recorded).toMatchObject({ tracestate: 'vendor=1', baggage: 'desk=equities' });
  expect(unrecorded?.['traceparent']).toMatch(new RegExp(`^00-${CALLER}-[\\da-f]{16}-00$`));
  expect(fresh?.['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
});

test('a subgraph that is subscribed to over a websocket is told of the trace with the operation', async () => {
  const world = await overTheNetwork({ tracer: tracing.tracer });
  const client = createClient({ url: `${world.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  client.subscribe({ query: 'subscription Far { tick(of: "a") { price } }', extensions: { traceparent: RECORDED, tracestate: 'vendor=1', baggage: 'desk=rates' } }, { next: () => undefined, error: () => undefined, complete: () => undefined });
  await until(() => world.stock.extensions.length === 1);
  await client.dispose();
  await world.close();
  expect(world.stock.extensions[0]).toEqual({ traceparent: expect.stringMatching(new RegExp(`^00-${CALLER}-[\\da-f]{16}-01$`)) as string, tracestate: 'vendor=1', baggage: 'desk=rates' });
});

test('without tracing a client’s headers go on as they came, those that are well formed', async () => {
  const world = await overTheNetwork({});
  await world.post({ traceparent: RECORDED, tracestate: 'vendor=1', baggage: 'desk=equities' });
  await world.post({ traceparent: '00-nonsense-01', tracestate: 'vendor=1' });
  await world.post({ traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` });
  await world.close();
  const told = world.stock.requests.map(({ headers: { traceparent, tracestate, baggage } }) => ({ traceparent, tracestate, baggage }));
  expect(told).toEqual([{ traceparent: RECORDED, tracestate: 'vendor=1', baggage: 'desk=equities' }, {}, {}]);
});

test('a collector that is away takes nothing from an answer, and is told of', async () => {
  const told: object[] = [];
  const lonely = await startTracing({ service: 'lonely', endpoint: 'http://127.0.0.1:9', ratio: 1, delayMs: 5, exportMsMax: 200, logger: { ...silent, warn: (fields: object) => void told.push(fields) } as typeof silent });
  const shop = await openShop({ tracer: lonely.tracer });
  const answers = await Promise.all(Array.from({ length: 20 }, async () => (await shop.post({ query: '{ products { name } }' })).status));
  expect(new Set(answers)).toEqual(new Set([200]));
  await until(() => told.length > 0);
  await shop.router.close();
  await lonely.close();
});

/** What the router says of each operation: its line in the log, its metrics; and what it never says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RouterLogger } from '../src/observe.ts';
import type { RouterOptions } from '../src/options.ts';
import { openShop, type Shop, until } from './shop.ts';

interface Line { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }

function recordingLogger(): RouterLogger & { readonly lines: Line[]; operations(): Record<string, unknown>[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields: JSON.parse(JSON.stringify(fields)) as Record<string, unknown> });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), lines, operations: () => lines.filter(({ message }) => message === 'operation').map(({ fields }) => fields) };
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function opened(options: Partial<RouterOptions> = {}): Promise<{ readonly shop: Shop; readonly log: ReturnType<typeof recordingLogger> }> {
  const log = recordingLogger();
  const shop = await openShop({ logger: log, ...options, settings: { telemetry: { requestLog: 'all' }, ...options.settings } });
  ends.push(() => shop.router.close());
  return { shop, log };
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the line of an operation', () => {
  test('says who asked what, how it went and how long it took, once', async () => {
    const { shop, log } = await opened();
    const query = 'query Names { products { name price } }';
    const response = await shop.post({ query }, {
      authorization: 'Bearer buyer', 'x-correlation-id': 'find-me-7', 'apollographql-client-name': 'desk', 'apollographql-client-version': '1.4.0',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    const text = await response.text();
    await until(() => log.operations().length === 1);
    expect(log.operations()[0]).toEqual({
      operation: 'Names', hash: expect.stringMatching(/^[\da-f]{64}$/) as string, type: 'query', via: 'http', client: 'desk', clientVersion: '1.4.0', subject: 'buyer', organization: 'org_1',
      status: 200, ms: expect.any(Number) as number, fetches: 2, bytes: text.length, correlationId: 'find-me-7', traceId: '0af7651916cd43dd8448eb211c80319c', cost: 5, plan: 'made',
    });
  });

  test('of one that is refused has the codes of its errors, whatever refused it', async () => {
    const { shop, log } = await opened();
    await shop.post({ query: '{ nothing }' });
    await shop.post({ query: '{ products { name } }' }, { authorization: 'Bearer nobody' });
    await fetch(`${shop.router.url}/graphql`, { method: 'POST', body: '{', headers: JSON_TYPE });
    await until(() => log.operations().length === 3);
    expect(log.operations().map(({ status, codes }) => [status, codes])).toEqual([[400, ['GRAPHQL_VALIDATION_FAILED']], [401, ['UNAUTHENTICATED']], [400, ['BAD_USER_INPUT']]]);
  });

  test('is written for operations of a websocket, for a subscription at its end with its events', async () => {
    const { shop, log } = await opened();
    const client = createClient({ url: `${shop.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { authorization: 'Bearer buyer', 'apollographql-client-name': 'terminal' } });
    const heard: unknown[] = [];
    const stop = client.subscribe({ query: 'subscription Ticks { tick(of: "a") { price } }' }, { next: (event) => void heard.push(event), error: () => undefined, complete: () => undefined });
    await until(() => shop.bells.listeners('tick') === 1);
    shop.bells.ring('tick', { tick: { of: 'a', price: 1 } });
    await until(() => heard.length === 1);
    stop();
    await until(() => log.operations().length === 1);
    await client.dispose();
    expect(log.operations()[0]).toMatchObject({ operation: 'Ticks', type: 'subscription', via: 'websocket', client: 'terminal', subject: 'buyer', events: 1 });
  });

  test('says what the response cache did', async () => {
    const { shop, log } = await opened({ settings: { cache: { enabled: true, defaultMaxAgeSeconds: 60 } } });
    for (let n = 1; n <= 2; n += 1) {
      await shop.post({ query: '{ products { name } }' }, { authorization: 'Bearer buyer' });
      await until(() => log.operations().length === n);
    }
    expect(log.operations().map(({ cache, fetches }) => [cache, fetches])).toEqual([['miss', 1], ['hit', 0]]);
  });

  test('is left out for what is no fault of ours where only errors are wanted, and altogether where none are', async () => {
    const { shop, log } = await opened({ settings: { telemetry: { requestLog: 'errors' } } });
    await shop.post({ query: '{ products { name } }' });
    await shop.post({ query: '{ nothing }' });
    await shop.post({ query: 'query Broken { broken }' });
    await until(() => log.operations().length === 1);
    expect(log.operations()[0]).toMatchObject({ operation: 'Broken', codes: ['INTERNAL'] });
    const none = await opened({ settings: { telemetry: { requestLog: 'none' } } });
    await none.shop.post({ query: 'query Broken { broken }' });
    expect(none.log.operations()).toEqual([]);
  });

  test('holds no secret: nothing of variables, headers, cookies, the address or the text of the operation', async () => {
    const { shop, log } = await opened();
    const canary = 'canary-5f1e';
    const headers = { authorization: `Bearer ${canary}`, cookie: `session=${canary}`, 'x-api-key': canary, baggage: `k=${canary}`, 'apollographql-client-name': 'desk' };
    const query = `query Ask($id: ID!) { product(id: $id) { name } other: product(id: "${canary}") { name } }`;
    await shop.post({ query, variables: { id: canary } }, { ...headers, authorization: 'Bearer buyer' });
    await shop.post({ query, variables: { id: canary } }, headers);
    await shop.post({ query, variables: { id: { nested: canary } } }, { cookie: `session=${canary}` });
    await shop.post({ query: `{ ${canary.replace('-', '_')} }`, extensions: { secret: canary } });
    await fetch(`${shop.router.url}/graphql?${new URLSearchParams({ query, variables: JSON.stringify({ id: canary }), token: canary }).toString()}`, { headers: { 'apollo-require-preflight': '1' } });
    await shop.post({ query: 'query Broken { broken }', variables: { unused: canary } }, { 'x-secret': canary });
    const socket = (authorization: string) => createClient({ url: `${shop.router.url.replace('http', 'ws')}/graphql?key=${canary}`, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { authorization, secret: canary } });
    const [good, bad] = [socket('Bearer buyer'), socket(`Bearer ${canary}`)];
    for await (const _ of good.iterate({ query, variables: { id: canary }, extensions: { secret: canary } })) break;
    await expect(bad.iterate({ query: '{ __typename }' }).next()).rejects.toBeDefined();
    await Promise.all([good.dispose(), bad.dispose()]);
    await until(() => log.operations().length === 7);
    expect(JSON.stringify(log.lines)).not.toMatch(/canary[-_]5f1e/);
  });
});

describe('metrics', () => {
  interface Series { readonly name: string; readonly labels: Record<string, string>; readonly value: number }
  const read = async (shop: Shop): Promise<{ readonly types: Map<string, string>; readonly series: Series[] }> => {
    const text = await (await fetch(`${shop.router.url}/metrics`)).text();
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
    const series = [...text.matchAll(/^([a-z_]+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value = '']) => ({
      name, value: Number(value), labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', content = '']) => [label, content])),
    }));
    return { types, series };
  };
  const valuesOf = (series: readonly Series[], name: string, label: string): Set<string> => new Set(series.filter((one) => one.name === name).map(({ labels }) => labels[label] ?? ''));

  test('are of the types and names that are documented, in seconds and bytes', async () => {
    const { shop } = await opened();
    await shop.post({ query: 'query Names { products { name } }' }, { 'apollographql-client-name': 'desk', 'apollographql-client-version': '2' });
    await shop.post({ query: '{ a: products { name } }' });
    const { types, series } = await read(shop);
    expect(Object.fromEntries(types)).toMatchObject({
      pms_router_requests_total: 'counter', pms_router_operation_seconds: 'histogram', pms_router_client_requests_total: 'counter', pms_router_errors_total: 'counter',
      pms_router_fetches_total: 'counter', pms_router_fetch_seconds: 'histogram', pms_router_plans_total: 'counter', pms_router_planning_seconds: 'histogram', pms_router_plans_kept: 'gauge',
      pms_router_subscriptions: 'gauge', pms_router_websockets: 'gauge', pms_router_limited_total: 'counter', pms_router_response_bytes: 'histogram', pms_router_operations_in_flight: 'gauge',
    });
    expect(series).toContainEqual({ name: 'pms_router_operation_seconds_count', labels: { operation: 'Names', client: 'desk' }, value: 1 });
    expect(series).toContainEqual({ name: 'pms_router_client_requests_total', labels: { client: 'desk', version: '2' }, value: 1 });
    expect(series).toContainEqual({ name: 'pms_router_plans_kept', labels: {}, value: 2 });
    expect(series).toContainEqual({ name: 'pms_router_operations_in_flight', labels: {}, value: 0 });
  });

  test('are all written down for those who operate it', async () => {
    const { shop } = await opened();
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    expect([...(await read(shop)).types.keys()].filter((name) => !page.includes(name))).toEqual([]);
  });

  test('tell apart so many operations and clients as is set, and what is refused not at all', async () => {
    const { shop } = await opened({ settings: { telemetry: { operationNamesMax: 3, clientsMax: 2, pairsMax: 4 } } });
    for (let n = 0; n < 8; n += 1) {
      await shop.post({ query: `query Name${n} { products { name } }` }, { 'apollographql-client-name': `client ${n}`, 'apollographql-client-version': String(n) });
      await shop.post({ query: `query Wrong${n} { nothing }` }, { 'apollographql-client-name': `client ${n} "` });
    }
    const { series } = await read(shop);
    expect([...valuesOf(series, 'pms_router_operation_seconds_count', 'operation')].toSorted()).toEqual(['Name0', 'Name1', 'Name2', 'other']);
    expect(valuesOf(series, 'pms_router_client_requests_total', 'client').size).toBeLessThanOrEqual(3);
    expect(valuesOf(series, 'pms_router_client_requests_total', 'version').size).toBeLessThanOrEqual(4);
    expect(series.filter(({ name }) => name === 'pms_router_operation_seconds_count').length).toBeLessThanOrEqual(5);
  });

  test('and health have a port of their own where one is set; in production the main port has no metrics', async () => {
    const { shop } = await opened({ production: true, settings: { telemetry: { adminPort: 0 } } });
    const admin = `http://127.0.0.1:${String(shop.router.adminPort)}`;
    const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;
    expect(await Promise.all([statusOf(`${admin}/metrics`), statusOf(`${admin}/health/ready`), statusOf(`${shop.router.url}/metrics`), statusOf(`${shop.router.url}/health/ready`), statusOf(`${admin}/graphql`)])).toEqual([200, 200, 404, 200, 404]);
    const { shop: standard } = await opened({ production: true });
    expect([standard.router.adminPort, await statusOf(`${standard.router.url}/metrics`), await statusOf(`${standard.router.url}/health/live`)]).toEqual([null, 404, 200]);
  });

  test('count the limits that refused, by their names', async () => {
    const { shop } = await opened({ settings: { limits: { aliasesMax: 1 } } });
    await shop.post({ query: '{ a: __typename b: __typename }' });
    const { series } = await read(shop);
    expect(series).toContainEqual({ name: 'pms_router_limited_total', labels: { limit: 'aliases' }, value: 1 });
  });
});

describe('the plan of an operation', () => {
  const query = 'query Prices { products(first: 1) { name price } }';
  interface Planned { readonly data: object; readonly extensions?: { readonly plan: { readonly planner: string; readonly found: boolean; readonly fetches: number; readonly node: unknown } } }
  const asked = async (shop: Shop, headers: Record<string, string>, body: object = { query }): Promise<Planned> => (await shop.post(body, headers)).json() as Promise<Planned>;

  test('is in the answer, with the time of each fetch, for one who asks and may see it', async () => {
    const { shop } = await opened({ settings: { telemetry: { plan: { scope: 'cost:read' } } } });
    const { data, extensions } = await asked(shop, { authorization: 'Bearer buyer', 'x-pms-plan': '1' });
    expect(data).toEqual({ products: [{ name: 'product 1', price: 100 }] });
    const request = { atMs: expect.any(Number) as number, ms: expect.any(Number) as number, outcome: 'ok' };
    expect(extensions?.plan).toMatchObject({ planner: 'native', found: false, fetches: 2, node: { kind: 'sequence', nodes: [
      { kind: 'fetch', service: 'stock', operation: expect.stringContaining('products(first: 1)') as string, requests: [request] },
      { kind: 'fetch', service: 'prices', paths: ['products.@'], operation: expect.stringContaining('_entities') as string, requests: [request] },
    ] } });
    const again = await asked(shop, { authorization: 'Bearer buyer' }, { query, extensions: { plan: true } });
    expect(again.extensions?.plan.found).toBe(true);
  });

  test('may be granted by a policy', async () => {
    const { shop } = await opened({ settings: { telemetry: { plan: { policy: 'guard' } } } });
    expect((await asked(shop, { authorization: 'Bearer guard', 'x-pms-plan': '1' })).extensions).toBeDefined();
    expect((await asked(shop, { authorization: 'Bearer buyer', 'x-pms-plan': '1' })).extensions).toBeUndefined();
  });

  test('is for nobody else: one who does not ask, who may not, who is not signed in, or where nobody may', async () => {
    const { shop } = await opened({ settings: { telemetry: { plan: { scope: 'cost:read' } } } });
    const closed = await opened();
    const answers = await Promise.all([
      asked(shop, { authorization: 'Bearer buyer' }), asked(shop, { authorization: 'Bearer reader', 'x-pms-plan': '1' }), asked(shop, { 'x-pms-plan': '1' }),
      asked(closed.shop, { authorization: 'Bearer buyer', 'x-pms-plan': '1' }),
    ]);
    expect(answers.map(({ extensions }) => extensions)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('comes with the last part of an answer in parts', async () => {
    const { shop } = await opened({ settings: { telemetry: { plan: { scope: 'cost:read' } } } });
    const text = await (await shop.post({ query: 'query Later { products(first: 1) { name ... @defer { price } } }' }, { authorization: 'Bearer buyer', 'x-pms-plan': '1', accept: 'multipart/mixed; deferSpec=20220824' })).text();
    const parts = [...text.matchAll(/^\{.*\}$/gm)].map(([part]) => JSON.parse(part) as { hasNext: boolean; extensions?: object });
    expect(parts.map(({ hasNext, extensions }) => [hasNext, extensions === undefined])).toEqual([[true, true], [false, false]]);
  });

  test('a policy that there is not is refused at the start', async () => {
    await expect(openShop({ settings: { telemetry: { plan: { policy: 'nobody' } } } })).rejects.toThrow('telemetry.plan.policy');
  });
});

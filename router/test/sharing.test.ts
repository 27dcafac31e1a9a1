/** Equal reads under way at the same time are one, of equal senders only, and never across a change. */
import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inProcess } from '../src/dial/in-process.ts';
import { overHttp } from '../src/dial/over-http.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { federate } from './federation.ts';
import { asking, guarded, reading, refusal } from './guarded.ts';
import { type Remote, serveRemotely } from './remote.ts';
import { bell, openShop, type Shop, shop as partsOf, until } from './shop.ts';

const bells = bell();
const parts = partsOf(bells);
const local = federate(parts).subgraphs;
const query = reading('{ product(id: 2) { name } }');
const answer = { data: { product: { name: 'product 2' } } };

let stock: Remote;
/** Lets go of the reads that the subgraph has kept waiting. */
let letGo: () => void;
const open: (() => unknown)[] = [];
beforeEach(async () => {
  stock = await serveRemotely(local[0]!);
  open.push(() => stock.close());
  const waiting: (() => void)[] = [];
  let kept = true;
  stock.interfere = (_, response, asked) => {
    if (!kept || !asked.includes('product(')) return false;
    waiting.push(() => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)));
    return true;
  };
  letGo = () => {
    kept = false;
    for (const go of waiting) go();
  };
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const arrived = (count: number): Promise<void> => until(() => stock.requests.length === count);

describe('reads of one subgraph', () => {
  const through = (all: Parameters<typeof guarded>[1] = {}): ReturnType<typeof guarded> => {
    const made = guarded(stock.url, all);
    open.push(() => made.close());
    return made;
  };

  test('are shared by one token, and by all who have none; each gets a result of its own', async () => {
    const { transport, metric } = through();
    const asked = [null, null, 'a', 'a', 'b'].map((token) => transport.execute(query, asking(token)));
    await arrived(3);
    letGo();
    const results = await Promise.all(asked);
    expect(results).toEqual(asked.map(() => answer));
    expect(new Set(results.map(({ data }) => data)).size).toBe(5);
    expect(stock.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer a', 'Bearer b']);
    expect(await metric(/shared_reads_total\{level="subgraph"\}/)).toBe(2);
  });

  test('are not shared where that is not wished, nor by those whose passed headers differ', async () => {
    const alone = through({ shareReads: false }).transport;
    const passed = through({ headers: { pass: ['x-tenant'], set: { 'x-from': 'router' } } }).transport;
    const asked = [alone.execute(query, asking()), alone.execute(query, asking())];
    for (const tenant of ['one', 'one', 'two']) asked.push(passed.execute(query, { ...asking(), passed: { 'x-tenant': tenant, 'x-other': tenant } }));
    await arrived(4);
    letGo();
    await Promise.all(asked);
    const tenants = stock.requests.map(({ headers }) => [headers['x-tenant'], headers['x-from'], headers['x-other']]);
    expect(tenants).toEqual(expect.arrayContaining([['one', 'router', undefined], ['two', 'router', undefined], [undefined, undefined, undefined]]));
  });

  test('that ask after a mutation do not join one that began before it, whoever changed', async () => {
    const { transport } = through();
    const before = transport.execute(query, asking('a'));
    await arrived(1);
    await transport.execute({ query: 'mutation { first }', kind: 'mutation' }, asking('b'));
    const after = transport.execute(query, asking('a'));
    await arrived(3);
    letGo();
    expect([await before, await after]).toEqual([answer, answer]);
  });

  test('that ask after an event do not join one that began before it', async () => {
    const { transport } = through();
    const source = await transport.subscribe({ query: 'subscription { productChanged { id } }', kind: 'subscription' }, asking('a'));
    const events = source[Symbol.asyncIterator]();
    const event = events.next();
    await until(() => bells.listeners('productChanged') === 1);
    const before = transport.execute(query, asking('a'));
    await arrived(1);
    bells.ring('productChanged', { productChanged: { id: 2, name: 'new' } });
    await event;
    const after = transport.execute(query, asking('a'));
    await arrived(2);
    letGo();
    await Promise.all([before, after, events.return?.()]);
  });

  test('go on while anybody waits, and are cancelled when the last one has gone', async () => {
    const { transport } = through();
    let cancelled = 0;
    const kept = stock.interfere;
    stock.interfere = (request, ...rest) => {
      request.socket.once('close', () => { cancelled += 1; });
      return kept(request, ...rest);
    };
    const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
    const asked = [one, two, three].map(({ signal }) => refusal(transport.execute(query, asking(null, signal))));
    await arrived(1);
    one.abort(new Error('one went away'));
    two.abort(new Error('two went away'));
    expect([await asked[0], await asked[1]]).toEqual([new Error('one went away'), new Error('two went away')]);
    const late = refusal(transport.execute(query, asking(null, three.signal)));
    expect([cancelled, stock.requests.length]).toEqual([0, 1]);
    three.abort(new Error('three went away'));
    expect([await asked[2], await late]).toEqual([new Error('three went away'), new Error('three went away')]);
    await until(() => cancelled === 1);
    const anew = transport.execute(query, asking());
    await arrived(2);
    letGo();
    expect(await anew).toEqual(answer);
  });

  test('that fail, fail for all, and the next one asks again', async () => {
    const { transport } = through({ retries: { max: 0 } });
    stock.interfere = (_, response) => {
      response.writeHead(500).end();
      return true;
    };
    const both = await Promise.all([refusal(transport.execute(query, asking())), refusal(transport.execute(query, asking()))]);
    expect(both).toEqual([both[1], both[0]]);
    expect(both[0]).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect(stock.requests).toHaveLength(1);
    stock.interfere = () => false;
    expect(await transport.execute(query, asking())).toEqual(answer);
  });
});

test('headers that are passed on come from websockets too', async () => {
  const passed: unknown[] = [];
  const world = federate([{ name: 'stock', sdl: 'type Query { a: Int }', resolvers: {} }], (request) => {
    passed.push(request.headers);
    return {};
  });
  const shop = await openShop({ supergraph: supergraphText(world.sdl), dial: world.dial, settings: { subgraphs: { byName: { stock: { headers: { pass: ['X-Tenant'] } } } } } });
  open.push(() => shop.router.close());
  await shop.post({ query: '{ a }' }, { 'x-tenant': 'over http', 'x-other': 'not passed' });
  const client = createClient({
    url: `${shop.router.url.replace('http', 'ws')}/graphql`, retryAttempts: 0, lazy: true,
    webSocketImpl: class extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols, { headers: { 'x-tenant': 'over a websocket' } });
      }
    },
  });
  open.push(() => client.dispose());
  for await (const answered of client.iterate({ query: '{ a }' })) expect(answered).toEqual({ data: { a: null } });
  expect(passed).toEqual([{ 'x-tenant': 'over http' }, { 'x-tenant': 'over a websocket' }]);
});

describe.each([['over HTTP', false], ['in process', true]])('whole operations, %s', (_, embedded) => {
  const started: string[] = [];
  const releases: (() => void)[] = [];
  const countShared = async (shop: Shop): Promise<number> => Number(/shared_reads_total\{level="operation"\} (\d+)/.exec(await shop.registry.metrics())?.[1] ?? 0);

  async function kept(settings = {}): Promise<Shop> {
    started.length = 0;
    releases.length = 0;
    const sdl = { name: 'stock', url: stock.url, sdl: 'type Query { held(n: Int): Int } type Mutation { change: Int }' };
    const held = (_source: unknown, { n }: { n: number }) => new Promise((resolve) => {
      started.push(String(n));
      releases.push(() => resolve(n));
    });
    const world = federate([{ ...sdl, resolvers: { Query: { held }, Mutation: { change: () => 1 } } }]);
    if (embedded) return openIt({ supergraph: supergraphText(world.sdl), dial: inProcess(world.subgraphs), settings });
    const remote = await serveRemotely(world.subgraphs[0]!);
    const http = overHttp();
    open.push(() => remote.close(), () => http.close());
    const { sdl: over } = federate([{ ...sdl, url: remote.url, resolvers: {} }]);
    return openIt({ supergraph: supergraphText(over), dial: http.dial, settings });
  }
  const openIt = async (options: Parameters<typeof openShop>[0]): Promise<Shop> => {
    const shop = await openShop(options);
    open.push(() => shop.router.close());
    return shop;
  };
  const ask = (shop: Shop, name: string, n = 1) => shop.post({ query: 'query($n: Int) { held(n: $n) }', variables: { n } }, name === '' ? {} : { authorization: `Bearer ${name}` }).then((reply) => reply.json());

  test('are run once for one token and the same variables', async () => {
    const shop = await kept();
    const asked = [ask(shop, 'reader'), ask(shop, 'reader'), ask(shop, 'reader', 2), ask(shop, 'buyer'), ask(shop, ''), ask(shop, '')];
    await until(async () => (await countShared(shop)) === 2 && started.length === 4);
    for (const release of releases) release();
    expect(await Promise.all(asked)).toEqual([1, 1, 2, 1, 1, 1].map((held) => ({ data: { held } })));
    expect(started.toSorted()).toEqual(['1', '1', '1', '2']);
  });

  test('that ask after a mutation are run anew', async () => {
    const shop = await kept();
    const before = ask(shop, 'reader');
    await until(() => started.length === 1);
    await shop.ask('mutation { change }', { authorization: 'Bearer reader' });
    const after = ask(shop, 'reader');
    await until(() => started.length === 2);
    for (const release of releases) release();
    expect([await before, await after]).toEqual([{ data: { held: 1 } }, { data: { held: 1 } }]);
  });

  test('are each run where one subgraph does not share', async () => {
    const shop = await kept({ subgraphs: { byName: { stock: { shareReads: false } } } });
    const asked = [ask(shop, ''), ask(shop, '')];
    await until(() => started.length === 2);
    for (const release of releases) release();
    await Promise.all(asked);
  });
});

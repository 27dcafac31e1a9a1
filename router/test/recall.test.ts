/** Recorded executions: every subgraph is asked every time, and an answer is used again only where all of them say the same. */
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { overHttp } from '../src/dial/over-http.ts';
import { resilient } from '../src/dial/resilient.ts';
import { sharedReads } from '../src/dial/shared-reads.ts';
import type { SubgraphResult } from '../src/dial/transport.ts';
import type { Engine } from '../src/engine.ts';
import { routerMetrics } from '../src/observe.ts';
import { routerSettings } from '../src/settings.ts';
import { ask, engineOf, federate, type Part, type Reply, someone } from './federation.ts';
import { type Remote, serveRemotely } from './remote.ts';

/** What the subgraphs hold; tests change it. */
let prices: Record<string, number>;
let names: Record<string, string>;
let failing: boolean;

const parts: readonly Part[] = [
  {
    name: 'catalogue',
    sdl: `type Query { products(first: Int): [Product!]! secret: String @authenticated } type Mutation { rename(id: ID!, name: String!): Product }
      type Product @key(fields: "id") { id: ID! name: String! }`,
    resolvers: {
      Query: { products: (_: unknown, { first }: { first?: number }) => Object.keys(names).slice(0, first).map((id) => ({ id, name: names[id] })), secret: () => 'kept' },
      Mutation: { rename: (_: unknown, { id, name }: { id: string; name: string }) => ({ id, name: (names[id] = name) }) },
    },
  },
  {
    name: 'prices',
    sdl: 'type Product @key(fields: "id") { id: ID! price: Int }',
    resolvers: {
      Product: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        price({ id }: { id: string }) {
          if (failing) throw new Error('no price today');
          return prices[id];
        },
      },
    },
  },
];

const query = '{ products { id name price } }';
let catalogue: Remote;
let prised: Remote;
let engine: Engine;
let registry: Registry;
const open: (() => unknown)[] = [];

const recalled = async (): Promise<Record<string, number>> =>
  Object.fromEntries((await registry.getSingleMetric('pms_router_recalled_total')?.get())?.values.map(({ labels, value }) => [String(labels['outcome']), value]) ?? []);
const asked = (): number[] => [catalogue.requests.length, prised.requests.length];
const times = async (count: number, ...args: [string, Record<string, unknown>?]): Promise<Reply[]> => {
  const replies: Reply[] = [];
  for (let at = 0; at < count; at += 1) replies.push(await ask(engine, ...args));
  return replies;
};
const answer = (): Reply => ({ data: { products: Object.keys(names).map((id) => ({ id, name: names[id], price: prices[id] })) } });

beforeEach(async () => {
  [names, prices, failing] = [{ 1: 'Lamp', 2: 'Rug' }, { 1: 10, 2: 20 }, false];
  const local = federate(parts).subgraphs;
  [catalogue, prised] = await Promise.all([serveRemotely(local[0]!), serveRemotely(local[1]!)]);
  const { sdl } = federate(parts.map((part, at) => ({ ...part, url: [catalogue, prised][at]!.url })));
  const http = overHttp();
  registry = new Registry();
  const metrics = routerMetrics(registry);
  const dial = resilient(http.dial, {
    settings: routerSettings.parse({}).subgraphs, metrics, changed: () => {},
    shared: sharedReads<SubgraphResult>({ another: (result) => structuredClone(result), joined: () => {} }),
  });
  engine = await engineOf({ sdl, dial, subgraphs: [] }, { recallBytesMax: 1_000_000, metrics });
  open.push(() => engine.close(), () => http.close(), () => prised.close(), () => catalogue.close());
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

describe('where the subgraphs say the same again', () => {
  test('the answer is the same, and each of them is asked each time', async () => {
    expect(await times(6, query)).toEqual(Array.from({ length: 6 }, answer));
    expect(asked()).toEqual([6, 6]);
    expect(await recalled()).toEqual({ same: 4 }); // the first is not worth keeping, the second is recorded
  });

  test('many at once each get the answer', async () => {
    await times(2, query);
    expect(await Promise.all(Array.from({ length: 20 }, () => ask(engine, query)))).toEqual(Array.from({ length: 20 }, answer));
    expect(await recalled()).toEqual({ same: 20 });
  });

  test('other variables are another execution', async () => {
    const first = 'query ($first: Int) { products(first: $first) { name } }';
    await times(3, first, { first: 1 });
    expect((await times(3, first, { first: 2 })).map(({ data }) => (data as { products: unknown[] }).products.length)).toEqual([2, 2, 2]);
    expect((await ask(engine, first, { first: 1 })).data).toEqual({ products: [{ name: 'Lamp' }] });
  });

  test('who may not read a field never gets the answer of one who may', async () => {
    const both = '{ secret products { name } }';
    for (let at = 0; at < 4; at += 1) expect((await ask(engine, both, {}, someone())).data).toMatchObject({ secret: 'kept' });
    const stranger = await times(4, both);
    expect(stranger.map(({ data, errors }) => [(data as { secret: unknown }).secret, errors?.[0]?.extensions['code']])).toEqual(Array.from({ length: 4 }, () => [null, 'UNAUTHENTICATED']));
  });
});

describe('where one says something else', () => {
  test('its new answer is told, and nobody is asked twice for it', async () => {
    await times(3, query);
    prices['2'] = 21;
    expect(await ask(engine, query)).toEqual(answer());
    expect(asked()).toEqual([4, 4]);
    expect(await recalled()).toEqual({ same: 1, changed: 1 });
  });

  test('what follows from it is asked for anew', async () => {
    await times(3, query);
    [names, prices] = [{ 1: 'Lamp', 2: 'Rug', 3: 'Vase' }, { ...prices, 3: 30 }];
    expect(await ask(engine, query)).toEqual(answer());
    expect(prised.requests.at(-1)?.variables).toMatchObject({ representations: [{ id: '1' }, { id: '2' }, { id: '3' }] });
    expect(asked()).toEqual([4, 4]);
  });

  test('answers that change each time are recorded more and more rarely', async () => {
    for (let at = 0; at < 200; at += 1) {
      prices['1'] = at;
      expect(await ask(engine, query)).toEqual(answer());
    }
    expect(asked()).toEqual([200, 200]);
    expect(await recalled()).toEqual({ changed: 7 });
    expect(await times(70, query)).toEqual(Array.from({ length: 70 }, answer)); // and again once they do not
    expect((await recalled())['same']).toBeGreaterThan(0);
  });

  test('a subgraph that goes away is told of, and the old answer is not', async () => {
    await times(3, query);
    prised.interfere = (_, response) => {
      response.writeHead(500).end('down');
      return true;
    };
    const { data, errors } = await ask(engine, query);
    expect(data).toEqual({ products: [{ id: '1', name: 'Lamp', price: null }, { id: '2', name: 'Rug', price: null }] });
    expect(errors?.[0]?.extensions['code']).toBe('SUBGRAPH_UNAVAILABLE');
    prised.interfere = () => false;
    expect(await ask(engine, query)).toEqual(answer());
  });

  test('the same bytes that are said to be no GraphQL are none', async () => {
    await times(3, query);
    prised.interfere = (_, response) => {
      response.setHeader('content-type', 'text/html').end(JSON.stringify({ data: { _entities: [{ price: 10 }, { price: 20 }] } }));
      return true;
    };
    expect((await ask(engine, query)).errors?.[0]?.extensions['code']).toBe('SUBGRAPH_UNAVAILABLE');
  });
});

describe('nothing is recorded', () => {
  test('of an answer with errors', async () => {
    failing = true;
    for (const { errors } of await times(5, query)) expect(errors).toHaveLength(2);
    expect(await recalled()).toEqual({});
  });

  test('of a mutation', async () => {
    for (const name of ['a', 'b', 'b', 'b']) expect((await ask(engine, 'mutation ($name: String!) { rename(id: "1", name: $name) { name } }', { name })).data).toEqual({ rename: { name } });
    expect(catalogue.requests).toHaveLength(4);
    expect(await recalled()).toEqual({});
  });

  test('beyond the bytes it may take: what was used last stays', async () => {
    names = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [String(at), 'x'.repeat(2_000)]));
    const of = (first: number): [string, Record<string, unknown>] => ['query ($first: Int) { products(first: $first) { name } }', { first }];
    await times(3, ...of(98)); // some 600 kB, of 1 MB
    expect(await recalled()).toEqual({ same: 1 });
    await times(3, ...of(99));
    expect(await recalled()).toEqual({ same: 2 });
    await times(1, ...of(98));
    expect(await recalled()).toEqual({ same: 2 }); // it had to make room
  });
});

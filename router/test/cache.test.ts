/** Answers that are kept: how long, for whom, and until what changes. */
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { senderOf } from '../src/cache/keys.ts';
import { memoryStore } from '../src/cache/memory-store.ts';
import { headerSays, policyOf } from '../src/cache/policy.ts';
import { inProcess } from '../src/dial/in-process.ts';
import { overHttp } from '../src/dial/over-http.ts';
import type { RouterOptions } from '../src/options.ts';
import type { RouterSettingsInput } from '../src/settings.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { keepsItsPromises } from './cache-contract.ts';
import { federate, type Part, someone } from './federation.ts';
import { serveRemotely } from './remote.ts';
import { openShop, type Shop, until } from './shop.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

describe('memory', () => {
  keepsItsPromises(() => memoryStore(1_000_000));

  test('holds so many bytes and no more', async () => {
    const store = memoryStore(10_000);
    const { moment } = await store.find(['x'], 'who');
    for (let index = 0; index < 50; index += 1) await store.keep({ key: `k${index}`, kept: { text: 'x'.repeat(500), moment: moment ?? 0, maxAgeSeconds: 60, scope: 'PUBLIC' }, tags: [`T:${index}`], lifeMs: 60_000 });
    expect(store.bytes()).toBeLessThanOrEqual(10_000);
    expect([(await store.find(['k0'], 'who')).kept, (await store.find(['k49'], 'who')).kept !== null]).toEqual([null, true]);
  });
});

test('a sender is who the token says, not the token', () => {
  const sender = (over: object, ...scopes: string[]): string => senderOf({ principal: { ...someone(...scopes), ...over }, token: null });
  expect(sender({ tokenId: 'other', expiresAt: 1, issuedAt: 2 }, 'b', 'a')).toBe(sender({}, 'a', 'b'));
  for (const over of [{ subject: 'usr_2' }, { organizationId: 'org_2' }, { roles: ['ADMIN'] }, { issuer: 'https://other.example' }]) expect(sender(over)).not.toBe(sender({}));
  expect(sender({}, 'a')).not.toBe(sender({}));
});

/** Stock whose rooms and products count how often they were read. */
function world() {
  const reads = { product: 0, products: 0, me: 0, price: 0, fail: 0 };
  const slow: { until: Promise<void> } = { until: Promise.resolve() };
  const names = new Map([['1', 'one'], ['2', 'two']]);
  const product = (id: string) => ({ id, name: names.get(id) });
  const parts: readonly Part[] = [
    {
      name: 'stock',
      sdl: `type Query { product(id: ID!): Product products: [Product!]! me: String failing: Int broken: String! }
        type Mutation { rename(id: ID!, name: String!): Product touch: Int }
        type Product @key(fields: "id") { id: ID! name: String secret: String @requiresScopes(scopes: [["cost:read"]]) }`,
      resolvers: {
        Query: {
          product: (_: unknown, { id }: { id: string }) => { reads.product += 1; return product(id); },
          products: async () => { reads.products += 1; await slow.until; return [...names.keys()].map(product); },
          me: () => { reads.me += 1; return `read ${reads.me}`; },
          failing: () => { throw new Error('no'); },
        },
        Mutation: { rename: (_: unknown, { id, name }: { id: string; name: string }) => { names.set(id, name); return product(id); }, touch: () => 1 },
        Product: { __resolveReference: ({ id }: { id: string }) => product(id), secret: () => 'secret' },
      },
    },
    { name: 'prices', sdl: 'type Product @key(fields: "id") { id: ID! price: Int }', resolvers: { Product: { price: ({ id }: { id: string }) => { reads.price += 1; if (Number(id) === reads.fail) throw new Error('no price'); return Number(id) * 100; } } } },
  ];
  return { reads, names, parts, slow };
}

type CacheInput = NonNullable<RouterSettingsInput['cache']>;
const hints: CacheInput['hints'] = { 'Query.product': { maxAgeSeconds: 60 }, 'Query.products': { maxAgeSeconds: 60, scope: 'PUBLIC' }, 'Query.me': { maxAgeSeconds: 60, scope: 'PRIVATE' }, 'Query.failing': { maxAgeSeconds: 60 } };

async function kept(cache: CacheInput = {}, options: Partial<RouterOptions> = {}): Promise<ReturnType<typeof world> & { shop: Shop; federation: ReturnType<typeof federate> }> {
  const made = world();
  const federation = federate(made.parts);
  const shop = await openShop({ supergraph: supergraphText(federation.sdl), dial: federation.dial, settings: { cache: { enabled: true, hints, ...cache } }, ...options });
  open.push(() => shop.router.close());
  return { ...made, shop, federation };
}
const as = (name: string) => ({ authorization: `Bearer ${name}` });
const one = '{ product(id: 1) { id name price } }';
const metric = async ({ registry }: Shop, line: string): Promise<number> => Number(new RegExp(`${line} (\\d+)`).exec(await registry.metrics())?.[1] ?? 0);

describe('an answer', () => {
  test('is not kept unless that is switched on', async () => {
    const { shop, reads } = await kept({ enabled: false });
    await shop.ask(one);
    const reply = await shop.post({ query: one });
    expect([reads.product, reply.headers.get('cache-control'), reply.headers.get('age')]).toEqual([2, 'no-store', null]);
  });

  test('is kept for as long as hints say, told with its age, and counted', async () => {
    const { shop, reads } = await kept();
    const first = await shop.post({ query: one });
    expect([first.headers.get('cache-control'), first.headers.get('age')]).toEqual(['max-age=60, private', '0']);
    const second = await shop.post({ query: one });
    expect([await second.json(), second.headers.get('cache-control'), reads.product, reads.price]).toEqual([{ data: { product: { id: '1', name: 'one', price: 100 } } }, 'max-age=60, private', 1, 1]);
    expect([await metric(shop, 'cache_total\\{outcome="hit"\\}'), await metric(shop, 'cache_total\\{outcome="miss"\\}')]).toEqual([1, 1]);
    await shop.post({ query: '{ product(id: 2) { id name price } }' });
    expect(reads.product).toBe(2);
  });

  test('is not kept when no hint speaks of one of its root fields, or with an error, or of a mutation', async () => {
    const { shop, reads } = await kept({ hints: { 'Query.product': { maxAgeSeconds: 60 }, 'Query.failing': { maxAgeSeconds: 60 } } });
    for (const query of ['{ product(id: 1) { id } me }', '{ product(id: 1) { id } failing }', 'mutation { touch }'])
      for (let turn = 0; turn < 2; turn += 1) expect((await shop.post({ query })).headers.get('cache-control')).toBe('no-store');
    expect(reads.product).toBe(4);
  });

  test('without a scope is for its sender, and all that are anonymous are one', async () => {
    const { shop, reads } = await kept();
    for (const headers of [{}, {}, as('reader'), as('reader'), as('guard')]) await shop.ask(one, headers);
    expect(reads.product).toBe(3);
  });

  test('that is public is for everybody who may read the same', async () => {
    const { shop, reads } = await kept();
    for (const headers of [{}, as('reader'), as('guard')]) await shop.ask('{ products { id name } }', headers);
    expect(reads.products).toBe(1);
    const secret = '{ products { id secret } }';
    expect((await shop.ask(secret, as('buyer'))).data).toMatchObject({ products: [{ secret: 'secret' }, { secret: 'secret' }] });
    expect((await shop.ask(secret, as('reader'))).errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect((await shop.ask(secret, as('buyer'))).errors).toBeUndefined();
  });

  test('that is private is for its sender, and for nobody where that is not known', async () => {
    const { shop } = await kept();
    const me = async (name?: string): Promise<unknown> => ((await shop.ask('{ me }', name === undefined ? {} : as(name))).data as { me: string } | undefined)?.me;
    expect([await me('reader'), await me('reader'), await me('guard'), await me(), await me()]).toEqual(['read 1', 'read 1', 'read 2', 'read 3', 'read 4']);
  });

  test('that is missing is fetched once for all who would get the same', async () => {
    const { shop, reads, slow } = await kept();
    const { promise, resolve } = Promise.withResolvers<void>();
    slow.until = promise;
    const asked = ['reader', 'guard'].map((name) => shop.ask('{ products { id name } }', as(name)));
    await until(async () => (await metric(shop, 'cache_total\\{outcome="miss"\\}')) === 2);
    resolve();
    expect(await Promise.all(asked)).toEqual(asked.map(() => ({ data: { products: [{ id: '1', name: 'one' }, { id: '2', name: 'two' }] } })));
    expect(reads.products).toBe(1);
  });

  test('that has grown old is given once more while a new one is fetched, where that is wished', async () => {
    const { shop, reads } = await kept({ hints: { 'Query.me': { maxAgeSeconds: 1 } }, staleWhileRevalidateSeconds: 3_600 });
    await shop.ask('{ me }');
    await until(async () => (await shop.ask('{ me }'), await metric(shop, 'cache_total\\{outcome="stale"\\}')) === 1);
    await until(() => reads.me === 2);
    await until(async () => (await shop.ask('{ me }')).data?.['me' as never] === 'read 2' as never);
  });
});

describe('what changes', () => {
  const nameOf = async (shop: Shop, headers = {}): Promise<unknown> => ((await shop.ask(one, headers)).data as { product: { name: string } } | undefined)?.product.name;

  test('takes out the answers that name it, those with lists where it may belong, and no others', async () => {
    const { shop, names, reads } = await kept();
    await Promise.all([shop.ask(one), shop.ask('{ product(id: 2) { id name } }'), shop.ask('{ products { id name } }'), shop.ask('{ product(id: 2) { name } }')]);
    names.set('1', 'new');
    expect(await nameOf(shop)).toBe('one');
    expect(await shop.router.invalidate({ typename: 'Product', id: '1' })).toBe(3); // the last one does not say which product it holds
    expect(await nameOf(shop)).toBe('new');
    const before = { ...reads };
    await shop.ask('{ product(id: 2) { id name } }');
    expect(reads).toEqual(before);
    await shop.ask('{ products { id name } }');
    expect(reads.products).toBe(before.products + 1);
    expect(await shop.router.invalidate({ typename: 'Product' })).toBe(3);
    expect(await metric(shop, 'cache_invalidated_total')).toBe(6);
  });

  test('by a mutation that names it is not read from before by anybody', async () => {
    const { shop } = await kept();
    expect([await nameOf(shop, as('guard')), await nameOf(shop, as('reader'))]).toEqual(['one', 'one']);
    await shop.ask('mutation { rename(id: 1, name: "renamed") { id } }', as('reader'));
    expect([await nameOf(shop, as('guard')), await nameOf(shop, as('reader'))]).toEqual(['renamed', 'renamed']);
  });

  test('by a mutation that names nothing is not read from before by who made it', async () => {
    const { shop, names } = await kept();
    expect([await nameOf(shop, as('guard')), await nameOf(shop, as('reader'))]).toEqual(['one', 'one']);
    names.set('1', 'touched');
    await shop.ask('mutation { touch }', as('reader'));
    expect([await nameOf(shop, as('guard')), await nameOf(shop, as('reader'))]).toEqual(['one', 'touched']);
  });
});

describe('headers of subgraphs', () => {
  test.each([
    ['max-age=60, public', { maxAgeSeconds: 60, scope: 'PUBLIC' }], ['private, max-age=5', { maxAgeSeconds: 5, scope: 'PRIVATE' }], ['max-age=60, no-store', { maxAgeSeconds: 0, scope: null }],
    ['s-maxage=7, max-age=60', { maxAgeSeconds: 7, scope: null }], ['public', { maxAgeSeconds: 0, scope: 'PUBLIC' }], ['max-age=soon', { maxAgeSeconds: 0, scope: null }],
  ])('say "%s"', (header, said) => expect(headerSays(header)).toEqual(said));

  const silent = { hinted: { maxAgeSeconds: null, scope: null }, complete: 0 };
  const hinted = { hinted: { maxAgeSeconds: 30, scope: 'PUBLIC' as const }, complete: 30 };
  test.each([
    ['the least of several headers', silent, ['max-age=60, public', 'max-age=9, public'], { maxAgeSeconds: 9, scope: 'PUBLIC' }],
    ['one private part makes the whole private', silent, ['max-age=60, public', 'max-age=9, private'], { maxAgeSeconds: 9, scope: 'PRIVATE' }],
    ['a fetch without a header, and no hint', silent, ['max-age=60, public', undefined], { maxAgeSeconds: 0, scope: 'SENDER' }],
    ['a fetch without a header, and hints', hinted, ['max-age=60, public', undefined], { maxAgeSeconds: 30, scope: 'PUBLIC' }],
    ['hints and headers, the least', hinted, ['max-age=5'], { maxAgeSeconds: 5, scope: 'SENDER' }],
  ] as const)('%s', (_, statically, heard, policy) => expect(policyOf(statically, heard, { defaultScope: 'PRIVATE' })).toEqual(policy));

  test('decide over HTTP, with no hint in the supergraph', async () => {
    const made = world();
    const remotes = await Promise.all(federate(made.parts).subgraphs.map(serveRemotely));
    const http = overHttp();
    open.push(() => Promise.all(remotes.map((remote) => remote.close())), () => http.close());
    for (const [index, remote] of remotes.entries()) remote.interfere = (_, response) => {
      response.setHeader('cache-control', `max-age=${30 + index}, public`);
      return false;
    };
    const { sdl } = federate(made.parts.map((part, index) => ({ ...part, url: remotes[index]?.url ?? '' })));
    const { shop } = await kept({ hints: {} }, { supergraph: supergraphText(sdl), dial: http.dial });
    expect((await shop.post({ query: one })).headers.get('cache-control')).toBe('max-age=30, public');
    await shop.ask(one, as('reader'));
    expect(remotes.map(({ requests }) => requests.length)).toEqual([1, 1]);
    remotes[1]!.interfere = () => false;
    await shop.router.invalidate({ typename: 'Product', id: '1' });
    expect((await shop.post({ query: one })).headers.get('cache-control')).toBe('no-store');
  });
});

describe('entities, where they are kept one by one', () => {
  async function remotePrices(header: string): Promise<Awaited<ReturnType<typeof kept>> & { asked: () => unknown[] }> {
    const made = world();
    const [stock, prices] = await Promise.all(federate(made.parts).subgraphs.map(serveRemotely));
    if (stock === undefined || prices === undefined) return expect.unreachable();
    const http = overHttp();
    open.push(() => stock.close(), () => prices.close(), () => http.close());
    prices.interfere = (_, response) => {
      response.setHeader('cache-control', header);
      return false;
    };
    const { sdl } = federate(made.parts.map((part) => ({ ...part, url: part.name === 'stock' ? stock.url : prices.url })));
    const opened = await kept({ hints: {}, entities: true }, { supergraph: supergraphText(sdl), dial: http.dial });
    return { ...opened, reads: made.reads, asked: () => prices.requests.map(({ variables }) => Object.values(variables).flat().map((representation) => (representation as { id: string }).id)) };
  }

  test('are fetched only where they are not there, whichever operation asks', async () => {
    const { shop, asked } = await remotePrices('max-age=60, public');
    expect((await shop.ask(one)).data).toEqual({ product: { id: '1', name: 'one', price: 100 } });
    expect((await shop.ask('{ products { price } }', as('reader'))).data).toEqual({ products: [{ price: 100 }, { price: 200 }] });
    expect((await shop.ask('{ second: product(id: 2) { price } }')).data).toEqual({ second: { price: 200 } });
    expect(asked()).toEqual([['1'], ['2']]);
    await shop.router.invalidate({ typename: 'Product', id: '2' });
    await shop.ask('{ products { id price } }');
    expect(asked()).toEqual([['1'], ['2'], ['2']]);
    expect([await metric(shop, 'cache_entities_total\\{outcome="hit"\\}'), await metric(shop, 'cache_entities_total\\{outcome="miss"\\}')]).toEqual([3, 3]);
  });

  test('are not shared where they are private, and not kept without a header', async () => {
    const { shop, asked } = await remotePrices('max-age=60, private');
    for (const headers of [{}, {}, as('reader'), as('guard'), as('reader')]) await shop.ask(one, headers);
    expect(asked()).toEqual([['1'], ['1'], ['1'], ['1']]);
    const silent = await remotePrices('no-store');
    for (let turn = 0; turn < 2; turn += 1) await silent.shop.ask(one, as('reader'));
    expect(silent.asked()).toEqual([['1'], ['1']]);
  });

  test('that fail are told at their own place', async () => {
    const opened = await remotePrices('max-age=60, public');
    await opened.shop.ask(one);
    opened.reads.fail = 2;
    const { data, errors } = await opened.shop.ask('{ products { id price } }');
    expect(data).toEqual({ products: [{ id: '1', price: 100 }, { id: '2', price: null }] });
    expect(errors).toMatchObject([{ path: ['products', 1, 'price'] }]);
  });
});

test('@cacheControl and @cacheTag are read from the supergraph', async () => {
  const typeDefs = parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@cacheTag", "@composeDirective"])
      @link(url: "https://shop.example/cacheControl/v1.0", import: ["@cacheControl"]) @composeDirective(name: "@cacheControl")
    enum CacheControlScope { PUBLIC PRIVATE }
    directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT
    type Query { room(id: ID!): Room @cacheTag(format: "room-page-{$args.id}") free: Int @cacheControl(maxAge: 9) }
    type Room @key(fields: "id") @cacheTag(format: "room-{$key.id}") @cacheControl(maxAge: 50, scope: PUBLIC) { id: ID! beds: [Bed] @cacheControl(inheritMaxAge: true) }
    type Bed { width: Int kind: Kind @cacheControl(maxAge: 20, scope: PUBLIC) } type Kind { name: String }`);
  const { supergraphSdl } = composeServices([{ name: 'rooms', url: 'http://rooms.test', typeDefs }]);
  let reads = 0;
  const room = (_: unknown, { id }: { id: string }) => ({ id, beds: [{ width: reads += 1, kind: { name: 'k' } }] });
  const schema = buildSubgraphSchema({ typeDefs, resolvers: { Query: { room } } });
  const { shop } = await kept({ hints: {} }, { supergraph: supergraphText(supergraphSdl ?? ''), dial: inProcess([{ name: 'rooms', schema, contextFor: () => ({}) }]) });
  const control = async (query: string): Promise<string | null> => (await shop.post({ query })).headers.get('cache-control');
  expect(await control('{ room(id: 1) { id beds { width } } }')).toBe('max-age=50, public');
  expect(await control('{ room(id: 1) { id beds { width kind { name } } } }')).toBe('max-age=20, public');
  expect(await control('{ room(id: 1) { id } free }')).toBe('max-age=9, private');
  expect(await shop.router.invalidate({ tag: 'room-2' })).toBe(0);
  expect(await shop.router.invalidate({ tag: 'room-page-1' })).toBe(3);
  await control('{ room(id: 1) { id } }');
  expect(await shop.router.invalidate({ tag: 'room-1' })).toBe(1);
});

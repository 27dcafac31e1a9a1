/** Answers that replicas share in a Redis: the same promises as in memory, one replica's changes are the other's, and an outage costs no more than the keeping. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import type { CacheSettings } from '../src/cache/settings.ts';
import type { CacheStore } from '../src/cache/store.ts';
import { tieredStore } from '../src/cache/tiered-store.ts';
import { routerMetrics } from '../src/observe.ts';
import { routerSettings } from '../src/settings.ts';
import { redisMetrics } from '@pms/redis/metrics';
import { openRedis, type RedisLink } from '@pms/redis/link';
import { supergraphText } from '../src/supergraph/source.ts';
import { keepsItsPromises } from './cache-contract.ts';
import { federate, quiet } from './federation.ts';
import { noRedis, redisServer, type RedisServer } from '@pms/testing/redis-server';
import { openShop, type Shop, until } from './shop.ts';

const COMMAND_MS_MAX = 5_000;

let server: RedisServer | undefined;
let redis: RedisLink | undefined;
const open: (() => unknown)[] = [];
beforeEach(async ({ skip }) => {
  if (noRedis !== null) skip(noRedis);
  server ??= await redisServer();
  redis = openRedis(server.url, { logger: quiet, metrics: redisMetrics(new Registry()), commandMsMax: COMMAND_MS_MAX });
  open.push(() => redis?.close());
  await until(() => redis?.up === true);
  await redis.send('FLUSHALL');
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});
afterAll(() => server?.stop());

const here = (): RedisServer => server ?? expect.unreachable();
const link = (): RedisLink => redis ?? expect.unreachable();

interface Tiered extends CacheStore { level(name: string): Promise<number> }

const tiered = (over: Partial<CacheSettings> = {}): Tiered => {
  const metrics = routerMetrics(new Registry());
  const store = tieredStore({ redis: link(), settings: routerSettings.parse({ cache: over }).cache, metrics });
  open.push(() => store.close());
  return { ...store, level: async (name) => (await metrics.cacheLevels.get()).values.find(({ labels }) => labels.level === name)?.value ?? 0 };
};

describe('Redis, asked each time', () => {
  keepsItsPromises(() => tiered());
});

describe('Redis, trusted for a while', () => {
  keepsItsPromises(() => tiered({ memoryTrustMs: 60_000 }));
});

async function keptIn(store: CacheStore, key: string, text = key): Promise<void> {
  const { moment } = await store.find([key], 'who');
  expect(await store.keep({ key, tags: ['T'], lifeMs: 600_000, kept: { text, moment: moment ?? expect.unreachable(), maxAgeSeconds: 600, scope: 'PUBLIC' } })).toBe(true);
}
const textIn = async (store: CacheStore, key: string, sender = 'who'): Promise<string | undefined> => (await store.find([key], sender)).kept?.text;

test('a text that is at hand is not sent again, and Redis still says whether it holds', async () => {
  const [one, two] = [tiered(), tiered()];
  await keptIn(one, 'a');
  expect([await textIn(one, 'a'), await textIn(two, 'a'), await textIn(two, 'a')]).toEqual(['a', 'a', 'a']);
  expect([await one.level('confirmed'), await two.level('redis'), await two.level('confirmed')]).toEqual([1, 1, 1]);
  await one.drop(['T']);
  expect(await textIn(two, 'a')).toBeUndefined();
});

test('where Redis is trusted for a while it is not asked, until another replica says that something is taken out', async () => {
  const [one, two] = [tiered({ memoryTrustMs: 60_000 }), tiered({ memoryTrustMs: 60_000 })];
  await keptIn(one, 'a');
  const byMemory = async (): Promise<boolean> => await textIn(two, 'a') === 'a' && await two.level('memory') > 0;
  await until(byMemory);
  await one.senderChanged('writer');
  await until(async () => await textIn(two, 'a', 'writer') === undefined);
  expect(await textIn(two, 'a', 'reader')).toBe('a');
  await one.drop(['T']);
  await until(async () => await textIn(two, 'a') === undefined);
});

test('large texts are kept small, and what cannot be unpacked is not there', async () => {
  const store = tiered();
  const text = JSON.stringify({ data: Array.from({ length: 2_000 }, (_, id) => ({ id, name: 'ü' })) });
  await keptIn(store, 'large', text);
  const key = link().key('cache:entry:large');
  expect(Number(await link().send('HSTRLEN', key, 'v'))).toBeLessThan(text.length / 4);
  expect(await textIn(tiered(), 'large')).toBe(text);
  await link().send('HSET', key, 'v', '600\nPUBLIC\nzbm90IHRoYXQ=');
  expect(await textIn(tiered(), 'large')).toBeUndefined();
});

test('while Redis is away a replica keeps for itself, for a short time, and nothing of it afterwards', async () => {
  const store = tiered();
  await keptIn(store, 'before');
  await here().stop();
  await until(() => !link().up);
  expect(await textIn(store, 'before')).toBeUndefined(); // it may have changed
  await keptIn(store, 'meanwhile');
  expect((await store.find(['meanwhile'], 'who')).kept).toMatchObject({ text: 'meanwhile', maxAgeSeconds: 10 });
  expect([await store.level('alone'), await textIn(tiered({ awaySecondsMax: 0 }), 'meanwhile')]).toEqual([1, undefined]);
  await here().start();
  await until(() => link().up);
  expect(await textIn(store, 'meanwhile')).toBeUndefined();
  await keptIn(store, 'after');
});

/** Two replicas over one subgraph. */
async function replicas(): Promise<{ shops: readonly [Shop, Shop]; names: string[]; reads: () => number }> {
  const names = ['old'];
  let reads = 0;
  const world = federate([{
    name: 'stock', sdl: 'type Query { product(id: ID!): Product } type Mutation { touch: Int } type Product @key(fields: "id") { id: ID! name: String }',
    resolvers: { Query: { product: (_: unknown, { id }: { id: string }) => { reads += 1; return { id, name: names.at(-1) }; } }, Mutation: { touch: () => 1 } },
  }]);
  const settings = { cache: { enabled: true, hints: { 'Query.product': { maxAgeSeconds: 600 } } }, redis: { commandMsMax: 1_000 } };
  const start = async (): Promise<Shop> => {
    const shop = await openShop({ supergraph: supergraphText(world.sdl), dial: world.dial, redis: here().url, settings });
    open.push(() => shop.router.close());
    await until(async () => /redis_up\{.*\} 1/.test(await shop.registry.metrics()));
    return shop;
  };
  return { shops: [await start(), await start()], names, reads: () => reads };
}
const nameFrom = async (shop: Shop): Promise<unknown> => ((await shop.ask('{ product(id: 1) { id name } }', { authorization: 'Bearer reader' })).data as { product: { name: string } } | undefined)?.product.name;

test('what one replica keeps the other finds, and what one is told has changed is gone for both', async () => {
  const { shops: [first, second], names, reads } = await replicas();
  expect(await nameFrom(first)).toBe('old');
  await until(async () => (await link().send('EXISTS', ...(await link().send('KEYS', '*cache:entry:*') as string[]))) === 1);
  expect([await nameFrom(second), reads()]).toEqual(['old', 1]);
  names.push('new');
  expect(await second.router.invalidate({ typename: 'Product', id: '1' })).toBe(1);
  expect([await nameFrom(first), await nameFrom(second)]).toEqual(['new', 'new']);
});

test('what is kept for one sender no other is given, at no replica', async () => {
  const { shops: [first, second], reads } = await replicas();
  const askAll = async (shop: Shop): Promise<void> => {
    for (const who of ['reader', 'buyer', 'guard']) await shop.ask('{ product(id: 1) { id name } }', { authorization: `Bearer ${who}` });
  };
  await askAll(first);
  await until(async () => ((await link().send('KEYS', '*cache:entry:*')) as string[]).length === 3);
  await askAll(second);
  expect(reads()).toBe(3); // each their own, once: the second replica finds what the first kept for them
});

test('who has changed something at one replica does not read from before at the other', async () => {
  const { shops: [first, second], names } = await replicas();
  await nameFrom(first);
  names.push('new');
  await first.ask('mutation { touch }', { authorization: 'Bearer reader' });
  await until(async () => (await nameFrom(second)) === 'new');
});

test('while Redis is away answers are fetched, and a change of that time holds when it is back with all that it kept', async () => {
  const { shops: [first, second], names } = await replicas();
  await nameFrom(first);
  await until(async () => ((await link().send('KEYS', '*cache:entry:*')) as string[]).length === 1);
  const connected = async (shop: Shop): Promise<boolean> => /redis_up\{.*\} 1/.test(await shop.registry.metrics());
  here().freeze();
  try {
    names.push('new');
    expect(await nameFrom(first)).toBe('new');
    expect(await connected(first)).toBe(false);
    expect(await first.router.invalidate({ typename: 'Product', id: '1' })).toBe(1); // what it has kept for itself meanwhile
  } finally {
    here().thaw();
  }
  await until(async () => (await connected(first)) && (await connected(second)));
  expect(await nameFrom(first)).toBe('new');
  expect(await nameFrom(second)).toBe('new');
}, 60_000);

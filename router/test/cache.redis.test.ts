/** Answers that replicas share in a Redis: the same promises as in memory, one replica's changes are the other's, and an outage costs no more than the keeping. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import { redisStore } from '../src/cache/redis-store.ts';
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

describe('Redis', () => {
  keepsItsPromises(() => redisStore(link()));
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
    expect(await first.router.invalidate({ typename: 'Product', id: '1' })).toBe(0);
  } finally {
    here().thaw();
  }
  await until(async () => (await connected(first)) && (await connected(second)));
  expect(await nameFrom(first)).toBe('new');
  expect(await nameFrom(second)).toBe('new');
}, 60_000);

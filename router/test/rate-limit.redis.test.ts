/** Units that replicas share in Redis, and each for itself while Redis is away. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import { redisMetrics } from '@pms/redis/metrics';
import { openRedis, type RedisLink } from '@pms/redis/link';
import { rateLimit } from '../src/security/rate-limit.ts';
import { routerSettings } from '../src/settings.ts';
import { quiet } from './federation.ts';
import { noRedis, redisServer, type RedisServer } from '@pms/testing/redis-server';
import { until } from './shop.ts';

let server: RedisServer | undefined;
const links: RedisLink[] = [];
beforeAll(async () => {
  if (noRedis === null) server = await redisServer();
});
afterAll(async () => {
  for (const link of links) link.close();
  await server?.stop();
});

async function replica(rate: { capacity: number; refillPerSecond: number }): Promise<{ use(units: number): Promise<boolean>; readonly link: RedisLink; headers(): Promise<string | undefined> }> {
  const link = openRedis(server?.url ?? '', { logger: quiet, metrics: redisMetrics(new Registry()), commandMsMax: 5_000 });
  links.push(link);
  await until(() => link.up);
  const limit = rateLimit(routerSettings.parse({ rate }).rate, link);
  return { link, use: async (units) => (await limit.use('ann', units)).allowed, headers: async () => (await limit.use('ann', 1)).headers['ratelimit'] };
}

test('replicas count together, and no two of them give the same unit', async ({ skip }) => {
  if (noRedis !== null) skip(noRedis);
  const rate = { capacity: 50, refillPerSecond: 0.001 };
  const [one, two] = [await replica(rate), await replica(rate)];
  const given = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? one : two).use(1)));
  expect(given.filter(Boolean)).toHaveLength(50);
  expect(await one.headers()).toBe('"client";r=0;t=50000');
  expect(Number(await one.link.send('PTTL', one.link.key('rate:ann')))).toBeGreaterThan(1_000_000);
});

test('while Redis is away each goes by its own memory, and together again afterwards', async ({ skip }) => {
  if (noRedis !== null || server === undefined) return skip(noRedis ?? 'no server');
  const rate = { capacity: 2, refillPerSecond: 0.001 };
  await server.stop();
  await server.start();
  const [one, two] = [await replica(rate), await replica(rate)];
  expect([await one.use(1), await two.use(1), await one.use(1)]).toEqual([true, true, false]);
  await server.stop();
  await until(() => !one.link.up && !two.link.up);
  expect([await one.use(2), await one.use(1), await two.use(2)]).toEqual([true, false, true]);
  await server.start();
  await until(() => one.link.up && two.link.up);
  expect([await one.use(1), await two.use(1), await one.use(1)]).toEqual([true, true, false]);
});

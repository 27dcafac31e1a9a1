/** What the platform's events change reaches routers in processes of their own, also those that were away. */
import type { RedisLink } from '@pms/redis/link';
import type { Invalidation } from '@pms/router/cache/tags';
import { silent } from '@pms/telemetry/logger';
import { redisLink } from '@pms/testing/redis-link';
import { testRedis } from '@pms/testing/test-redis';
import { until } from '@pms/testing/until';
import { expect, test } from 'vitest';
import { changeFeed, followChanges } from './change-feed.ts';

const { here, opened } = testRedis();
const everything: Invalidation = { everything: true };
const product = (id: number): Invalidation => ({ typename: 'Product', id: String(id) });

async function router(): Promise<{ readonly taken: Invalidation[]; close(): void; readonly up: () => boolean }> {
  const { redis } = await redisLink(here().url);
  const taken: Invalidation[] = [];
  const followed = followChanges(redis, { invalidate: async (...changes) => taken.push(...changes) }, silent);
  const close = (): void => {
    followed.close();
    redis.close();
  };
  opened(close);
  return { taken, close, up: () => redis.up };
}

/** Routers have come to the end of the stream, and have said so. */
const caughtUp = (redis: RedisLink) => async (): Promise<boolean> => {
  const newest = await redis.send('XREVRANGE', redis.key('changes'), '+', '-', 'COUNT', '1') as [string, unknown][];
  return newest[0]?.[0] === await redis.send('GET', redis.key('changes:reached'));
};

test('every router hears of every change, one that was away of those that it missed, and all hear what could not be told before', async () => {
  const [one, two] = [await router(), await router()];
  const { redis } = await redisLink(here().url);
  opened(() => redis.close());
  const feed = changeFeed(redis);
  await feed.invalidate(product(1));
  await until(() => [one, two].every(({ taken }) => taken.length === 2));
  expect([one.taken, two.taken]).toEqual([[everything, product(1)], [everything, product(1)]]);
  await until(caughtUp(redis));
  for (const { close } of [one, two]) close();
  await feed.invalidate(product(2), { tag: 'x' });
  const late = await router();
  await until(() => late.taken.length === 2);
  expect(late.taken).toEqual([product(2), { tag: 'x' }]);

  await here().stop();
  await until(() => !redis.up && !late.up());
  await feed.invalidate(product(3));
  await here().start();
  await until(() => late.taken.some((change) => 'id' in change && change.id === '3'));
});

test('a router for which the stream is too short takes everything out', async () => {
  const first = await router();
  const { redis } = await redisLink(here().url);
  opened(() => redis.close());
  const feed = changeFeed(redis);
  await feed.invalidate(product(1));
  await until(caughtUp(redis));
  first.close();
  for (let id = 2; id < 5; id += 1) await feed.invalidate(product(id));
  await redis.send('XTRIM', redis.key('changes'), 'MAXLEN', '1');
  const late = await router();
  await until(() => late.taken.length >= 2);
  expect(late.taken).toEqual([everything, product(4)]);
});

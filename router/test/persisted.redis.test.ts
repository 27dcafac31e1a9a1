/** Automatic persisted queries that replicas share. */
import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import { redisMetrics } from '@pms/redis/metrics';
import { openRedis, type RedisLink } from '@pms/redis/link';
import { persistedQueries } from '../src/security/persisted.ts';
import { quiet } from './federation.ts';
import { noRedis, redisServer, type RedisServer } from '@pms/testing/redis-server';
import { until } from './shop.ts';

let server: RedisServer | undefined;
afterAll(() => server?.stop());

test('what one replica was sent another knows, but not what does not have its hash', async ({ skip }) => {
  if (noRedis !== null) skip(noRedis);
  const { url } = server = await redisServer();
  const link = (): RedisLink => openRedis(url, { logger: quiet, metrics: redisMetrics(new Registry()), commandMsMax: 5_000 });
  const links = [link(), link()];
  await until(() => links.every(({ up }) => up));
  const [one, two] = links.map((each) => persistedQueries(each, 60));
  const query = '{ a }';
  const hash = createHash('sha256').update(query).digest('hex');
  expect([await two?.find(hash), one?.keep(hash, '{ b }'), one?.keep(hash, query)]).toEqual([undefined, false, true]);
  await until(async () => await two?.find(hash) === query);
  expect(two?.find(hash)).toBe(query); // and has it at hand from now on
  const other = createHash('sha256').update('other').digest('hex');
  await links[0]?.send('SET', links[0].key(`query:${other}`), 'tampered');
  expect(await two?.find(other)).toBeUndefined();
  for (const each of links) each.close();
});

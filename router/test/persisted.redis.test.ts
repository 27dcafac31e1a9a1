/** Automatic persisted queries that replicas share. */
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import { redisMetrics } from '@pms/redis/metrics';
import { openRedis, type RedisLink } from '@pms/redis/link';
import { routerMetrics } from '../src/observe.ts';
import { type Documents, documents } from '../src/security/documents.ts';
import { persistedQueries } from '../src/security/persisted.ts';
import { routerSettings } from '../src/settings.ts';
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

test('an operation of one replica’s manifest is trusted by all that share theirs, while Redis can say so', async () => {
  const { url } = server ?? expect.unreachable();
  const folder = mkdtempSync(path.join(tmpdir(), 'manifests-'));
  const replica = async (name: string, operations: Record<string, string>, shareManifests = true): Promise<{ readonly documents: Documents; readonly redis: RedisLink }> => {
    const manifest = path.join(folder, name);
    writeFileSync(manifest, JSON.stringify(operations));
    const redis = openRedis(url, { logger: quiet, metrics: redisMetrics(new Registry()), commandMsMax: 5_000 });
    await until(() => redis.up);
    const settings = routerSettings.parse({ documents: { mode: 'enforce', manifest, shareManifests } }).documents;
    return { redis, documents: await documents({ settings, redis, logger: quiet, metrics: routerMetrics(new Registry()) }) };
  };
  const old = await replica('old.json', { a: '{ a }' });
  const fresh = await replica('new.json', { b: '{ b }' });
  const apart = await replica('apart.json', { c: '{ c }' }, false);
  await until(async () => Number(await fresh.redis.send('EXISTS', fresh.redis.key('trusted:id:b'))) === 1);
  expect(await old.documents.textOf({ documentId: 'b' }, null)).toBe('{ b }');
  expect(await old.documents.textOf({ query: '{ b } # as written elsewhere' }, null)).toBe('{ b } # as written elsewhere');
  const refused = expect.objectContaining({ code: 'FORBIDDEN' });
  await expect(async () => old.documents.textOf({ query: '{ c }' }, null)).rejects.toThrow(refused);
  await expect(async () => apart.documents.textOf({ query: '{ b }' }, null)).rejects.toThrow(refused);
  const late = await replica('late.json', { d: '{ d }' });
  await server?.stop();
  await until(() => !late.redis.up);
  await expect(async () => late.documents.textOf({ query: '{ b }' }, null)).rejects.toThrow(refused);
  expect(await late.documents.textOf({ query: '{ d }' }, null)).toBe('{ d }');
  for (const one of [old, fresh, apart, late]) {
    one.documents.close();
    one.redis.close();
  }
});

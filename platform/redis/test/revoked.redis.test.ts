/** Revocations that reach every process at once, and a Redis that has forgotten them and is not believed. */
import type { Revocation } from '@pms/identity/revocations';
import { redisLink } from '@pms/testing/redis-link';
import { testRedis } from '@pms/testing/test-redis';
import { until } from '@pms/testing/until';
import { expect, test } from 'vitest';
import type { RedisLink } from '../src/link.ts';
import { followRevoked, heraldRevocations } from '../src/revoked.ts';

const TOKEN_MS_MAX = 1_800_000;
const { here, opened } = testRedis();

async function link(): Promise<RedisLink> {
  const { redis } = await redisLink(here().url);
  opened(() => redis.close());
  return redis;
}

/** A replica that believes tokens. */
async function replica(): Promise<{ readonly known: Revocation[]; subjects(): string[]; whole(): boolean }> {
  const known: Revocation[] = [];
  const followed = followRevoked(await link(), (one) => void known.push(one));
  opened(() => followed.stop());
  return { known, whole: followed.whole, subjects: () => [...new Set(known.map(({ subject }) => subject))].toSorted() };
}

/** The auth domain's process over what its database holds. */
async function authDomain(rows: Revocation[]): Promise<{ look(): void; stop(): Promise<void> }> {
  const failed = (error: unknown): never => expect.unreachable(String(error));
  const herald = heraldRevocations({ redis: await link(), since: async (at) => rows.filter((row) => row.at >= at.getTime()), now: () => new Date(), tokenMsMax: TOKEN_MS_MAX, failed });
  opened(() => herald.stop());
  herald.start();
  return herald;
}

test('a revocation reaches every replica at once, and those that start later find it', async () => {
  const rows: Revocation[] = [{ subject: 'before', at: Date.now() - 60_000 }, { subject: 'long ago', at: Date.now() - 2 * TOKEN_MS_MAX }];
  const [one, two] = [await replica(), await replica()];
  expect([one.whole(), two.whole()]).toEqual([false, false]); // nobody has told what there is
  const auth = await authDomain(rows);
  await until(() => one.whole() && two.whole());
  expect([one.subjects(), two.subjects()]).toEqual([['before'], ['before']]);
  rows.push({ subject: 'now', at: Date.now(), spared: 'tok_own' });
  auth.look();
  await until(() => one.subjects().includes('now') && two.subjects().includes('now'));
  expect(one.known.at(-1)).toEqual({ subject: 'now', at: rows[2]?.at, spared: 'tok_own' });
  const late = await replica();
  await until(() => late.whole());
  expect(late.subjects()).toEqual(['before', 'now']);
});

test('a Redis that comes back empty is not believed before the auth domain has told everything again', async () => {
  await (await link()).send('FLUSHALL');
  const rows: Revocation[] = [{ subject: 'first', at: Date.now() }];
  const auth = await authDomain(rows);
  const one = await replica();
  await until(() => one.whole());
  await auth.stop();
  await here().stop();
  await until(() => !one.whole());
  rows.push({ subject: 'meanwhile', at: Date.now() });
  await here().start();
  const late = await replica();
  expect([one.whole(), late.whole()]).toEqual([false, false]);
  await authDomain(rows);
  await until(() => one.whole() && late.whole());
  expect([one.subjects(), late.subjects()]).toEqual([['first', 'meanwhile'], ['first', 'meanwhile']]);
  await (await link()).send('FLUSHALL'); // and one that loses its keys without a break is told again
  rows.push({ subject: 'last', at: Date.now() });
  await until(() => one.subjects().includes('last'));
  const later = await replica();
  await until(() => later.whole());
  expect(later.subjects()).toEqual(['first', 'last', 'meanwhile']);
});

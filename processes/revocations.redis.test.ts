/** Tokens are not believed while nobody can tell which were revoked, and are again by themselves. */
import { refuseRevoked, type Revocation } from '@pms/identity/revocations';
import { StartError } from '@pms/prisma/embedded';
import { heraldRevocations } from '@pms/redis/revoked';
import { silent } from '@pms/telemetry/logger';
import { principal } from '@pms/testing/front-door';
import { redisLink } from '@pms/testing/redis-link';
import { testRedis } from '@pms/testing/test-redis';
import { until } from '@pms/testing/until';
import { expect, test } from 'vitest';
import { environment } from './environment.ts';
import { followRevocations } from './revocations.ts';

const { here, opened } = testRedis();
const issuedAt = Math.floor(Date.now() / 1_000) - 60;
const ann = principal({ subject: 'usr_ann', issuedAt });

const following = async (settings: Record<string, string>) => {
  const { redis } = await redisLink(here().url);
  opened(() => redis.close());
  const followed = await followRevocations({ address: null, environment: environment({ NODE_ENV: 'production', REDIS_URL: here().url, ...settings }), logger: silent, redis });
  opened(() => followed?.stop());
  return followed?.revocations ?? expect.unreachable();
};

test('where it is required, longer than the grace without Redis and the auth domain refuses every token of ours, and what was revoked meanwhile is known afterwards', async () => {
  const rows: Revocation[] = [];
  const { redis } = await redisLink(here().url);
  const herald = heraldRevocations({ redis, since: async () => rows, now: () => new Date(), tokenMsMax: 1_800_000, failed: () => expect.unreachable() });
  herald.start();
  opened(() => redis.close());
  opened(() => herald.stop());
  const [strict, lenient] = [await following({ PMS_REVOCATIONS_GRACE_SECONDS: '1' }), await following({ PMS_REVOCATIONS: 'best-effort', PMS_REVOCATIONS_GRACE_SECONDS: '1' })];
  let told = 0;
  strict.onRevoked(() => void (told += 1));
  await until(() => redis.up);
  expect(() => refuseRevoked(ann, strict)).not.toThrow();
  await here().stop();
  rows.push({ subject: ann.subject, at: Date.now() });
  await until(() => !strict.known());
  expect(told).toBe(1); // open subscriptions are looked at
  const unknown = expect.objectContaining({ code: 'SUBGRAPH_UNAVAILABLE', details: { reason: 'REVOCATIONS_UNKNOWN', retryAfterMs: 1_000 } });
  expect(() => refuseRevoked(ann, strict)).toThrow(unknown);
  expect(() => refuseRevoked({ ...ann, issuer: 'https://elsewhere.example' }, strict)).not.toThrow();
  expect([lenient.known(), lenient.isRevoked(ann)]).toEqual([true, false]);
  await here().start();
  await until(() => strict.known() && lenient.isRevoked(ann));
  expect(() => refuseRevoked(ann, strict)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  expect(() => refuseRevoked(principal({ subject: 'usr_bob', issuedAt }), strict)).not.toThrow();
});

test('a process that is to be strict and has nobody to ask does not start', async () => {
  const settings = environment({ NODE_ENV: 'production', PMS_REVOCATIONS: 'required' });
  await expect(followRevocations({ address: 'http://127.0.0.1:1', environment: settings, logger: silent, redis: null })).rejects.toThrow(StartError);
});

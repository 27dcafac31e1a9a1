/** What replicas of the auth domain share over Redis: who was revoked, and who may not try to sign in. */
import type { RedisLink } from '@pms/redis/link';
import { followRevoked } from '@pms/redis/revoked';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { redisLink } from '@pms/testing/redis-link';
import { noRedis, redisServer, type RedisServer } from '@pms/testing/redis-server';
import { until } from '@pms/testing/until';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accountPolicy, addressPolicy } from '../src/domain/lockout.ts';
import { attemptStore } from '../src/store/attempt-store.ts';
import { sharedLocks } from '../src/store/shared-locks.ts';
import { type AuthSubgraph, authSubgraph } from '../src/subgraph.ts';

let server: RedisServer | undefined;
let door: FrontDoor;
let redis: RedisLink;
let auth: AuthSubgraph;
beforeAll(async () => {
  if (noRedis !== null) return;
  server = await redisServer();
  ({ redis } = await redisLink(server.url));
  door = await frontDoor((surroundings) => (auth = authSubgraph(surroundings)), { redis });
  await auth.start?.();
});
beforeEach(({ skip }) => {
  if (noRedis !== null) skip(noRedis);
});
afterAll(async () => {
  if (noRedis !== null) return;
  await door.close();
  redis.close();
  await server?.stop();
});

test('whose sessions are ended is known to every process that follows', async () => {
  const { organizationId, userId } = await auth.bootstrapOrganization({ name: 'Desk', adminEmail: 'ann@desk.example', adminPassword: 'a password of her own' });
  const known: string[] = [];
  const followed = followRevoked(redis, ({ subject }) => void known.push(subject));
  await until(() => followed.whole());
  const { data } = await door.ask('mutation { revokeSessions(input: {}) { userErrors { code } } }', {}, { as: principal({ subject: userId, organizationId }) });
  expect(data.revokeSessions.userErrors).toEqual([]);
  await until(() => known.includes(userId));
  followed.stop();
});

test('a lock that one replica met another knows without the database, and its end as well', async () => {
  const stores = [attemptStore(door.database), attemptStore(door.database)];
  let transactions = 0;
  const counting = { ...door.database, transaction: ((work) => { transactions += 1; return door.database.transaction(work); }) as typeof door.database.transaction };
  const [one, two] = [sharedLocks(stores[0] ?? expect.unreachable(), redis), sharedLocks(attemptStore(counting), redis)];
  const counted = [{ key: 'account', policy: accountPolicy }, { key: 'address', policy: addressPolicy }];
  const at = new Date();
  for (let attempt = 0; attempt < accountPolicy.failuresFree; attempt += 1) expect((await one.reserve(counted, at)).lockedUntil).toBeNull();
  const { lockedUntil } = await one.reserve(counted, at);
  expect(lockedUntil).toBeInstanceOf(Date);
  await until(async () => Number(await redis.send('EXISTS', redis.key('auth:lock:account'))) === 1);
  expect((await two.reserve(counted, at)).lockedUntil).toEqual(lockedUntil);
  expect(transactions).toBe(0);
  await one.forgive('account', 'address');
  await until(async () => Number(await redis.send('EXISTS', redis.key('auth:lock:account'))) === 0);
  expect((await two.reserve(counted, at)).lockedUntil).toBeNull();
  expect(transactions).toBe(1);
});

test('without Redis the database decides, as it does where there is none', async () => {
  const store = sharedLocks(attemptStore(door.database), redis);
  const counted = [{ key: 'other', policy: accountPolicy }];
  await server?.stop();
  await until(() => !redis.up);
  const at = new Date();
  const answers = [];
  for (let attempt = 0; attempt < 7; attempt += 1) answers.push((await store.reserve(counted, at)).lockedUntil !== null);
  expect(answers).toEqual([false, false, false, false, false, true, true]);
});

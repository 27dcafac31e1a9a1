/** A Redis of a test file's own, for as long as its tests run; where there can be none they are left out. What a test opens is closed behind it, the latest first. */
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { noRedis, redisServer, type RedisServer } from './redis-server.ts';

export interface TestRedis {
  /** The server: a test may stop and start it. */
  here(): RedisServer;
  /** Closes this behind the test. */
  opened(close: () => unknown): void;
}

/** Called where tests are described. */
export function testRedis(): TestRedis {
  let server: RedisServer | undefined;
  const open: (() => unknown)[] = [];
  beforeEach(async ({ skip }) => {
    if (noRedis !== null) skip(noRedis);
    server ??= await redisServer();
  });
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close();
  });
  afterAll(() => server?.stop());
  return { here: () => server ?? expect.unreachable(), opened: (close) => void open.push(close) };
}

/** The connection to Redis while Redis comes and goes. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import { type RouterLogger, routerMetrics } from '../src/observe.ts';
import { openRedis, type RedisLink, redisScript } from '../src/redis.ts';
import { quiet } from './federation.ts';
import { noRedis, redisServer, type RedisServer } from './redis-server.ts';
import { until } from './shop.ts';

let server: RedisServer | undefined;
beforeEach(async ({ skip }) => {
  if (noRedis !== null) skip(noRedis);
  server ??= await redisServer();
  await server.stop();
  await server.start();
});
afterAll(() => server?.stop());

interface Opened extends RedisLink { readonly told: string[]; gauge(): Promise<number | undefined> }

function open(url: string, commandMsMax = 5_000): Opened {
  const told: string[] = [];
  const registry = new Registry();
  const say = (_: object, message: string): void => void told.push(message);
  const logger: RouterLogger = { ...quiet, info: say, warn: say };
  const metrics = routerMetrics(registry);
  const link = openRedis(url, { logger, metrics, commandMsMax });
  return {
    told, key: link.key, send: link.send, run: link.run, close: link.close,
    get up() {
      return link.up;
    },
    gauge: async () => (await metrics.redisUp.get()).values[0]?.value,
  };
}

const here = (): RedisServer => server ?? expect.unreachable();

test('what is kept is found again, and what is not is null', async () => {
  const redis = open(here().url);
  expect(redis.up).toBe(false);
  await until(() => redis.up);
  expect(await redis.gauge()).toBe(1);
  expect(await redis.send('SET', redis.key('a'), 'ü', 'PX', '60000')).toBe('OK');
  expect([await redis.send('GET', 'pms:router:a'), await redis.send('GET', 'b')]).toEqual(['ü', null]);
  expect(redis.told).toEqual([]);
  redis.close();
});

test('a script runs although the server has never seen it, or has forgotten it', async () => {
  const redis = open(here().url);
  await until(() => redis.up);
  const add = redisScript('return redis.call("INCRBY", KEYS[1], ARGV[1])');
  expect([await redis.run(add, ['n'], ['2']), await redis.run(add, ['n'], ['3'])]).toEqual([2, 5]);
  await redis.send('SCRIPT', 'FLUSH');
  expect(await redis.run(add, ['n'], ['1'])).toBe(6);
  redis.close();
});

test('while it is away every answer is undefined at once, it is told once, and it comes back by itself', async () => {
  await here().stop();
  const redis = open(here().url);
  await until(() => redis.told.length > 0);
  expect([redis.up, await redis.gauge(), await redis.send('GET', 'a')]).toEqual([false, 0, undefined]);
  await here().start();
  await until(() => redis.up);
  expect(await redis.send('PING')).toBe('PONG');
  const waiting = Promise.all([redis.send('BLPOP', 'none', '0'), here().stop()]);
  expect((await waiting)[0]).toBeUndefined();
  await until(() => !redis.up);
  expect(await redis.send('GET', 'a')).toBeUndefined();
  await here().start();
  await until(() => redis.up);
  const away = expect.stringContaining('Redis is away');
  expect(redis.told).toEqual([away, 'Redis is back', away, 'Redis is back']);
  redis.close();
});

test('one that is connected and does not answer is away after one command, until it answers again', async () => {
  const redis = open(here().url, 200);
  await until(() => redis.up);
  here().freeze();
  expect(await redis.send('GET', 'a')).toBeUndefined();
  expect([redis.up, await redis.gauge()]).toEqual([false, 0]);
  here().thaw();
  await until(() => redis.up);
  expect(await redis.gauge()).toBe(1);
  redis.close();
});

test('a command that it refuses is no outage, and is told once', async () => {
  const redis = open(here().url);
  await until(() => redis.up);
  await redis.send('SET', 'text', 'x');
  expect([await redis.send('INCR', 'text'), await redis.send('INCR', 'text'), await redis.send('GET', 'text')]).toEqual([undefined, undefined, 'x']);
  expect([redis.up, redis.told]).toEqual([true, ['Redis refuses a command']]);
  redis.close();
});

/** The connection to Redis while Redis comes and goes. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Registry } from 'prom-client';
import { noRedis, redisServer, type RedisServer } from '@pms/testing/redis-server';
import { until } from '@pms/testing/until';
import type { Heard } from '../src/channels.ts';
import { openRedis, type RedisLink, redisScript } from '../src/link.ts';
import { redisMetrics } from '../src/metrics.ts';

let server: RedisServer | undefined;
beforeEach(async ({ skip }) => {
  if (noRedis !== null) skip(noRedis);
  server ??= await redisServer();
  await server.stop();
  await server.start();
});
afterAll(() => server?.stop());

interface Opened extends RedisLink { readonly told: string[]; readonly fields: object[]; gauge(): Promise<number | undefined> }

function open(url: string, commandMsMax = 5_000): Opened {
  const told: string[] = [];
  const fields: object[] = [];
  const registry = new Registry();
  const say = (given: object, message: string): void => {
    fields.push(given);
    told.push(message);
  };
  const metrics = redisMetrics(registry);
  const link = openRedis(url, { logger: { info: say, warn: say }, metrics, commandMsMax });
  const gauge = async (): Promise<number | undefined> => (await metrics.up.get()).values[0]?.value;
  return Object.defineProperty({ ...link, told, fields, gauge }, 'up', { get: () => link.up });
}

const here = (): RedisServer => server ?? expect.unreachable();

test('what is kept is found again, and what is not is null', async () => {
  const redis = open(here().url);
  expect(redis.up).toBe(false);
  await until(() => redis.up);
  expect(await redis.gauge()).toBe(1);
  expect(await redis.send('SET', redis.key('a'), 'ü', 'PX', '60000')).toBe('OK');
  expect([await redis.send('GET', 'pms:1:a'), await redis.send('GET', 'b')]).toEqual(['ü', null]);
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

test('what one process tells another hears, and both know when nothing could be heard', async () => {
  const [one, two] = [open(here().url), open(here().url)];
  await until(() => one.up && two.up);
  const heard: string[] = [];
  const on = (name: string): Heard => ({ message: (text, channel) => void heard.push(`${name} ${channel} ${text}`), began: () => void heard.push(`${name} began`), lost: () => void heard.push(`${name} lost`) });
  two.hear('news', on('all'));
  const stop = two.hear('live:*', on('some'));
  await until(() => heard.length === 2);
  await one.send('PUBLISH', 'news', 'a');
  await one.send('PUBLISH', 'live:x', 'b');
  await until(() => heard.length === 4);
  expect(heard.toSorted()).toEqual(['all began', 'all news a', 'some began', 'some live:x b']);
  heard.length = 0;
  stop();
  await here().stop();
  await until(() => heard.length === 1);
  await here().start();
  await until(() => one.up && heard.length === 2);
  await one.send('PUBLISH', 'live:x', 'c');
  await one.send('PUBLISH', 'news', 'd');
  await until(() => heard.length === 3);
  expect(heard).toEqual(['all lost', 'all began', 'all news d']);
  for (const each of [one, two]) each.close();
});

test('a wrong password is an outage that is told without the password, and the right one is needed for both connections', async () => {
  const admin = open(here().url);
  await until(() => admin.up);
  await admin.send('CONFIG', 'SET', 'requirepass', 'right-one');
  const wrong = open(here().url.replace('//', '//:wrong-one@'));
  const right = open(here().url.replace('//', '//:right-one@'));
  await until(() => wrong.told.length > 0 && right.up);
  expect([wrong.up, await wrong.send('GET', 'a')]).toEqual([false, undefined]);
  expect(JSON.stringify([wrong.told, wrong.fields])).not.toMatch(/wrong-one|right-one/);
  let began = false;
  right.hear('news', { message: () => {}, began: () => void (began = true) });
  await until(() => began);
  for (const each of [admin, wrong, right]) each.close();
});

test('a slow Redis is an outage of the commands alone, and is over by itself', async () => {
  const [slow, admin] = [open(here().url, 100), open(here().url)];
  await until(() => slow.up && admin.up);
  expect(await admin.send('CLIENT', 'PAUSE', '600', 'ALL')).toBe('OK');
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => slow.send('SET', `k${index}`, 'v')));
  expect(answers.every((answer) => answer === undefined)).toBe(true);
  await until(() => slow.up);
  expect(slow.told).toEqual([expect.stringContaining('Redis is away'), 'Redis is back']);
  expect(await slow.send('GET', 'k0')).toBe('v'); // it was late, and not lost
  for (const each of [slow, admin]) each.close();
});

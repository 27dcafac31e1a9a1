/** Live messages between processes over Redis, and beneath it while Redis is away. */
import { redisLink, type TestLink } from '@pms/testing/redis-link';
import { testRedis } from '@pms/testing/test-redis';
import { until } from '@pms/testing/until';
import { expect, test } from 'vitest';
import { type Live, listen, localLive } from '../src/live.ts';
import { redisLive } from '../src/redis-live.ts';

const { here, opened } = testRedis();

interface Process extends TestLink { readonly live: Live }

async function started(beneath: Live): Promise<Process> {
  const link = await redisLink(here().url);
  opened(() => link.redis.close());
  const live = redisLive(link.redis, beneath);
  await until(link.hears);
  return { ...link, live };
}

test('ticks reach every process once, through an outage of Redis and after it', async () => {
  const beneath = localLive(); // what Postgres is to real processes
  const [one, two] = [await started(beneath), await started(beneath)];
  const heard: Record<'one' | 'two', unknown[]> = { one: [], two: [] };
  one.live.subscribe('quotes/a', (message) => void heard.one.push(message));
  two.live.subscribe('quotes/a', (message) => void heard.two.push(message));
  two.live.subscribe('quotes/b', () => expect.unreachable('nobody told of it'));
  const tell = async (price: number, from: Process): Promise<void> => {
    from.live.publish('quotes/a', { price });
    await until(() => [heard.one, heard.two].every((all) => JSON.stringify(all.at(-1)) === JSON.stringify({ price })));
  };
  await tell(1, one);
  await tell(2, two);
  await here().stop();
  await until(() => !one.redis.up && !two.redis.up);
  for (let price = 3; price < 20; price += 1) await tell(price, price % 2 === 0 ? one : two);
  await here().start();
  await until(async () => await one.hears() && await two.hears());
  await tell(20, one);
  await tell(21, two);
  const all = Array.from({ length: 21 }, (_, index) => ({ price: index + 1 }));
  expect(heard).toEqual({ one: all, two: all });
  expect([one.warned.length, two.warned.length]).toEqual([1, 1]);
  expect([await one.degraded(), await two.degraded()]).toEqual([8, 9]);
});

test('of a slow listener the newest of each is kept, and one that left hears nothing', async () => {
  const beneath = localLive();
  const [one, two] = [await started(beneath), await started(beneath)];
  const slow = listen<{ id: string; n: number }>(two.live, ['quotes/a', 'quotes/b'], { keep: 'latest', keyOf: ({ id }) => id });
  const fast: unknown[] = [];
  const stop = two.live.subscribe('quotes/b', (message) => void fast.push(message));
  for (let n = 1; n <= 500; n += 1) for (const id of ['a', 'b']) one.live.publish(`quotes/${id}`, { id, n });
  await until(() => fast.length === 500);
  expect([(await slow.next()).value, (await slow.next()).value]).toEqual([{ id: 'a', n: 500 }, { id: 'b', n: 500 }]);
  stop();
  one.live.publish('quotes/b', { id: 'b', n: 501 });
  expect((await slow.next()).value).toEqual({ id: 'b', n: 501 });
  await slow.return?.();
  expect(fast).toHaveLength(500);
});

/** What waits for a slow client. */
import { expect, test } from 'vitest';
import { eventQueue } from '../src/subscriptions/queue.ts';

const queueOf = (lengthMax: number, replaced = (): void => {}) =>
  eventQueue<{ key?: string; n: number }>({ lengthMax, keyOf: ({ key }) => key ?? null, replaced, overflow: () => new Error('too slow') });

test('events come out in order, also when they are awaited first', async () => {
  const queue = queueOf(3);
  const first = queue.next();
  queue.push({ n: 1 });
  queue.push({ n: 2 });
  queue.push({ n: 3 });
  expect([await first, await queue.next(), await queue.next()].map(({ value }) => value?.n)).toEqual([1, 2, 3]);
});

test('of equal keys only the latest waits, at the place of the first', async () => {
  let replaced = 0;
  const queue = queueOf(2, () => {
    replaced += 1;
  });
  for (const n of [1, 2, 3]) queue.push({ key: 'a', n });
  queue.push({ key: 'b', n: 4 });
  queue.push({ key: 'a', n: 5 });
  expect([(await queue.next()).value?.n, (await queue.next()).value?.n, replaced]).toEqual([5, 4, 3]);
});

test('without keys a client that is too slow is told, and never fed with gaps', async () => {
  const queue = queueOf(2);
  expect([queue.push({ n: 1 }), queue.push({ n: 2 }), queue.push({ n: 3 })]).toEqual([true, true, false]);
  await expect(queue.next()).rejects.toThrow('too slow');
});

test('what was there before the end is still delivered', async () => {
  const queue = queueOf(2);
  queue.push({ n: 1 });
  queue.end();
  expect(await queue.next()).toEqual({ done: false, value: { n: 1 } });
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

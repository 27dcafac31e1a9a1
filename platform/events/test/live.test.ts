import { listen, localLive, source } from '@pms/events/live';
import { expect, test } from 'vitest';

const read = async <T>(messages: AsyncIterator<T>): Promise<T> => (await messages.next()).value;

test('with latest, a slow reader gets the newest message of each key', async () => {
  const live = localLive();
  const ticks = listen<{ id: string; last: number }>(live, ['a', 'b'], { keep: 'latest', keyOf: ({ id }) => id });
  for (const last of [1, 2, 3]) live.publish('a', { id: 'a', last });
  live.publish('b', { id: 'b', last: 9 });
  expect([await read(ticks), await read(ticks)]).toEqual([{ id: 'a', last: 3 }, { id: 'b', last: 9 }]);
  await ticks.return?.();
});

test('with all, every message arrives in order, and a reader too far behind is told instead of being fed gaps', async () => {
  const live = localLive();
  const facts = listen<number>(live, ['t'], { keep: 'all', queueMax: 3 });
  for (const fact of [1, 2, 3]) live.publish('t', fact);
  expect([await read(facts), await read(facts), await read(facts)]).toEqual([1, 2, 3]);
  for (const fact of [4, 5, 6, 7]) live.publish('t', fact);
  await expect(facts.next()).rejects.toThrow('more than 3 messages behind');
});

test('a source ends at once when its subscriber leaves, without waiting for a message', async () => {
  const live = localLive();
  let ended = false;
  const values = source((own) => (async function* numbers() {
    const messages = own(listen<number>(live, ['t'], { keep: 'latest' }));
    try {
      for await (const message of messages) yield message;
    } finally {
      ended = true;
    }
  })());
  const waiting = values.next();
  expect(await values.return?.()).toEqual({ done: true, value: undefined });
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(ended).toBe(true);
});

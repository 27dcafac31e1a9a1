/** Work that is done for many parts at a time. */
import { merged } from '@pms/events/kafka/merged';
import { expect, test } from 'vitest';

/** Each call of the work waits until it is let go. */
function working(atOnce = 1) {
  const calls: (readonly number[])[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const work = merged(async (parts: readonly number[]) => {
    calls.push(parts);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
  }, { atOnce, sizeOf: (part) => part, sizeMax: 10 });
  return { calls, gates, work };
}
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('what arrives in one turn goes together, and what arrives meanwhile goes together after it', async () => {
  const { calls, gates, work } = working();
  const first = [work(1), work(2)];
  await turn();
  const then = [work(3), work(4)];
  await turn();
  expect(calls).toEqual([[1, 2]]);
  gates[0]?.resolve();
  await Promise.all(first);
  await turn();
  expect(calls).toEqual([[1, 2], [3, 4]]);
  gates[1]?.resolve();
  await Promise.all(then);
});

test('no more goes together than is allowed, but what is larger alone goes alone; so many calls are under way at once', async () => {
  const { calls, gates, work } = working(2);
  const all = [work(6), work(6), work(30), work(2)];
  await turn();
  expect(calls).toEqual([[6], [6]]);
  gates.forEach(({ resolve }) => resolve());
  await turn();
  gates.forEach(({ resolve }) => resolve());
  await turn();
  expect(calls).toEqual([[6], [6], [30], [2]]);
  gates.forEach(({ resolve }) => resolve());
  await Promise.all(all);
});

test('a failure is that of the parts that went together, and of no others', async () => {
  const work = merged(async (parts: readonly number[]) => { if (parts.includes(1)) throw new Error('not with 1'); }, { atOnce: 1, sizeOf: () => 1, sizeMax: 2 });
  const outcomes = await Promise.allSettled([work(0), work(1), work(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

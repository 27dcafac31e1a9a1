/** Work side by side, whose like questions become one. */
import { gathered, inStep } from '@pms/events/gathered';
import { expect, test } from 'vitest';

const doubling = (): { asked: (readonly number[])[]; double: (n: number) => Promise<number> } => {
  const asked: (readonly number[])[] = [];
  return { asked, double: gathered(async (inputs: readonly number[]) => { asked.push(inputs); return inputs.map((n) => n * 2); }) };
};

test('what several ask at the same step is asked once, and each has its own answer', async () => {
  const { asked, double } = doubling();
  const answers = await inStep([1, 2, 3].map(async (n) => double(await double(n))));
  expect(answers).toEqual([4, 8, 12]);
  expect(asked).toEqual([[1, 2, 3], [2, 4, 6]]);
});

test('who asks alone is not kept waiting for others', async () => {
  const { asked, double } = doubling();
  expect(await double(1)).toBe(2);
  expect(await double(2)).toBe(4);
  expect(asked).toEqual([[1], [2]]);
});

test('a failure is that of all who asked together', async () => {
  const fail = gathered(async (inputs: readonly number[]): Promise<number[]> => { throw new Error(`none of ${inputs.join()}`); });
  const outcomes = await Promise.allSettled([fail(1), fail(2)]);
  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'done'))).toEqual(['Error: none of 1,2', 'Error: none of 1,2']);
});

test('work in step ends when all of it has ended, with the failure that came first', async () => {
  let ended = false;
  const late = (async () => { await new Promise((resolve) => { setImmediate(resolve); }); ended = true; throw new Error('later'); })();
  await expect(inStep([late, Promise.reject(new Error('first'))])).rejects.toThrow('first');
  expect(ended).toBe(true);
});

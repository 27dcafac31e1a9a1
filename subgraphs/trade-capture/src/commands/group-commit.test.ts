/** How items that come at once make groups. */
import { expect, test } from 'vitest';
import { groupCommit, type Grouping } from './group-commit.ts';

interface Gate {
  readonly groups: (readonly number[])[];
  /** Ends the oldest group that is being written. */
  end(): void;
}

function gated(over: Partial<Grouping<number, string>> = {}): { submit: (item: number) => Promise<string>; gate: Gate } {
  const groups: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const submit = groupCommit<number, string>({
    write: async (items) => {
      groups.push(items);
      await new Promise<void>((resolve) => { ends.push(resolve); });
      return items.map((item) => `done ${item}`);
    },
    isOfAnItem: () => true, groupMax: 3, besideAfterMs: 1_000_000, groupsAtOnceMax: 2, ...over,
  });
  return { submit, gate: { groups, end: () => ends.shift()?.() } };
}

const turns = async (): Promise<void> => { for (let n = 0; n < 5; n += 1) await new Promise((resolve) => { setImmediate(resolve); }); };

test('what comes while a group is written makes the next one, and each is answered after its own', async () => {
  const { submit, gate } = gated();
  const first = submit(1);
  await turns();
  const answered: string[] = [];
  const others = [2, 3].map(async (item) => answered.push(await submit(item)));
  await turns();
  expect(gate.groups).toEqual([[1]]);
  gate.end();
  expect(await first).toBe('done 1');
  await turns();
  expect(gate.groups).toEqual([[1], [2, 3]]);
  expect(answered).toEqual([]);
  gate.end();
  await Promise.all(others);
  expect(answered).toEqual(['done 2', 'done 3']);
});

test('a group has a bound; what does not fit goes with the next', async () => {
  const { submit, gate } = gated({ groupsAtOnceMax: 1 });
  const all = [1, 2, 3, 4, 5].map((item) => submit(item));
  await turns();
  gate.end();
  await turns();
  gate.end();
  await Promise.all(all);
  expect(gate.groups).toEqual([[1, 2, 3], [4, 5]]);
});

test('a group that takes its time does not hold up the next one', async () => {
  const { submit, gate } = gated({ besideAfterMs: 1 });
  const slow = submit(1);
  await turns();
  const quick = submit(2);
  await expect.poll(() => gate.groups).toEqual([[1], [2]]);
  gate.end();
  gate.end();
  expect(await Promise.all([slow, quick])).toEqual(['done 1', 'done 2']);
});

test('an item that spoils its group fails by itself, and the others of the group are done', async () => {
  const tried: (readonly number[])[] = [];
  const submit = groupCommit<number, number>({
    write: async (items) => {
      tried.push(items);
      if (items.includes(2)) throw new Error('bad item');
      return items;
    },
    isOfAnItem: (error) => error instanceof Error && error.message === 'bad item', groupMax: 10, besideAfterMs: 1, groupsAtOnceMax: 1,
  });
  const outcomes = await Promise.allSettled([1, 2, 3].map((item) => submit(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test('a failure that is no fault of an item is everybody’s, and is not tried again', async () => {
  let tries = 0;
  const submit = groupCommit<number, number>({
    write: async () => { tries += 1; throw new Error('no connection'); }, isOfAnItem: () => false, groupMax: 10, besideAfterMs: 1, groupsAtOnceMax: 1,
  });
  const outcomes = await Promise.allSettled([1, 2].map((item) => submit(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(tries).toBe(1);
});

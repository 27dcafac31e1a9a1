/**
 * One commit for many: what is asked while a group is being written is written together as the next group, each answered once the commit that
 * holds it is there. Alone, a request waits for nobody. Where a group fails over what it holds, each of it is tried by itself.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Grouping<Item, Result> {
  /** Resolves to one result for each item, in their order. */
  write(items: readonly Item[]): Promise<readonly Result[]>;
  /** Whether a failure may be the fault of one of the items. */
  isOfAnItem(error: unknown): boolean;
  readonly groupMax: number;
  /** A group that takes longer does not keep the next one waiting, up to `groupsAtOnceMax`. */
  readonly besideAfterMs: number;
  readonly groupsAtOnceMax: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  /** Of whoever asks: what a group does counts to the first of it. */
  readonly inContext: <T>(work: () => T) => T;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export function groupCommit<Item, Result>(grouping: Grouping<Item, Result>): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let writing = 0;
  /** The next group's beginning, where it has been fixed. */
  let due: { cancel(): void; readonly beside: boolean } | null = null;

  const start = (): void => {
    due = null;
    const group = waiting.splice(0, grouping.groupMax);
    writing += 1;
    void group[0]?.inContext(() => written(grouping, group)).finally(() => {
      writing -= 1;
      fix();
    });
    fix();
  };
  /** At once where nothing is being written: what else comes in this turn goes along. */
  const fix = (): void => {
    const beside = writing > 0;
    if (waiting.length === 0 || writing >= grouping.groupsAtOnceMax || due?.beside === beside) return;
    due?.cancel();
    const timer = beside ? setTimeout(start, grouping.besideAfterMs) : null;
    const immediate = beside ? null : setImmediate(start);
    due = { beside, cancel: () => { if (timer !== null) clearTimeout(timer); if (immediate !== null) clearImmediate(immediate); } };
  };
  return (item) => new Promise((resolve, reject) => {
    waiting.push({ item, inContext: AsyncLocalStorage.snapshot(), resolve, reject });
    fix();
  });
}

async function written<Item, Result>(grouping: Grouping<Item, Result>, group: readonly Waiting<Item, Result>[]): Promise<void> {
  try {
    const results = await grouping.write(group.map(({ item }) => item));
    group.forEach(({ resolve, reject }, at) => {
      const result = results[at];
      if (result === undefined) reject(new Error('an item of a group came to no result'));
      else resolve(result);
    });
  } catch (error) {
    if (group.length === 1 || !grouping.isOfAnItem(error)) group.forEach(({ reject }) => reject(error));
    else for (const one of group) await one.inContext(() => written(grouping, [one]));
  }
}

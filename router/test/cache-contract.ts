/** What every place where answers are kept promises: run over memory and over Redis. */
import { expect, test } from 'vitest';
import type { CacheStore } from '../src/cache/store.ts';

const kept = (text: string, moment: number) => ({ text, moment, maxAgeSeconds: 60, scope: 'PUBLIC' as const });

export function keepsItsPromises(open: () => CacheStore): void {
  const opened = async (): Promise<{ store: CacheStore; moment: number }> => {
    const store = open();
    const { moment } = await store.find(['nothing'], 'who');
    return { store, moment: moment ?? Number.NaN };
  };
  const texts = async (store: CacheStore, keys: readonly string[], sender = 'who'): Promise<(string | undefined)[]> =>
    Promise.all(keys.map(async (key) => (await store.find([key], sender)).kept?.text));

  test('gives back what was kept, with all that was said of it and its age, the first key first', async () => {
    const { store, moment } = await opened();
    const text = '{"data":"line\\nbreak é"}\n';
    expect(await store.keep({ key: 'a', kept: kept(text, moment), tags: ['T'], lifeMs: 60_000 })).toBe(true);
    await store.keep({ key: 'b', kept: kept('b', moment), tags: [], lifeMs: 60_000 });
    const { kept: found } = await store.find(['none', 'a', 'b'], 'who');
    expect(found).toMatchObject({ text, moment, maxAgeSeconds: 60, scope: 'PUBLIC' });
    expect(found?.ageMs).toBeGreaterThanOrEqual(0);
  });

  test('takes out what carries a tag, and says how many', async () => {
    const { store, moment } = await opened();
    await store.keep({ key: 'c', kept: kept('c', moment), tags: ['P:1', 'P'], lifeMs: 60_000 });
    await store.keep({ key: 'd', kept: kept('d', moment), tags: ['P:2', 'P'], lifeMs: 60_000 });
    expect([await store.drop(['P:1', 'Q']), await texts(store, ['c', 'd'])]).toEqual([1, [undefined, 'd']]);
    expect([await store.drop(['P']), await texts(store, ['c', 'd'])]).toEqual([1, [undefined, undefined]]);
  });

  test('does not keep what began to be read before something in it changed', async () => {
    const { store, moment } = await opened();
    await store.drop(['R:1']);
    expect(await store.keep({ key: 'e', kept: kept('e', moment), tags: ['R:1', 'R'], lifeMs: 60_000 })).toBe(false);
    expect(await store.keep({ key: 'f', kept: kept('f', moment), tags: ['R:2', 'R'], lifeMs: 60_000 })).toBe(true);
    const { moment: later } = await store.find(['e'], 'who');
    expect(await store.keep({ key: 'e', kept: kept('e', later ?? Number.NaN), tags: ['R:1', 'R'], lifeMs: 60_000 })).toBe(true);
    expect(await texts(store, ['e', 'f'])).toEqual(['e', 'f']);
  });

  test('does not give a sender what is older than their last change, and gives it to others', async () => {
    const { store, moment } = await opened();
    await store.keep({ key: 'g', kept: kept('g', moment), tags: [], lifeMs: 60_000 });
    await store.senderChanged('writer');
    expect([await texts(store, ['g'], 'writer'), await texts(store, ['g'], 'reader')]).toEqual([[undefined], ['g']]);
  });

  test('forgets at the end of a life', async () => {
    const { store, moment } = await opened();
    await store.keep({ key: 'h', kept: kept('h', moment), tags: ['S'], lifeMs: 1 });
    await expect.poll(() => texts(store, ['h'])).toEqual([undefined]);
  });
}

/** How long answers are kept in memory while this process hears what changes, and while it does not. */
import { boundedStore } from '@pms/router/cache/bounded-store';
import { memoryStore } from '@pms/router/cache/memory-store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOUR_SECONDS = 3_600;
let hearing = true;
const storeOf = (awaySecondsMax = 10) => boundedStore(memoryStore(1_000_000), { hears: () => hearing, awaySecondsMax });

async function kept(store: ReturnType<typeof storeOf>, key = 'a'): Promise<boolean> {
  const { moment } = await store.find([key], 'someone');
  return store.keep({ key, tags: ['Portfolio:prt_1'], lifeMs: HOUR_SECONDS * 1_000, kept: { text: '{}', moment: (moment ?? 0) + 1, maxAgeSeconds: HOUR_SECONDS, scope: 'SENDER' } });
}
const found = async (store: ReturnType<typeof storeOf>): Promise<number | null> => (await store.find(['a'], 'someone')).kept?.maxAgeSeconds ?? null;

test('while changes are heard an answer is kept as long as it may be; once they are not, none is given that is older than a few seconds', async () => {
  hearing = true;
  const store = storeOf();
  expect(await kept(store)).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(await found(store)).toBe(HOUR_SECONDS);
  hearing = false;
  expect(await found(store)).toBeNull();
  expect(await kept(store)).toBe(true);
  expect(await found(store)).toBe(10);
  vi.advanceTimersByTime(11_000);
  expect(await found(store)).toBeNull();
});

test('where none is to be kept meanwhile, none is', async () => {
  hearing = false;
  expect(await kept(storeOf(0))).toBe(false);
});

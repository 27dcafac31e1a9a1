/**
 * Answers in this process's memory, while something else may change them: as long as it hears of changes they are kept as long as they may be, and otherwise for
 * a short time at most, those that were kept before as well.
 */
import type { CacheStore } from './store.ts';

const MS_PER_SECOND = 1_000;

export interface BoundedOptions {
  /** Whether what others change is heard at the moment. */
  readonly hears: () => boolean;
  readonly awaySecondsMax: number;
}

export function boundedStore(store: CacheStore, { hears, awaySecondsMax }: BoundedOptions): CacheStore {
  return {
    ...store,
    async find(keys, sender) {
      const found = await store.find(keys, sender);
      return found.kept === null || hears() || found.kept.ageMs <= awaySecondsMax * MS_PER_SECOND ? found : { ...found, kept: null };
    },
    async keep(keeping) {
      if (hears()) return store.keep(keeping);
      if (awaySecondsMax === 0) return false;
      const { kept, lifeMs } = keeping;
      return store.keep({ ...keeping, kept: { ...kept, maxAgeSeconds: Math.min(kept.maxAgeSeconds, awaySecondsMax) }, lifeMs: Math.min(lifeMs, awaySecondsMax * MS_PER_SECOND) });
    },
  };
}

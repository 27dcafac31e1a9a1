/**
 * Locks that were met lately, in Redis, where every replica looks first: who goes on trying while an account or an address is locked costs no transaction, and
 * does not queue others for its row. The database stays the truth: what is not found here, or cannot be asked, is looked for there.
 */
import type { RedisLink } from '@pms/redis/link';
import type { AttemptStore } from './attempt-store.ts';

/** So long at most a lock is remembered that was lifted in the same moment. */
const REMEMBERED_MS_MAX = 30_000;
const USE = 'sign-in locks';

export function sharedLocks(store: AttemptStore, redis: RedisLink | null): AttemptStore {
  if (redis === null) return store;
  const nameOf = (key: string): string => redis.key(`auth:lock:${key}`);

  const remembered = async (keys: readonly string[], at: Date): Promise<Date | null> => {
    const found = await redis.send('MGET', ...keys.map(nameOf));
    if (!Array.isArray(found)) redis.degraded(USE);
    const untils = (Array.isArray(found) ? found : []).flatMap((text) => (text === null ? [] : Number(text))).filter((until) => until > at.getTime());
    return untils.length === 0 ? null : new Date(Math.max(...untils));
  };

  return {
    ...store,
    async reserve(counted, at) {
      const lockedUntil = await remembered(counted.map(({ key }) => key), at);
      if (lockedUntil !== null) return { lockedUntil };
      const reserved = await store.reserve(counted, at);
      if (reserved.lockedUntil === null || reserved.key === undefined) return reserved;
      const forMs = Math.min(reserved.lockedUntil.getTime() - at.getTime(), REMEMBERED_MS_MAX);
      if (forMs > 0) void redis.send('SET', nameOf(reserved.key), String(reserved.lockedUntil.getTime()), 'PX', String(forMs));
      return reserved;
    },
    async forgive(own, shared) {
      await store.forgive(own, shared);
      void redis.send('DEL', nameOf(own), nameOf(shared));
    },
  };
}

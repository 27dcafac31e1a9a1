/** Automatic persisted queries: a client sends a hash, and the text only when the hash is not known. Bounded; replicas share them in Redis. */
import { LRUCache } from 'lru-cache';
import type { RedisLink } from '@pms/redis/link';
import { hashOf } from './manifest.ts';

const QUERIES_MAX = 2_000;
const CHARACTERS_MAX = 16 * 1024 * 1024;

export interface PersistedQueries {
  /** `undefined` when it is not known, here or where replicas share them. */
  find(hash: string): string | undefined | Promise<string | undefined>;
  /** False when the hash is another text's. */
  keep(hash: string, query: string): boolean;
}

export function persistedQueries(redis: RedisLink | null, secondsMax: number): PersistedQueries {
  const known = new LRUCache<string, string>({ max: QUERIES_MAX, maxSize: CHARACTERS_MAX, sizeCalculation: (text) => text.length + 1 });
  const keyOf = (hash: string): string => redis?.key(`query:${hash}`) ?? '';
  return {
    find(hash) {
      const text = known.get(hash);
      if (text !== undefined || redis === null) return text;
      if (!redis.up) {
        redis.degraded('persisted queries');
        return undefined;
      }
      return redis.send('GET', keyOf(hash)).then((found) => {
        if (typeof found !== 'string' || hashOf(found) !== hash) return undefined; // not ours, whatever it is
        known.set(hash, found);
        return found;
      });
    },
    keep(hash, query) {
      if (hashOf(query) !== hash) return false;
      const news = !known.has(hash);
      known.set(hash, query);
      if (news && redis?.up === true) void redis.send('SET', keyOf(hash), query, 'EX', String(secondsMax));
      return true;
    },
  };
}

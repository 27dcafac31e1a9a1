/**
 * Operations that other replicas trust, over Redis: while replicas are replaced one by one, clients of the new version are served by the old ones as well.
 * Each replica tells what its own manifest holds, again and again, so that what no manifest holds any longer is forgotten. While Redis is away a
 * replica trusts its own manifest alone.
 */
import type { RedisLink } from '@pms/redis/link';
import { LRUCache } from 'lru-cache';
import { hashOf, plainOf } from './manifest.ts';

/** What no replica has told for so long is trusted no longer. */
const KEPT_SECONDS = 3_600;
const TOLD_EVERY_MS = 600_000;
const TOLD_AT_ONCE = 250;
const FOUND_MAX = 2_000;
const FOUND_MS = 60_000;
const USE = 'trusted documents';

export interface SharedManifest {
  bodyOf(id: string): Promise<string | undefined>;
  holds(text: string): Promise<boolean>;
  /** This replica's manifest, by id; takes the place of the one that it told before. */
  tell(bodies: ReadonlyMap<string, string>): void;
  close(): void;
}

export function sharedManifest(redis: RedisLink): SharedManifest {
  const byId = (id: string): string => redis.key(`trusted:id:${id}`);
  const byText = (text: string): string => redis.key(`trusted:text:${hashOf(plainOf(text))}`);
  const found = new LRUCache<string, string>({ max: FOUND_MAX, ttl: FOUND_MS });
  let own: ReadonlyMap<string, string> = new Map();

  const tellAll = async (): Promise<void> => {
    const all = [...own];
    for (let from = 0; from < all.length && redis.up; from += TOLD_AT_ONCE) {
      await Promise.all(all.slice(from, from + TOLD_AT_ONCE).flatMap(([id, body]) => [
        redis.send('SET', byId(id), body, 'EX', String(KEPT_SECONDS)), redis.send('SET', byText(body), id, 'EX', String(KEPT_SECONDS)),
      ]));
    }
  };
  const look = async (key: string): Promise<string | undefined> => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const reply = await redis.send('GET', key);
    if (reply === undefined) redis.degraded(USE);
    if (typeof reply !== 'string') return undefined;
    found.set(key, reply);
    return reply;
  };
  const stopWatching = redis.onChange((up) => up && void tellAll());
  const timer = setInterval(() => void tellAll(), TOLD_EVERY_MS).unref();
  return {
    bodyOf: (id) => look(byId(id)),
    holds: async (text) => await look(byText(text)) !== undefined,
    tell(bodies) {
      own = bodies;
      void tellAll();
    },
    close() {
      stopWatching();
      clearInterval(timer);
    },
  };
}

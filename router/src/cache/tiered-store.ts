/**
 * Answers that replicas share in Redis, with those that this process saw lately at hand. Redis is asked for each whether it still holds, and then sends no text
 * that is here already; where it is trusted for a while (`memoryTrustMs`) it is not even asked, as long as this process hears what others take out. While
 * Redis is away this process goes by its own memory, from an empty one on and for short ages, since nobody tells it what changed elsewhere.
 */
import type { RedisLink } from '@pms/redis/link';
import type { RouterMetrics } from '../observe.ts';
import { answersAtHand, type AtHand } from './at-hand.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { type SharedStore, sharedStore } from './redis-store.ts';
import type { CacheSettings } from './settings.ts';
import type { CacheStore, Found } from './store.ts';

const MICROSECONDS_PER_MS = 1_000;
const MS_PER_SECOND = 1_000;
/** Moments of Redis are microseconds since 1970, those of this process milliseconds since its start: no two of either kind can be taken for the other. */
const REDIS_MOMENT_MIN = 1e14;
const USE = 'kept answers';

export interface TieredOptions {
  readonly redis: RedisLink;
  readonly settings: Pick<CacheSettings, 'memoryBytesMax' | 'memoryTrustMs' | 'awaySecondsMax'>;
  readonly metrics: Pick<RouterMetrics, 'cacheLevels'>;
}

export function tieredStore({ redis, settings, metrics }: TieredOptions): CacheStore {
  const { memoryBytesMax, memoryTrustMs, awaySecondsMax } = settings;
  const shared = sharedStore(redis);
  const atHand = answersAtHand(memoryBytesMax, memoryTrustMs);
  const alone = emptied(memoryBytesMax);
  const clear = (): void => {
    atHand.clear();
    alone.clear();
  };
  const stopWatching = redis.onChange(clear);
  const others = memoryTrustMs === 0 ? null : listening(redis, shared, atHand);

  const findAlone = async (keys: readonly string[], sender: string): Promise<Found> => {
    redis.degraded(USE);
    if (awaySecondsMax === 0) return { kept: null, moment: null };
    const found = await alone.store().find(keys, sender);
    if (found.kept !== null) metrics.cacheLevels.inc({ level: 'alone' });
    return found;
  };

  return {
    async find(keys, sender) {
      const trusted = others?.heard() === true && redis.up ? atHand.trusted(keys, sender) : null;
      if (trusted !== null) {
        metrics.cacheLevels.inc({ level: 'memory' });
        return { kept: trusted, moment: null };
      }
      const confirm = atHand.asking();
      const found = await shared.find(keys, sender, atHand.get);
      if (found === undefined) return findAlone(keys, sender);
      const { moment, kept } = found;
      if (kept === null) return { moment, kept };
      const ageMs = (moment - kept.moment) / MICROSECONDS_PER_MS;
      metrics.cacheLevels.inc({ level: atHand.get(kept.key)?.moment === kept.moment ? 'confirmed' : 'redis' });
      confirm(kept, ageMs);
      return { moment, kept: { ...kept, ageMs } };
    },
    async keep(keeping) {
      const { kept, key, lifeMs } = keeping;
      if (kept.moment < REDIS_MOMENT_MIN) {
        if (redis.up) return false;
        const maxAgeSeconds = Math.min(kept.maxAgeSeconds, awaySecondsMax);
        return alone.store().keep({ ...keeping, kept: { ...kept, maxAgeSeconds }, lifeMs: Math.min(lifeMs, awaySecondsMax * MS_PER_SECOND) });
      }
      const isKept = await shared.keep(keeping);
      if (isKept) atHand.put({ ...kept, key });
      return isKept;
    },
    async drop(tags) {
      const dropped = await shared.drop(tags);
      if (dropped === undefined) {
        atHand.clear();
        return alone.store().drop(tags);
      }
      atHand.obey(dropped.told);
      return dropped.count;
    },
    async senderChanged(sender) {
      atHand.senderChanged(sender);
      await alone.store().senderChanged(sender);
      await shared.senderChanged(sender);
    },
    close() {
      stopWatching();
      others?.stop();
    },
  };
}

/** A memory that can be begun anew. */
function emptied(bytesMax: number): { store(): MemoryStore; clear(): void } {
  let store = memoryStore(bytesMax);
  return { store: () => store, clear: () => void (store = memoryStore(bytesMax)) };
}

/** Obeys what other replicas say. */
function listening(redis: RedisLink, shared: SharedStore, atHand: AtHand): { heard(): boolean; stop(): void } {
  let hearing = false;
  const stop = redis.hear(shared.channel, {
    message: (text) => atHand.obey(shared.toldIn(text)),
    began() {
      atHand.clear();
      hearing = true;
    },
    lost: () => void (hearing = false),
  });
  return { heard: () => hearing, stop };
}

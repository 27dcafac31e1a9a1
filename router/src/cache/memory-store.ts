/** Answers in this process: so many bytes, the least recently used out first, found by key and by tag. */
import { LRUCache } from 'lru-cache';
import { type CacheStore, EVERYTHING, type Kept, type Keeping } from './store.ts';

/** Tags and senders whose last change is remembered; what is forgotten counts as changed when it was forgotten. */
const CHANGES_MAX = 10_000;
const BYTES_PER_CHARACTER = 2;
const ENTRY_BYTES = 300;

export interface MemoryStore extends CacheStore {
  bytes(): number;
}

export function memoryStore(bytesMax: number): MemoryStore {
  const byTag = new Map<string, Set<string>>();
  const forget = ({ key, tags }: Keeping): void => {
    for (const tag of tags) {
      const keys = byTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) byTag.delete(tag);
    }
  };
  const entries = new LRUCache<string, Keeping>({
    maxSize: bytesMax, ttl: 1, ttlAutopurge: false, dispose: forget,
    sizeCalculation: ({ kept, tags, key }) => ENTRY_BYTES + (kept.text.length + key.length + tags.join('').length) * BYTES_PER_CHARACTER,
  });
  const tagChanges = changes();
  const senderChanges = changes();

  return {
    bytes: () => entries.calculatedSize,
    async find(keys, sender) {
      const moment = performance.now();
      const since = senderChanges.last(sender);
      const kept: Kept | undefined = keys.map((key) => entries.get(key)?.kept).find((one) => one !== undefined && one.moment > since);
      return { moment, kept: kept === undefined ? null : { ...kept, ageMs: moment - kept.moment } };
    },
    async keep(keeping) {
      if ([...keeping.tags, EVERYTHING].some((tag) => tagChanges.last(tag) >= keeping.kept.moment)) return false;
      entries.set(keeping.key, keeping, { ttl: keeping.lifeMs });
      for (const tag of keeping.tags) {
        const keys = byTag.get(tag);
        if (keys === undefined) byTag.set(tag, new Set([keeping.key]));
        else keys.add(keeping.key);
      }
      return entries.has(keeping.key);
    },
    async drop(tags) {
      let dropped = 0;
      for (const tag of tags) {
        tagChanges.note(tag);
        if (tag === EVERYTHING) {
          dropped += entries.size;
          entries.clear();
        }
        for (const key of byTag.get(tag) ?? []) if (entries.delete(key)) dropped += 1;
      }
      return dropped;
    },
    async senderChanged(sender) {
      senderChanges.note(sender);
    },
    close() {},
  };
}

export interface Changes {
  note(name: string): void;
  /** When it last changed, at the latest. */
  last(name: string): number;
}

/** When things last changed, by name. */
export function changes(): Changes {
  const known = new Map<string, number>();
  let forgotten = Number.NEGATIVE_INFINITY;
  return {
    note(name) {
      known.delete(name);
      known.set(name, performance.now());
      if (known.size <= CHANGES_MAX) return;
      const [oldest] = known;
      if (oldest === undefined) return;
      known.delete(oldest[0]);
      forgotten = oldest[1];
    },
    last: (name) => known.get(name) ?? forgotten,
  };
}

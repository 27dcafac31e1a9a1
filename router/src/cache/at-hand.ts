/** Answers of Redis that this process saw lately: so many bytes, the least recently used out first. Which of them are trusted without asking Redis again. */
import { LRUCache } from 'lru-cache';
import { changes } from './memory-store.ts';
import type { Held, Told } from './redis-store.ts';
import type { Kept } from './store.ts';

const MS_PER_SECOND = 1_000;
const BYTES_PER_CHARACTER = 2;
const ENTRY_BYTES = 300;
const NEVER = Number.NEGATIVE_INFINITY;

interface Entry extends Held {
  /** When Redis last had it, by this process's clock, and how old it was. */
  readonly confirmedAt: number;
  readonly agedMs: number;
}

export interface AtHand {
  get(key: string): Held | undefined;
  /** What was asked for now may be trusted if it comes back before anything was taken out. */
  asking(): (held: Held, agedMs: number) => void;
  /** It is at hand, and asked for again before it is trusted. */
  put(held: Held): void;
  trusted(keys: readonly string[], sender: string): (Kept & { readonly ageMs: number }) | null;
  senderChanged(sender: string): void;
  obey(told: Told): void;
  clear(): void;
}

export function answersAtHand(bytesMax: number, trustMs: number): AtHand {
  const entries = new LRUCache<string, Entry>({ maxSize: bytesMax, sizeCalculation: ({ key, text }) => ENTRY_BYTES + (key.length + text.length) * BYTES_PER_CHARACTER });
  let senderChanges = changes();
  let takenOut = 0;
  return {
    get: (key) => entries.peek(key),
    asking() {
      const [asked, before] = [performance.now(), takenOut];
      return (held, agedMs) => void entries.set(held.key, { ...held, agedMs, confirmedAt: before === takenOut ? asked : NEVER });
    },
    put: (held) => void entries.set(held.key, { ...held, agedMs: 0, confirmedAt: NEVER }),
    trusted(keys, sender) {
      const now = performance.now();
      const since = Math.max(senderChanges.last(sender), now - trustMs);
      for (const key of keys) {
        const one = entries.get(key);
        if (one === undefined || one.confirmedAt <= since) continue;
        const ageMs = one.agedMs + now - one.confirmedAt;
        if (ageMs <= one.maxAgeSeconds * MS_PER_SECOND) return { ...one, ageMs };
      }
      return null;
    },
    senderChanged: (sender) => senderChanges.note(sender),
    obey({ all, keys = [], sender }) {
      takenOut += 1;
      if (all === true) entries.clear();
      for (const key of keys) entries.delete(key);
      if (sender !== undefined) senderChanges.note(sender);
    },
    clear() {
      takenOut += 1;
      entries.clear();
      senderChanges = changes();
    },
  };
}

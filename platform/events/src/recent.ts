/** Events that this process has committed itself, kept for its own consumers, which then need not read them back. Bounded: what is no longer here is read from the outbox. */
import type { Event } from './envelope.ts';

/** An event and its data as they were written. */
export interface Told {
  readonly event: Event;
  /** JSON. */
  readonly data: string;
}

export interface RecentEvents {
  keep(told: readonly Told[]): void;
  /** As the outbox has it; null where it has to be read there. */
  find(id: string): Event | null;
}

/** Characters of data, over all that is kept. */
const SIZE_MAX = 16 * 1024 * 1024;

interface Kept extends Told {
  /** Read once, for all consumers. */
  read: Event | null;
}

export function recentEvents(sizeMax = SIZE_MAX): RecentEvents {
  const kept = new Map<string, Kept>();
  let size = 0;
  const forgetOldest = (): void => {
    for (const [id, { data }] of kept) {
      if (size <= sizeMax) return;
      kept.delete(id);
      size -= data.length;
    }
  };
  return {
    keep(told) {
      for (const { event, data } of told) {
        if (kept.has(event.id)) continue;
        kept.set(event.id, { event, data, read: null });
        size += data.length;
      }
      forgetOldest();
    },
    find(id) {
      const found = kept.get(id);
      if (found === undefined) return null;
      found.read ??= { ...found.event, occurredAt: new Date(found.event.occurredAt).toISOString(), data: JSON.parse(found.data) as unknown };
      return found.read;
    },
  };
}

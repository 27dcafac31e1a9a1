/** Events that this process has committed itself, kept for its own consumers, which then need not read them back. Each consumer takes an event once, and the last one takes it away; bounded besides: what is not here is read from the outbox. */
import type { Event } from './envelope.ts';

/** An event and its data as they were written. */
export interface Told {
  readonly event: Event;
  /** JSON. */
  readonly data: string;
}

export interface RecentEvents {
  keep(told: readonly Told[]): void;
  /** As the outbox has it, for one of those who hear it; null where it has to be read there. */
  take(id: string): Event | null;
}

/** Characters of data, over all that is kept. */
const SIZE_MAX = 32 * 1024 * 1024;

interface Kept extends Told {
  /** Read once, for all consumers. */
  read: Event | null;
  /** How many have not taken it yet. */
  takers: number;
}

/** `hearers` says how many consumers here hear a type. */
export function recentEvents(hearers: (type: string) => number, sizeMax = SIZE_MAX): RecentEvents {
  const kept = new Map<string, Kept>();
  let size = 0;
  const forget = (id: string, { data }: Told): void => {
    kept.delete(id);
    size -= data.length;
  };
  return {
    keep(told) {
      for (const { event, data } of told) {
        const takers = hearers(event.type);
        if (takers === 0 || kept.has(event.id)) continue;
        kept.set(event.id, { event, data, read: null, takers });
        size += data.length;
      }
      for (const [id, oldest] of kept) {
        if (size <= sizeMax) return;
        forget(id, oldest);
      }
    },
    take(id) {
      const found = kept.get(id);
      if (found === undefined) return null;
      found.takers -= 1;
      if (found.takers === 0) forget(id, found);
      found.read ??= { ...found.event, occurredAt: new Date(found.event.occurredAt).toISOString(), data: JSON.parse(found.data) as unknown };
      return found.read;
    },
  };
}

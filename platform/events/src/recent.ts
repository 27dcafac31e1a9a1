/** Events that this process has committed itself, kept for its own consumers, which then need not read them back. Each consumer takes an event once, and the last one takes it away; bounded besides: what is not here is read from the outbox. */
import type { Event } from './envelope.ts';
import { asStored } from './moment.ts';

/** An event and its data as they were written. */
export interface Told {
  readonly event: Event;
  /** JSON. */
  readonly data: string;
}

/** With its number in the outbox, and that of the row in which it waits to be delivered. */
export interface Written extends Told {
  readonly seq: string;
  readonly row: string;
}

export interface RecentEvents {
  keep(told: readonly Told[]): void;
  /**
   * For one of those who hear it; null where it has to be read from the outbox. `exact`: as the outbox would give it, letter by letter, for who keeps what
   * was written. Else its data are the maker's own, which are the same in all that its type says, and cost nothing to read.
   */
  take(id: string, exact: boolean): Event | null;
}

/** Characters of data, over all that is kept. */
const SIZE_MAX = 32 * 1024 * 1024;

interface Kept extends Told {
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
        kept.set(event.id, { event, data, takers });
        size += data.length;
      }
      for (const [id, oldest] of kept) {
        if (size <= sizeMax) return;
        forget(id, oldest);
      }
    },
    take(id, exact) {
      const found = kept.get(id);
      if (found === undefined) return null;
      found.takers -= 1;
      if (found.takers === 0) forget(id, found);
      if (!exact) return found.event;
      return { ...found.event, occurredAt: asStored(found.event.occurredAt), data: JSON.parse(found.data) as unknown };
    },
  };
}

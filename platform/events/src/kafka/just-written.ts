/**
 * Events that this process has committed itself, kept until its own relay hands them over, which then need not read them back. Bounded: what is not
 * here, because another process wrote it or because it had to make room, is read from the outbox.
 */
import type { Told } from '../recent.ts';

/** Characters of data, over all that is kept. */
const SIZE_MAX = 32 * 1024 * 1024;

export interface JustWritten {
  keep(told: readonly Told[]): void;
  /** As the outbox has it; null where it has to be read there. */
  find(id: string): Told | null;
  /** What was handed over. */
  forget(ids: readonly string[]): void;
}

/** `carries` says whether a relay of this process hands over events of a type. */
export function justWritten(carries: (type: string) => boolean, sizeMax = SIZE_MAX): JustWritten {
  const kept = new Map<string, Told>();
  let size = 0;
  const drop = (id: string, { data }: Told): void => {
    kept.delete(id);
    size -= data.length;
  };
  return {
    keep(told) {
      for (const one of told) {
        if (!carries(one.event.type) || kept.has(one.event.id)) continue;
        kept.set(one.event.id, one);
        size += one.data.length;
      }
      for (const [id, oldest] of kept) {
        if (size <= sizeMax) return;
        drop(id, oldest);
      }
    },
    find: (id) => kept.get(id) ?? null,
    forget(ids) {
      for (const id of ids) {
        const found = kept.get(id);
        if (found !== undefined) drop(id, found);
      }
    },
  };
}

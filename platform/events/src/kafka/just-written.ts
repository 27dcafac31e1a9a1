/**
 * Events that this process has committed itself, kept until its own relay hands them over, which then need not read them back. Kept as they wait, in the rows of a
 * transaction. Bounded: what is not here, because another process wrote it or because it had to make room, is read from the outbox.
 */
import { publisherOf } from '../envelope.ts';
import type { Written } from '../recent.ts';

/** Characters of data, over all that is kept. */
const SIZE_MAX = 32 * 1024 * 1024;

export interface JustWritten {
  keep(told: readonly Written[]): void;
  /** The events of a row in which they wait, as the outbox has them and in its order; null where they have to be read there. `first` is the id of the first of them. */
  find(publisher: string, row: string, first: string): readonly Written[] | null;
  /** What was handed over. */
  forget(publisher: string, rows: readonly string[]): void;
}

interface Kept { readonly told: Written[]; size: number }

/** `carries` says whether a relay of this process hands over what a domain publishes. */
export function justWritten(carries: (publisher: string) => boolean, sizeMax = SIZE_MAX): JustWritten {
  const kept = new Map<string, Kept>();
  let size = 0;
  const drop = (name: string): void => {
    size -= kept.get(name)?.size ?? 0;
    kept.delete(name);
  };
  return {
    keep(told) {
      for (const [name, row] of inRows(told, carries)) {
        drop(name);
        kept.set(name, row);
        size += row.size;
      }
      for (const name of kept.keys()) {
        if (size <= sizeMax) return;
        drop(name);
      }
    },
    find(publisher, row, first) {
      const found = kept.get(nameOf(publisher, row))?.told;
      // a number that came again, as after a restore: not what waits there now
      return found?.[0]?.event.id === first ? found : null;
    },
    forget: (publisher, rows) => rows.forEach((row) => drop(nameOf(publisher, row))),
  };
}

const nameOf = (publisher: string, row: string): string => `${publisher} ${row}`;

function inRows(told: readonly Written[], carries: (publisher: string) => boolean): ReadonlyMap<string, Kept> {
  const rows = new Map<string, Kept>();
  for (const one of told) {
    const publisher = publisherOf(one.event.type);
    if (!carries(publisher)) continue;
    const name = nameOf(publisher, one.row);
    const row = rows.get(name);
    if (row === undefined) rows.set(name, { told: [one], size: one.data.length });
    else {
      row.told.push(one);
      row.size += one.data.length;
    }
  }
  return rows;
}

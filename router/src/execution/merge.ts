/** Puts what a fetch brought into the data so far, key by key and item by item. Only own keys count: a client chooses names. */
import type { Data } from './run.ts';

export function merge(into: Data, from: Data): void {
  for (const key of Object.keys(from)) {
    const next = from[key];
    const present = Object.hasOwn(into, key) ? into[key] : undefined;
    if (present === null || typeof present !== 'object') into[key] = next;
    else if (next !== null && typeof next === 'object' && next !== present) mergeObjects(present, next);
    // A null does not take away what another subgraph has found.
  }
}

function mergeObjects(present: object, next: object): void {
  if (!Array.isArray(present)) {
    if (!Array.isArray(next)) merge(present as Data, next as Data);
    return;
  }
  if (!Array.isArray(next)) return;
  next.forEach((item: unknown, index) => {
    const known: unknown = present[index];
    if (known === null || typeof known !== 'object') present[index] = known ?? item;
    else if (item !== null && typeof item === 'object') mergeObjects(known, item);
  });
}

/** The same, and what is put there shares no object with `from`. */
export function mergeCopy(into: Data, from: Data): void {
  for (const key of Object.keys(from)) {
    const next = from[key];
    if (next === null || typeof next !== 'object') {
      const present = Object.hasOwn(into, key) ? into[key] : undefined;
      if (present === null || typeof present !== 'object') into[key] = next;
    } else merge(into, { [key]: copy(next) });
  }
}

/** A copy that shares no object with the original. */
export function copy(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copy);
  const result: Data = {};
  for (const key of Object.keys(value)) result[key] = copy((value as Data)[key]);
  return result;
}

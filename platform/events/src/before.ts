/** What a change replaced: the fields that are others now, as they were. Part of events that tell of changes, for those who ask what was there before. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/** Absent in events of releases before it, and where nothing was there. */
export const beforeShape = z.record(z.string(), z.unknown()).optional();

/** `now` is what the event tells; what is the same before and now is left out. */
export function replaced(before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(before).filter(([name, value]) => value !== undefined && !isDeepStrictEqual(value, now[name])));
}

/**
 * Bridges the moment between a thing's creation in one domain and its arrival in another: a look-up of an id that was
 * made just now is repeated for a short, bounded time before it counts as unknown. Old or foreign ids are not waited for.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { madeAt } from '@pms/events/ids';

const FRESH_MS = 10_000;
const WAIT_MAX_MS = 3_000;
const STEP_MS = 10;

/** What `find` gives, or null when it still gives none once the wait is over. */
export async function awaitKnown<T>(id: string, now: () => Date, find: () => Promise<T | null>): Promise<T | null> {
  const found = await find();
  if (found !== null) return found;
  const made = madeAt(id);
  if (made === null || Math.abs(now().getTime() - made) > FRESH_MS) return null;
  for (let waited = 0; waited < WAIT_MAX_MS; waited += STEP_MS) {
    await delay(STEP_MS);
    const late = await find();
    if (late !== null) return late;
  }
  return null;
}

/**
 * Bridges the moment between a thing's creation in one domain and its arrival in another: a look-up of an id that was
 * made just now is repeated for a short, bounded time before it counts as unknown. Old or foreign ids are not waited for.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from '@pms/errors';
import { madeAt } from '@pms/events/ids';
import { NotYet } from '@pms/events/not-yet';

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

const HEARD_STEP_MS = 50;

/** Does what a person asks once what it rests on has been heard; `work` throws NotYet until then. Refuses, as CONFLICT, what is still not so once the wait is over. */
export async function awaitHeard<T>(work: () => Promise<T>, ...path: readonly string[]): Promise<T> {
  for (let waited = 0; ; waited += HEARD_STEP_MS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      if (waited >= WAIT_MAX_MS) throw new Refusal('CONFLICT', `something was written that has not come here, and that this rests on: try again in a moment (it ${error.message})`, [...path]);
      await delay(HEARD_STEP_MS);
    }
  }
}

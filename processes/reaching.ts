/**
 * What a process cannot start without, and that is away when it starts: it says so, waits, and goes on once it is there. The pauses between attempts grow to
 * some seconds; what no waiting mends (a refused login, tables that are not there) is thrown at once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isAway } from '@pms/errors/passing';
import type { Logger } from '@pms/telemetry/logger';
import { gauge } from '@pms/telemetry/metrics';

const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 5_000;
const TOLD_EVERY_MS = 60_000;

const waitingFor = gauge('pms_start_waiting', 'Whether the process waits, since its start, for what it cannot work without; 1 while it does.', ['for']);

export interface Reaching {
  /** What is waited for, as a person calls it. */
  readonly what: string;
  readonly logger: Logger;
  /** Aborted when nobody waits any more. */
  readonly ended?: AbortSignal | undefined;
}

/** Does `work` until it succeeds. It may have done a part when it is asked again. Throws what is not an outage, and, once ended, the last error. */
export async function whenThere<T>(work: () => Promise<T>, { what, logger, ended }: Reaching): Promise<T> {
  let toldAt = Number.NEGATIVE_INFINITY;
  const begun = performance.now();
  const seconds = (): number => Math.round((performance.now() - begun) / 1_000);
  for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    try {
      const done = await work();
      waitingFor.set({ for: what }, 0);
      if (toldAt > Number.NEGATIVE_INFINITY) logger.warn({ seconds: seconds() }, `${what} is there: the start goes on`);
      return done;
    } catch (error) {
      if (!isAway(error) || ended?.aborted === true) throw error;
      waitingFor.set({ for: what }, 1);
      if (performance.now() - toldAt >= TOLD_EVERY_MS) {
        toldAt = performance.now();
        logger.warn({ reason: reasonOf(error), seconds: seconds() }, `${what} does not answer: the start waits for it`);
      }
      await delay(pauseMs, undefined, ended === undefined ? {} : { signal: ended }).catch(() => undefined);
    }
  }
}

/** Of several addresses of one name, the first says enough. */
const reasonOf = (error: unknown): string => {
  const [first] = error instanceof AggregateError ? error.errors as unknown[] : [];
  return first instanceof Error ? first.message : String(error instanceof Error ? error.message : error);
};

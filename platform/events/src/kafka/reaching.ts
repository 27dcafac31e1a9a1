/**
 * Brokers that are away while a process starts: it says so, works without them, and tries again until they answer. A refused login, or anything else that
 * no waiting mends, is thrown. And a consumer that its client gave up, which is begun again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@pms/telemetry/logger';
import type { Consumer } from 'kafkajs';

/** Between two attempts, each of which takes as long as the client tries by itself: some 15 s. */
const AGAIN_MS = 500;
const GIVEN_UP_MS = 5_000;
const CAUSES_MAX = 5;

/** Whether an error of Kafka's client says that brokers cannot be reached or cannot answer at the moment: what the client itself would try again. */
export function brokersAway(error: unknown): boolean {
  let next: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof next === 'object' && next !== null; depth += 1) {
    const told: { readonly retriable?: unknown; readonly cause?: unknown } = next;
    if (told.retriable === true) return true;
    next = told.cause;
  }
  return false;
}

export interface Reaching {
  readonly logger: Logger;
  /** Aborted when nobody waits any more. */
  readonly ended: AbortSignal;
}

/** Resolves when `work` has been done, or is not wanted any more. It may have done a part when it is asked again. */
export async function untilBrokersAnswer(work: () => Promise<unknown>, { logger, ended }: Reaching): Promise<void> {
  const end = aborted(ended);
  while (!ended.aborted)
    try {
      await Promise.race([work(), end]);
      return;
    } catch (error) {
      if (!brokersAway(error)) throw error;
      logger.warn({ err: error }, 'Kafka does not answer: trying again');
      await Promise.race([delay(AGAIN_MS), end]);
    }
}

/** Does the parts in order. Where brokers are away it resolves after the first attempt all the same, and `later` is when the rest is done. */
export async function inOrder(parts: readonly (() => Promise<unknown>)[], reaching: Reaching): Promise<{ readonly later: Promise<void> }> {
  let done = 0;
  const rest = async (): Promise<void> => {
    for (; done < parts.length && !reaching.ended.aborted; done += 1) await parts[done]?.();
  };
  try {
    await rest();
    return { later: Promise.resolve() };
  } catch (error) {
    if (!brokersAway(error)) throw error;
    reaching.logger.warn({ err: error }, 'Kafka does not answer: the process works without it, and events wait until it does');
    return { later: untilBrokersAnswer(rest, reaching) };
  }
}

/** Most failures of a consumer its client mends by itself; what it takes for lasting would leave a process that looks well and hears nothing. */
export function begunAgain({ on, events }: Pick<Consumer, 'on' | 'events'>, begin: () => Promise<unknown>, { logger, ended }: Reaching, afterMs = GIVEN_UP_MS): void {
  const again = async (): Promise<void> => {
    await Promise.race([delay(afterMs), aborted(ended)]);
    await untilBrokersAnswer(begin, { logger, ended });
  };
  on(events.CRASH, ({ payload: { restart, error, groupId } }) => {
    if (restart || ended.aborted) return;
    logger.error({ groupId, err: error }, 'a consumer was given up: it begins again');
    void again();
  });
}

const aborted = (signal: AbortSignal): Promise<void> => (signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })));

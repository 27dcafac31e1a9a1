/** What is counted and logged of a consumer's events, whichever bus brings them. */
import { counter, gauge } from '@pms/telemetry/metrics';
import type { Logger } from '@pms/telemetry/logger';
import type { HandlingOptions } from './handling.ts';
import { longestWaits } from './parking.ts';
import type { Sql } from './sql.ts';

const handled = counter('pms_events_handled_total', 'Events handled, by consumer', ['consumer']);
const failed = counter('pms_events_failed_total', 'Attempts at an event that failed, by consumer', ['consumer']);
const dead = counter('pms_events_dead_total', 'Events that became dead letters, by consumer', ['consumer']);

/** Of the one bus that a process has. */
export const lag = gauge('pms_events_lag', 'Events between the newest and the consumer', ['consumer']);

const waits = gauge('pms_events_waiting_seconds', 'How long the event has waited that has waited longest for events of others that are written and have not come, by consumer; 0 where none waits', ['consumer']);

/** Such a wait is of milliseconds, as a rule: one that is not is told in the log, once a minute. */
const TOLD_FROM_MS = 10_000;
const TOLD_EVERY_MS = 60_000;
const TOLD_MAX = 1_000;

export async function reportWaits(sql: Sql, consumers: readonly string[]): Promise<void> {
  const longest = await longestWaits(sql);
  for (const consumer of consumers) waits.set({ consumer }, longest.get(consumer) ?? 0);
}

export const watched = (consumer: string, logger: Logger): Pick<HandlingOptions, 'onHandled' | 'onFailure' | 'onWaiting'> => ({
  onHandled: (count) => handled.inc({ consumer }, count),
  onWaiting: tellingOfWaits(consumer, logger),
  onFailure(event, error, isDead) {
    failed.inc({ consumer });
    if (isDead) dead.inc({ consumer });
    logger[isDead ? 'error' : 'warn']({ consumer, eventId: event.id, type: event.type, key: event.key, err: error }, isDead ? 'event is a dead letter' : 'event could not be handled');
  },
});

function tellingOfWaits(consumer: string, logger: Logger): HandlingOptions['onWaiting'] {
  const toldAtMs = new Map<string, number>();
  return ({ id: eventId, type, key }, { message: reason }, waitedMs) => {
    if (waitedMs < TOLD_FROM_MS || waitedMs < (toldAtMs.get(eventId) ?? Number.NEGATIVE_INFINITY) + TOLD_EVERY_MS) return;
    toldAtMs.delete(eventId);
    toldAtMs.set(eventId, waitedMs);
    if (toldAtMs.size > TOLD_MAX) toldAtMs.delete(toldAtMs.keys().next().value ?? '');
    logger.warn({ consumer, eventId, type, key, reason, seconds: Math.round(waitedMs / 1_000) }, 'an event waits for those of others: they are written, and have not come');
  };
}

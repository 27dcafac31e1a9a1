/** What is counted and logged of a consumer's events, whichever bus brings them. */
import { counter, gauge } from '@pms/telemetry/metrics';
import type { Logger } from '@pms/telemetry/logger';
import type { HandlingOptions } from './handling.ts';

const handled = counter('pms_events_handled_total', 'Events handled, by consumer', ['consumer']);
const failed = counter('pms_events_failed_total', 'Attempts at an event that failed, by consumer', ['consumer']);
const dead = counter('pms_events_dead_total', 'Events that became dead letters, by consumer', ['consumer']);

/** Of the one bus that a process has. */
export const lag = gauge('pms_events_lag', 'Events between the newest and the consumer', ['consumer']);

export const watched = (consumer: string, logger: Logger): Pick<HandlingOptions, 'onHandled' | 'onFailure'> => ({
  onHandled: (count) => handled.inc({ consumer }, count),
  onFailure(event, error, isDead) {
    failed.inc({ consumer });
    if (isDead) dead.inc({ consumer });
    logger[isDead ? 'error' : 'warn']({ consumer, eventId: event.id, type: event.type, key: event.key, err: error }, isDead ? 'event is a dead letter' : 'event could not be handled');
  },
});

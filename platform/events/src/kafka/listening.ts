/**
 * Hears what all domains say from now on, in a process that keeps nothing of it: no database, no offsets, no inbox. Whoever listens is told when it begins to hear and
 * when it may have missed something, which is whenever the group was joined anew: groups have one member, and nothing is committed. It hears everything by itself.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from '@pms/telemetry/logger';
import type { Event } from '../envelope.ts';
import { eventIn } from './cloud-event.ts';
import { groupIdOf, kafkaClient, type KafkaSettings, topicOf } from './connection.ts';
import { begunAgain, untilBrokersAnswer } from './reaching.ts';

/** Without a word from the brokers for so long it counts as not hearing. They answer each request for more within the wait below. */
const SILENCE_MS_MAX = 5_000;
const FETCH_WAIT_MS = 500;
/** A group has one member: after an outage it would wait so long for the one that it had. */
const SESSION_MS = 10_000;
const REBALANCE_MS = 10_000;
const HEARTBEAT_MS = 2_000;

export interface Listening {
  /** Whether everything that is said arrives here at the moment. */
  hears(): boolean;
  close(): Promise<void>;
}

export interface ListeningOptions {
  readonly settings: KafkaSettings;
  readonly publishers: readonly string[];
  /** Begins the name of its group; what follows is its own. */
  readonly name: string;
  readonly logger: Logger;
  /** From now on all is heard; what was said before is not. Comes again whenever something may have been missed. */
  readonly began: () => Promise<unknown>;
  readonly heard: (events: readonly Event[]) => Promise<unknown>;
}

/** Resolves at once: brokers that are away are waited for, and one that refuses the login is told in the log. */
export function listening({ settings, publishers, name, logger, began, heard }: ListeningOptions): Listening {
  const { prefix } = settings;
  const kafka = kafkaClient(settings, `pms-${name}`, logger);
  const consumer = kafka.consumer({
    groupId: groupIdOf(prefix, `${name}.${randomUUID()}`), sessionTimeout: SESSION_MS, rebalanceTimeout: REBALANCE_MS, heartbeatInterval: HEARTBEAT_MS, maxWaitTimeInMs: FETCH_WAIT_MS, allowAutoTopicCreation: false,
    retry: { restartOnFailure: () => Promise.resolve(true) },
  });
  const ending = new AbortController();
  const reaching = { logger, ended: ending.signal };
  /** Requests for more that were not answered yet, by broker. */
  const asked = new Map<number, number>();
  /** When brokers were last asked for more, or answered. Between the two the client may ask something else, which nothing here tells of, and hear no more. */
  let lastSign = performance.now();
  let state: 'away' | 'joined' | 'beginning' | 'hearing' = 'away';

  const { events } = consumer;
  const lost = (): void => { state = 'away'; };
  for (const event of [events.REBALANCING, events.DISCONNECT, events.STOP, events.CRASH] as const) consumer.on(event, lost);
  consumer.on(events.GROUP_JOIN, () => {
    asked.clear();
    state = 'joined';
  });
  consumer.on(events.FETCH_START, ({ payload: { nodeId } }) => {
    lastSign = performance.now();
    asked.set(nodeId, lastSign);
  });
  consumer.on(events.FETCH, ({ payload: { nodeId } }) => {
    lastSign = performance.now();
    asked.delete(nodeId);
    if (state !== 'joined') return;
    // the first answer: by now it is settled from where on each partition is read
    state = 'beginning';
    void hear();
  });

  async function hear(): Promise<void> {
    try {
      await began();
      if (state === 'beginning') state = 'hearing';
    } catch (error) {
      logger.error({ err: error }, 'what may have been missed could not be made good');
      lost();
    }
  }

  const begin = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: publishers.map((publisher) => topicOf(prefix, publisher)), fromBeginning: false });
    await consumer.run({
      autoCommit: false,
      async eachBatch({ batch: { messages } }) {
        const said = messages.flatMap(({ value }) => eventOf(value?.toString() ?? ''));
        if (said.length > 0) await heard(said);
      },
    });
    if (ending.signal.aborted) await consumer.disconnect();
  };
  begunAgain(consumer, begin, reaching);
  const beginning = untilBrokersAnswer(begin, reaching).catch((error: unknown) => logger.error({ err: error }, 'Kafka cannot be listened to'));
  return {
    hears: () => state === 'hearing' && [lastSign, ...asked.values()].every((at) => performance.now() - at < SILENCE_MS_MAX),
    async close() {
      ending.abort();
      await consumer.disconnect();
      await beginning;
    },
  };
}

/** None for what is no event: domains put it aside, and tell of it. */
function eventOf(text: string): Event[] {
  try {
    return [eventIn(text).event];
  } catch {
    return [];
  }
}

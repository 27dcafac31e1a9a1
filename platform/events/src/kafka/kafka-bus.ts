/**
 * The bus of many processes: each domain's events go from its outbox to its topic, and each domain consumes as one group, in as many processes as it has
 * partitions. Durable, at least once, in order per key and publisher; effects exactly once through the inbox. Between domains there is no order: an event that needs another one is tried again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@pms/telemetry/logger';
import type { Consumer as KafkaConsumer, KafkaMessage, Producer, ProducerRecord } from 'kafkajs';
import type { Bus, Reaction } from '../bus.ts';
import { type Event, publisherOf } from '../envelope.ts';
import { type Handling, handling } from '../handling.ts';
import { lag, reportWaits, watched } from '../handling-metrics.ts';
import { deadLetters, setFree } from '../parking.ts';
import type { Sql, Transactions } from '../sql.ts';
import { type Waker, waker } from '../waker.ts';
import { CONTENT_TYPE, textOf } from './cloud-event.ts';
import { deadTopicOf, groupIdOf, type KafkaClient, kafkaClient, type KafkaSettings, topicOf } from './connection.ts';
import { justWritten } from './just-written.ts';
import { consume } from './kafka-consumer.ts';
import { behind, settled } from './progress.ts';
import { producing } from './producing.ts';
import { begunAgain, inOrder, type Reaching } from './reaching.ts';
import { relayOnce, unpublished } from './relay.ts';

const POLL_MS = 250;
/** Until shards are looked for again that another relay had. */
const CONTENDED_MS = 25;
const RETRY_POLL_MS = 250;
const FAILED_STEP_MS = 500;
const MEASURE_MS = 5_000;
const SETTLE_TIMEOUT_MS = 120_000;
const SESSION_MS = 30_000;
const REBALANCE_MS = 60_000;
const HEARTBEAT_MS = 3_000;
const HEARTBEATS_PER_SESSION_MIN = 4;
const FETCH_WAIT_MS = 100;
const FETCH_BYTES_MAX = 4 * 1_024 * 1_024;

export interface KafkaBusOptions {
  readonly settings: KafkaSettings;
  readonly database: Sql & Transactions;
  /** Every domain with an outbox. */
  readonly publishers: readonly string[];
  /** Of them, those whose outbox this process carries to Kafka. */
  readonly carries: readonly string[];
  readonly logger: Logger;
  /** Whether this process is the one that tries a group's parked events again. */
  readonly holds: (group: string) => Promise<boolean>;
  /** Names this process to the brokers. */
  readonly clientId: string;
  /** After so many ms without a word from a process its group goes on without it: 30 seconds unless given, and no less than a broker allows. */
  readonly sessionMs?: number;
}

interface Group {
  readonly name: string;
  readonly reactions: readonly Reaction[];
  readonly handling: Handling;
  readonly consumer: KafkaConsumer;
  readonly retrying: Waker;
}

export function kafkaBus(options: KafkaBusOptions): Bus {
  const { settings, database, publishers, carries, logger, clientId } = options;
  const { prefix } = settings;
  const kafka = kafkaClient(settings, clientId, logger);
  const admin = kafka.admin();
  const watching = { admin, database, prefix, publishers };
  const sending = producing(kafka);
  const groups: Group[] = [];
  const written = justWritten((publisher) => carries.includes(publisher));
  const relays = carries.map((publisher) => ({ publisher, waker: waker() }));
  const measuring = waker();
  const loops: Promise<void>[] = [];
  const ending = new AbortController();
  const reaching = { logger, ended: ending.signal };

  const guarded = (step: () => Promise<void>): Promise<void> => againAndAgain(step, reaching);
  const relay = async ({ publisher, waker: rest }: (typeof relays)[number]): Promise<void> => {
    const { events, contended } = await relayOnce({ database, publisher, topic: topicOf(prefix, publisher), producer: sending, written });
    if (events === 0) await rest.sleep(contended ? CONTENDED_MS : POLL_MS);
  };
  const retry = async ({ name, handling: own, retrying }: Group): Promise<void> => {
    const due = (await options.holds(name)) ? await own.retry() : null;
    await retrying.sleep(Math.min(RETRY_POLL_MS, Math.max(due ?? RETRY_POLL_MS, 1)));
  };
  const measure = async (): Promise<void> => {
    for (const publisher of carries) await unpublished(database, publisher);
    await reportWaits(database, groups.map(({ name }) => name));
    for (const group of groups) lag.set({ consumer: group.name }, await behind(watching, group));
    await measuring.sleep(MEASURE_MS);
  };

  return {
    wake(told = []) {
      written.keep(told);
      relays.forEach((one) => one.waker.wake());
    },
    subscribe: (name, reactions) => void groups.push(groupOf(name, reactions, { options, kafka, sendDead: async (event, error) => void (await sending.send(deadLetter(deadTopicOf(prefix, name), event, error))) })),
    async start() {
      const begin = groups.map((group) => beginning(group, { options, sending, reaching }));
      const { later } = await inOrder([() => admin.connect(), () => sending.connect(), ...begin], reaching);
      loops.push(...relays.map((one) => guarded(() => relay(one))), ...groups.map((group) => guarded(() => retry(group))), later, guarded(measure));
    },
    settled: (timeoutMs = SETTLE_TIMEOUT_MS) => settled(watching, groups, timeoutMs),
    dead: () => deadLetters(database),
    async replay(which) {
      const count = await setFree(database, which);
      groups.forEach(({ retrying }) => retrying.wake());
      return count;
    },
    async close() {
      ending.abort();
      for (const { waker: rest } of relays) rest.wake();
      for (const { retrying } of groups) retrying.wake();
      measuring.wake();
      await Promise.all(groups.map(({ consumer }) => consumer.disconnect()));
      await Promise.all(loops);
      await sending.disconnect();
      await admin.disconnect();
    },
  };
}

async function againAndAgain(step: () => Promise<void>, { logger, ended }: Reaching): Promise<void> {
  while (!ended.aborted) {
    try {
      await step();
    } catch (error) {
      if (ended.aborted) return;
      logger.warn({ err: error }, 'event delivery paused');
      await delay(FAILED_STEP_MS);
    }
  }
}

interface Beginning { readonly options: KafkaBusOptions; readonly sending: Pick<Producer, 'send'>; readonly reaching: Reaching }

/** What begins a group, and again when its client gives it up. */
function beginning(group: Group, { options, sending, reaching }: Beginning): () => Promise<void> {
  const begin = async (): Promise<void> => {
    await consuming(group, options, sending);
    if (reaching.ended.aborted) await group.consumer.disconnect(); // closed meanwhile
  };
  begunAgain(group.consumer, begin, reaching);
  return begin;
}

async function consuming({ consumer, name, reactions, handling: own }: Group, { publishers, logger, settings: { prefix } }: KafkaBusOptions, sending: Pick<Producer, 'send'>): Promise<void> {
  await consumer.connect();
  await consume({
    kafka: consumer, name, publishers, reactions, handling: own, logger,
    topicOf: (publisher) => topicOf(prefix, publisher),
    putAside: async (message, from, reason) => void (await sending.send({ topic: deadTopicOf(prefix, name), acks: -1, messages: [aside(message, { ...from, reason })] })),
  });
}

interface Making { readonly options: KafkaBusOptions; readonly kafka: KafkaClient; readonly sendDead: (event: Event, error: unknown) => Promise<void> }

/** A dead letter is kept in the database, where it is replayed from; its topic tells others of it. */
function telling(name: string, logger: Logger, sendDead: Making['sendDead']): ReturnType<typeof watched> {
  const { onFailure, ...others } = watched(name, logger);
  return {
    ...others,
    onFailure(event, error, isDead) {
      onFailure(event, error, isDead);
      if (isDead) sendDead(event, error).catch((reason: unknown) => logger.warn({ consumer: name, eventId: event.id, err: reason }, 'a dead letter did not reach its topic'));
    },
  };
}

function groupOf(name: string, reactions: readonly Reaction[], { options, kafka, sendDead }: Making): Group {
  const { database, logger, settings: { prefix } } = options;
  return {
    name, reactions, retrying: waker(),
    handling: handling({ sql: database, name, reactions, line: 'key and publisher', ...telling(name, logger, sendDead) }),
    consumer: kafka.consumer({
      groupId: groupIdOf(prefix, name), sessionTimeout: options.sessionMs ?? SESSION_MS, rebalanceTimeout: REBALANCE_MS, heartbeatInterval: Math.min(HEARTBEAT_MS, (options.sessionMs ?? SESSION_MS) / HEARTBEATS_PER_SESSION_MIN), maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_MAX, allowAutoTopicCreation: false, retry: { restartOnFailure: () => Promise.resolve(true) },
    }),
  };
}

const deadLetter = (topic: string, event: Event, error: unknown): ProducerRecord => ({
  topic, acks: -1,
  messages: [{ key: event.key, value: textOf(publisherOf(event.type), { event, sequence: '0' }), headers: { 'content-type': CONTENT_TYPE, 'x-pms-reason': error instanceof Error ? error.message : String(error) } }],
});

const aside = ({ key, value, offset, timestamp }: KafkaMessage, { topic, partition, reason }: { readonly topic: string; readonly partition: number; readonly reason: string }) =>
  ({ key, value, headers: { 'x-pms-reason': reason, 'x-pms-topic': topic, 'x-pms-partition': String(partition), 'x-pms-offset': offset, 'x-pms-timestamp': timestamp } });

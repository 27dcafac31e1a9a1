/**
 * The bus of many processes: each domain's events go from its outbox to its topic, and each domain consumes as one group, in as many processes as it has
 * partitions. Durable, at least once, in order per key and publisher; effects exactly once through the inbox. Between domains there is no order: an event that needs another one is tried again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@pms/telemetry/logger';
import type { Admin, Consumer as KafkaConsumer, Kafka, KafkaMessage, Producer } from 'kafkajs';
import type { Bus, Reaction } from '../bus.ts';
import { type Handling, handling } from '../handling.ts';
import { lag, watched } from '../handling-metrics.ts';
import { deadLetters, setFree } from '../parking.ts';
import type { Sql, Transactions } from '../sql.ts';
import { type Waker, waker } from '../waker.ts';
import { deadTopicOf, groupIdOf, kafkaClient, type KafkaSettings, topicOf } from './connection.ts';
import { consume, heardPublishers } from './kafka-consumer.ts';
import { relayOnce, unpublished } from './relay.ts';

const POLL_MS = 250;
const RETRY_POLL_MS = 250;
const FAILED_STEP_MS = 500;
const MEASURE_MS = 5_000;
const SETTLE_TIMEOUT_MS = 120_000;
const SETTLE_LOOK_MS = 50;
const SESSION_MS = 30_000;
const REBALANCE_MS = 60_000;
const HEARTBEAT_MS = 3_000;
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
  const sending = producing(kafka);
  const groups: Group[] = [];
  const relays = carries.map((publisher) => ({ publisher, waker: waker() }));
  const measuring = waker();
  const loops: Promise<void>[] = [];
  let open = true;

  const guarded = async (step: () => Promise<void>): Promise<void> => {
    while (open) {
      try {
        await step();
      } catch (error) {
        if (!open) return;
        logger.warn({ err: error }, 'event delivery paused');
        await delay(FAILED_STEP_MS);
      }
    }
  };
  const relay = async ({ publisher, waker: rest }: (typeof relays)[number]): Promise<void> => {
    const handed = await relayOnce({ database, publisher, topic: topicOf(prefix, publisher), producer: sending });
    if (handed === 0) await rest.sleep(POLL_MS);
  };
  const retry = async ({ name, handling: own, retrying }: Group): Promise<void> => {
    const due = (await options.holds(name)) ? await own.retry() : null;
    await retrying.sleep(Math.min(RETRY_POLL_MS, Math.max(due ?? RETRY_POLL_MS, 1)));
  };
  const measure = async (): Promise<void> => {
    for (const publisher of carries) await unpublished(database, publisher);
    for (const group of groups) lag.set({ consumer: group.name }, await behind(admin, options, group));
    await measuring.sleep(MEASURE_MS);
  };

  return {
    wake: () => relays.forEach((one) => one.waker.wake()),
    subscribe: (name, reactions) => void groups.push(groupOf(name, reactions, { options, kafka })),
    async start() {
      await admin.connect();
      await sending.connect();
      for (const group of groups) {
        await group.consumer.connect();
        await consume({
          kafka: group.consumer, name: group.name, publishers, reactions: group.reactions, handling: group.handling, logger,
          topicOf: (publisher) => topicOf(prefix, publisher),
          putAside: (message, from, reason) => sending.send({ topic: deadTopicOf(prefix, group.name), acks: -1, messages: [aside(message, { ...from, reason })] }).then(() => undefined),
        });
      }
      loops.push(...relays.map((one) => guarded(() => relay(one))), ...groups.map((group) => guarded(() => retry(group))), guarded(measure));
    },
    settled: (timeoutMs = SETTLE_TIMEOUT_MS) => settled({ database, admin, options, groups }, timeoutMs),
    dead: () => deadLetters(database),
    async replay(eventId) {
      const count = await setFree(database, eventId);
      groups.forEach(({ retrying }) => retrying.wake());
      return count;
    },
    async close() {
      open = false;
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

/** A producer that is replaced when the broker no longer takes its sequence numbers: what it had sent is sent again, and the inbox sees to that. */
function producing(kafka: Kafka): Pick<Producer, 'connect' | 'disconnect' | 'send'> {
  const made = (): Producer => kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  let producer = made();
  return {
    connect: () => producer.connect(),
    disconnect: () => producer.disconnect(),
    async send(record) {
      const used = producer;
      try {
        return await used.send(record);
      } catch (error) {
        if (producer === used) {
          producer = made();
          used.disconnect().catch(() => undefined);
          await producer.connect();
        }
        throw error;
      }
    },
  };
}

function groupOf(name: string, reactions: readonly Reaction[], { options, kafka }: { readonly options: KafkaBusOptions; readonly kafka: Kafka }): Group {
  const { database, logger, settings: { prefix } } = options;
  return {
    name, reactions, retrying: waker(),
    handling: handling({ sql: database, name, reactions, ...watched(name, logger) }),
    consumer: kafka.consumer({
      groupId: groupIdOf(prefix, name), sessionTimeout: SESSION_MS, rebalanceTimeout: REBALANCE_MS, heartbeatInterval: HEARTBEAT_MS, maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_MAX, allowAutoTopicCreation: false, retry: { restartOnFailure: () => Promise.resolve(true) },
    }),
  };
}

const aside = ({ key, value, offset, timestamp }: KafkaMessage, { topic, partition, reason }: { readonly topic: string; readonly partition: number; readonly reason: string }) =>
  ({ key, value, headers: { 'x-pms-reason': reason, 'x-pms-topic': topic, 'x-pms-partition': String(partition), 'x-pms-offset': offset, 'x-pms-timestamp': timestamp } });

/** Messages that the group has not committed yet. */
async function behind(admin: Admin, { settings: { prefix }, publishers }: KafkaBusOptions, { name, reactions }: Group): Promise<number> {
  const topics = heardPublishers(publishers, reactions).map((publisher) => topicOf(prefix, publisher));
  const committed = new Map((await admin.fetchOffsets({ groupId: groupIdOf(prefix, name), topics })).flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => [`${topic} ${partition}`, Math.max(0, Number(offset))] as const)));
  let sum = 0;
  for (const topic of topics)
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) sum += Math.max(0, Number(high) - Math.max(Number(low), committed.get(`${topic} ${partition}`) ?? 0));
  return sum;
}

interface Settling { readonly database: Sql; readonly admin: Admin; readonly options: KafkaBusOptions; readonly groups: readonly Group[] }

/** Until nothing waits in an outbox or on the way, and nothing new has come of it. Throws when it takes too long. */
async function settled({ database, admin, options, groups }: Settling, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let quiet = 0; quiet < 2;) {
    const waiting = await Promise.all(options.publishers.map((publisher) => unpublished(database, publisher)));
    const late = waiting.some((count) => count > 0) ? ['the relay'] : await whoIsBehind(admin, options, groups);
    quiet = late.length === 0 ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new Error(`events are not settled after ${timeoutMs} ms; behind: ${late.join(', ')}`);
    if (quiet < 2) await delay(SETTLE_LOOK_MS);
  }
}

async function whoIsBehind(admin: Admin, options: KafkaBusOptions, groups: readonly Group[]): Promise<string[]> {
  const found = await Promise.all(groups.map(async (group) => ((await behind(admin, options, group)) > 0 ? [group.name] : [])));
  return found.flat();
}

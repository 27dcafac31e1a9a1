/** What events go through in the benchmark: a durable Postgres, a Kafka of one broker, topics as they are declared, and the processes of either contestant. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { kafkaClient } from '@pms/events/kafka/connection';
import { applyTopics } from '@pms/events/kafka/topics';
import { silent } from '@pms/telemetry/logger';
import { startBrokers } from '../../infra/dev/kafka/brokers.ts';
import { type Child, child } from '../child.ts';
import { type Databases, openDatabases } from '../platform/databases.ts';
import { CONSUMER, PUBLISHER } from './facts.ts';
import type { Arrived, Asked } from './messages.ts';

const PARTITIONS = 12;
const RETENTION_MS = 604_800_000;
const WITHIN_MS = 600_000;

export interface Contestant {
  readonly publisher: Child;
  /** Started when it is asked for: a consumer that is away lets lag grow. */
  consumer(): Promise<Child>;
  stop(): Promise<void>;
}

export interface EventsWorld {
  readonly postgresVersion: string;
  readonly databaseUrl: string;
  /** For more of them on the same server. */
  readonly databases: Databases;
  ours(): Promise<Contestant>;
  bare(): Promise<Contestant>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<EventsWorld> {
  const databases: Databases = await openDatabases();
  const brokers = await startBrokers();
  const at = brokers.addresses.join();
  const prefix = `b${randomUUID().slice(0, 8)}.`;
  const databaseUrl = await databases.make();
  const admin = kafkaClient({ brokers: brokers.addresses, prefix, tls: null, login: null }, 'bench', silent).admin();
  await admin.connect();
  const topic = (name: string) => ({ name: `${prefix}${name}`, partitions: PARTITIONS, replicationFactor: 1, config: { 'retention.ms': String(RETENTION_MS) } });
  await applyTopics(admin, [...[PUBLISHER, CONSUMER].flatMap((name) => [topic(`events.${name}`), topic(`dead.${name}`)]), topic(`bare.${PUBLISHER}`)]);
  await admin.disconnect();
  const made = async (program: string, args: readonly string[]): Promise<Contestant> => {
    const started = (role: string): Promise<Child> => child(join(import.meta.dirname, program), [role, ...args], /(\w+) is ready/);
    const all: Child[] = [await started('publisher')];
    return {
      publisher: all[0] as Child, // the one that was just started
      async consumer() {
        const one = await started('consumer');
        all.push(one);
        return one;
      },
      stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
    };
  };
  return {
    postgresVersion: databases.postgresVersion, databaseUrl, databases,
    ours: () => made('ours.ts', [databaseUrl, at, prefix]),
    bare: () => made('bare.ts', [at, prefix]),
    async close() {
      await brokers.stop();
      await databases.close();
    },
  };
}

export const tell = (to: Child, asked: Asked): void => void to.process.send?.(asked);

/** What the process says next. */
export async function heard<T>(from: Child): Promise<T> {
  const [message] = (await once(from.process, 'message', { signal: AbortSignal.timeout(WITHIN_MS) })) as [T];
  return message;
}

/** From when the publisher says that it begins, until the consumer has handled all of them. */
export async function timed(publisher: Child, consumer: Child, asked: Exclude<Asked, { do: 'await' }>): Promise<{ readonly ms: number; readonly arrived: Arrived }> {
  const arriving = heard<Arrived>(consumer);
  tell(consumer, { do: 'await', events: asked.events });
  const beginning = heard<{ readonly begun: number }>(publisher);
  tell(publisher, asked);
  const { begun } = await beginning;
  const arrived = await arriving;
  return { ms: arrived.at - begun, arrived };
}

/** Reads topics from their beginning to their present end, and what poison is on them. */
import { randomUUID } from 'node:crypto';
import { kafkaClient, topicOf } from '@pms/events/kafka/connection';
import { silent } from '@pms/telemetry/logger';
import { POISON_HEADER } from '../faults/poison.ts';
import { type Cluster, PREFIX } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const READ_MS_MAX = 60_000;

export interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  /** Where it is: topic, partition, offset. */
  readonly at: string;
  /** Which kind of poison it is; null for what the platform sent. */
  readonly poison: string | null;
  /** Where a message that was put aside came from; null for any other. */
  readonly place: string | null;
}

export async function messagesOf(brokers: readonly string[], topics: readonly string[]): Promise<Message[]> {
  const kafka = kafkaClient({ brokers, prefix: PREFIX, tls: null, login: null }, 'chaos-check', silent);
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map<string, number>();
  for (const topic of topics)
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) if (Number(high) > Number(low)) ends.set(`${topic} ${String(partition)}`, Number(high));
  const groupId = `chaos-check-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const messages: Message[] = [];
  try {
    if (ends.size === 0) return messages;
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message: { key, value, headers, offset } }) => {
        const place = headers?.['x-pms-offset'] === undefined ? null : ['x-pms-topic', 'x-pms-partition', 'x-pms-offset'].map((name) => String(headers[name])).join(' ');
        const poison = headers?.[POISON_HEADER];
        messages.push({ topic, partition, key: key?.toString() ?? '', value: value?.toString() ?? '', at: `${topic} ${String(partition)} ${offset}`, poison: poison === undefined ? null : String(poison), place });
        const end = `${topic} ${String(partition)}`;
        if (Number(offset) + 1 >= (ends.get(end) ?? 0)) ends.delete(end);
        return Promise.resolve();
      },
    });
    await until(`everything of ${topics.join(', ')} is read`, READ_MS_MAX, () => Promise.resolve(ends.size === 0));
    return messages;
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}

const read = new WeakMap<Cluster, Promise<readonly Message[]>>();

/** All that is on the topics of all domains. Read once: when it is judged nothing more comes. */
export function published(cluster: Cluster): Promise<readonly Message[]> {
  const known = read.get(cluster) ?? messagesOf(cluster.kafkaBrokers, cluster.domains.map((publisher) => topicOf(PREFIX, publisher)));
  read.set(cluster, known);
  return known;
}

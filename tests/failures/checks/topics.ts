/** Reads topics from their beginning to their present end. */
import { randomUUID } from 'node:crypto';
import { kafkaClient } from '@pms/events/kafka/connection';
import { silent } from '@pms/telemetry/logger';
import { PREFIX } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const READ_MS_MAX = 60_000;

export interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly value: string;
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
      eachMessage: async ({ topic, partition, message: { value, headers, offset } }) => {
        const place = headers?.['x-pms-offset'] === undefined ? null : ['x-pms-topic', 'x-pms-partition', 'x-pms-offset'].map((name) => String(headers[name])).join(' ');
        messages.push({ topic, partition, value: value?.toString() ?? '', place });
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

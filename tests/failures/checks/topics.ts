/** Reads a topic from its beginning to its present end. */
import { randomUUID } from 'node:crypto';
import { kafkaClient } from '@pms/events/kafka/connection';
import { silent } from '@pms/telemetry/logger';
import { PREFIX } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const READ_MS_MAX = 60_000;

export interface Message {
  readonly partition: number;
  readonly value: string;
  /** Where a message that was put aside came from; null for any other. */
  readonly place: string | null;
}

export async function messagesOf(brokers: readonly string[], topic: string): Promise<Message[]> {
  const kafka = kafkaClient({ brokers, prefix: PREFIX, tls: null, login: null }, 'chaos-check', silent);
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map((await admin.fetchTopicOffsets(topic)).filter(({ high, low }) => Number(high) > Number(low)).map(({ partition, high }) => [partition, Number(high)]));
  const groupId = `chaos-check-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const messages: Message[] = [];
  try {
    if (ends.size === 0) return messages;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message: { value, headers, offset } }) => {
        const place = headers?.['x-pms-offset'] === undefined ? null : ['x-pms-topic', 'x-pms-partition', 'x-pms-offset'].map((name) => String(headers[name])).join(' ');
        messages.push({ partition, value: value?.toString() ?? '', place });
        if (Number(offset) + 1 >= (ends.get(partition) ?? 0)) ends.delete(partition);
        return Promise.resolve();
      },
    });
    await until(`the whole topic ${topic} is read`, READ_MS_MAX, () => Promise.resolve(ends.size === 0));
    return messages;
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}

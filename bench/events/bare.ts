/** One side of the yardstick, in a process of its own: kafkajs alone, with the settings that ours has, no database, texts that were made beforehand; a consumer that counts. */
import process from 'node:process';
import { kafkaClient } from '@pms/events/kafka/connection';
import { silent } from '@pms/telemetry/logger';
import { factText, type Fact, PUBLISHER } from './facts.ts';
import { nowMs } from './messages.ts';
import { side } from './side.ts';

const ALL_IN_SYNC = -1;
const FETCH_WAIT_MS = 100;
const FETCH_BYTES_MAX = 4 * 1_024 * 1_024;
const [role = '', brokers = '', prefix = ''] = process.argv.slice(2);
const topic = `${prefix}bare.${PUBLISHER}`;
const kafka = kafkaClient({ brokers: brokers.split(','), prefix, tls: null, login: null }, `bench-bare-${role}`, silent);
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
const consumer = kafka.consumer({ groupId: `${prefix}bare`, maxWaitTimeInMs: FETCH_WAIT_MS, maxBytesPerPartition: FETCH_BYTES_MAX });

const { arrived, ready } = side({ make: factText, send: (messages) => producer.send({ topic, acks: ALL_IN_SYNC, messages }) });

if (role === 'publisher') await producer.connect();
else {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 3,
    eachBatch: async ({ batch: { messages } }) => {
      const at = nowMs();
      const delaysMs: number[] = [];
      for (const { value } of messages) {
        if (value?.includes('"paced":true') !== true) continue;
        delaysMs.push(at - (JSON.parse(value.toString()) as { data: Fact }).data.writtenAt);
      }
      arrived(messages.length, delaysMs);
    },
  });
}
ready(role);

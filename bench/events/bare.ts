/** One side of the yardstick, in a process of its own: kafkajs alone, with the settings that ours has, no database, texts that were made beforehand; a consumer that counts. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaClient } from '@pms/events/kafka/connection';
import { silent } from '@pms/telemetry/logger';
import { factText, type Fact, PUBLISHER } from './facts.ts';
import { type Arrived, type Asked, nowMs, type Pace, type Write } from './messages.ts';

const ALL_IN_SYNC = -1;
const FETCH_WAIT_MS = 100;
const FETCH_BYTES_MAX = 4 * 1_024 * 1_024;
const SECOND_MS = 1_000;
/** Sets on their way at once, as many as ours has transactions. */
const SENDERS = 8;
const [role = '', brokers = '', prefix = ''] = process.argv.slice(2);
const topic = `${prefix}bare.${PUBLISHER}`;
const kafka = kafkaClient({ brokers: brokers.split(','), prefix, tls: null, login: null }, `bench-bare-${role}`, silent);
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
const consumer = kafka.consumer({ groupId: `${prefix}bare`, maxWaitTimeInMs: FETCH_WAIT_MS, maxBytesPerPartition: FETCH_BYTES_MAX });
let heard = 0;
let wanted = 0;
let delaysMs: number[] = [];

if (role === 'publisher') await producer.connect();
else {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 3,
    eachBatch: async ({ batch: { messages } }) => {
      const at = nowMs();
      for (const { value } of messages) {
        if (value?.includes('"paced":true') !== true) continue;
        delaysMs.push(at - (JSON.parse(value.toString()) as { data: Fact }).data.writtenAt);
      }
      heard += messages.length;
      told();
    },
  });
}
process.on('message', (asked: Asked) => void obey(asked));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
console.log(`${role} is ready`);

function told(): void {
  if (wanted === 0 || heard < wanted) return;
  const arrived: Arrived = { at: nowMs(), delaysMs };
  process.send?.(arrived);
  heard -= wanted;
  wanted = 0;
  delaysMs = [];
}

async function obey(asked: Asked): Promise<void> {
  if (asked.do === 'await') {
    wanted = asked.events;
    told();
  } else await (asked.do === 'write' ? write(asked) : pace(asked));
}

/** Its clock begins when it says so: what is sent was made before. */
async function write({ events, batch }: Write): Promise<void> {
  const all = Array.from({ length: events }, (_, number) => factText(number, false));
  process.send?.({ begun: nowMs() });
  let next = 0;
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    while (next < events) {
      const from = next;
      next += batch;
      await producer.send({ topic, acks: ALL_IN_SYNC, messages: all.slice(from, from + batch) });
    }
  }));
}

async function pace({ events, perSecond }: Pace): Promise<void> {
  process.send?.({ begun: nowMs() });
  const begun = performance.now();
  for (let number = 0; number < events; number += 1) {
    await delay(Math.max(0, begun + (number * SECOND_MS) / perSecond - performance.now()));
    await producer.send({ topic, acks: ALL_IN_SYNC, messages: [factText(number, true)] });
  }
}

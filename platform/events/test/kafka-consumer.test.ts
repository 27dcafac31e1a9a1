/** What a consumer does with failures of its client, which is a stranger's: a fake one hands a batch over and refuses to commit its offsets. */
import { consume } from '@pms/events/kafka/kafka-consumer';
import { silent } from '@pms/telemetry/logger';
import kafkajs, { type Consumer, type ConsumerRunConfig, type EachBatchPayload } from 'kafkajs';
import { expect, test, vi } from 'vitest';

const exceeded = (cause: Error): Error => new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 10, retryTime: 2_000 });
const told = (type: string): Error => Object.assign(new kafkajs.KafkaJSError(type), { type });

/** Resolves to how often the partition was paused. */
async function handedOver(refusal: Error): Promise<number> {
  let run: ConsumerRunConfig = {};
  const kafka = { subscribe: () => Promise.resolve(), run: (given: ConsumerRunConfig) => Promise.resolve(void (run = given)), commitOffsets: () => Promise.reject(refusal) } as unknown as Consumer; // what is not used is left out
  await consume({
    kafka, name: 'audit', publishers: ['north'], reactions: [{ type: 'north.counted.v1', react: () => Promise.resolve() }], topicOf: (publisher) => `events.${publisher}`, logger: silent,
    handling: { handle: () => Promise.resolve(), retry: () => Promise.resolve(null) }, putAside: () => Promise.resolve(),
  });
  const pause = vi.fn<() => () => void>(() => () => undefined);
  await run.eachBatch?.({
    batch: { topic: 'events.north', partition: 0, messages: [{ key: null, value: Buffer.from('no event'), offset: '7' }] }, pause,
    isRunning: () => true, isStale: () => false, resolveOffset: () => undefined, heartbeat: () => Promise.resolve(),
  } as unknown as EachBatchPayload);
  return pause.mock.calls.length;
}

test.each(['NOT_COORDINATOR_FOR_GROUP', 'REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])('%s is told to the client as it was said, so that it joins the group again', async (type) => {
  const said = told(type);
  await expect(handedOver(exceeded(said))).rejects.toBe(said);
  await expect(handedOver(said)).rejects.toBe(said);
});

test('a partition waits when its offset cannot be committed for another reason', async () => {
  expect(await handedOver(exceeded(told('REQUEST_TIMED_OUT')))).toBe(1);
  expect(await handedOver(new Error('the database is away'))).toBe(1);
});

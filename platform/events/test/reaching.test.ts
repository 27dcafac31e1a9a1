/** Starting while brokers are away: what is a stranger's is a fake here, which says when it is asked. */
import { begunAgain, brokersAway, inOrder, untilBrokersAnswer } from '@pms/events/kafka/reaching';
import { kafkaClient } from '@pms/events/kafka/connection';
import type { Logger } from '@pms/telemetry/logger';
import { silent } from '@pms/telemetry/logger';
import kafkajs, { type Consumer } from 'kafkajs';
import { expect, test, vi } from 'vitest';

const timedOut = (): Error => new kafkajs.KafkaJSRequestTimeoutError('Request Metadata(key: 3, version: 6) timed out', { broker: 'kafka:9092', clientId: 'test', correlationId: 1, createdAt: 0, sentAt: 0, pendingDuration: 0 });
const refused = (): Error => new kafkajs.KafkaJSNonRetriableError('SASL PLAIN authentication failed');

function world() {
  const said: string[] = [];
  const ending = new AbortController();
  const logger = { ...silent, warn: (_: object, text: string) => void said.push(text), error: (_: object, text: string) => void said.push(text) } as unknown as Logger; // the two that are used
  return { said, ending, reaching: { logger, ended: ending.signal } };
}

/** Fails with each of the problems, then succeeds. */
function failing(...problems: readonly Error[]) {
  const left = [...problems];
  return vi.fn<() => Promise<void>>(async () => {
    const problem = left.shift();
    await Promise.resolve();
    if (problem !== undefined) throw problem;
  });
}

test('a start goes on without brokers, says so, and does what is left once they answer, in order and once', async () => {
  const { said, reaching } = world();
  const [first, second, third] = [failing(), failing(timedOut(), new kafkajs.KafkaJSConnectionError('connect ECONNREFUSED')), failing()];
  const { later } = await inOrder([first, second, third], reaching);
  expect([first.mock.calls.length, third.mock.calls.length]).toEqual([1, 0]);
  await later;
  expect([first.mock.calls.length, second.mock.calls.length, third.mock.calls.length]).toEqual([1, 3, 1]);
  expect(said).toEqual(['Kafka does not answer: the process works without it, and events wait until it does', 'Kafka does not answer: trying again']);
});

test('a start ends with what no waiting mends: a refused login', async () => {
  const { reaching } = world();
  await expect(inOrder([failing(refused())], reaching)).rejects.toThrow('SASL PLAIN authentication failed');
  await expect(untilBrokersAnswer(failing(timedOut(), refused()), reaching)).rejects.toThrow('SASL PLAIN authentication failed');
});

test('nobody waits for brokers any more once the process ends', async () => {
  const { ending, reaching } = world();
  const { later } = await inOrder([failing(...Array.from({ length: 1_000 }, timedOut))], reaching);
  ending.abort();
  await later;
  const hanging = untilBrokersAnswer(() => new Promise(() => undefined), { ...reaching, ended: AbortSignal.abort() });
  await hanging;
});

test('what the client gave up after many attempts is away, and what it would never try again is not', () => {
  const retries = (cause: Error): Error => new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 10, retryTime: 2_000 });
  expect([timedOut(), retries(timedOut()), new Error('The topics could not be applied', { cause: timedOut() })].map(brokersAway)).toEqual([true, true, true]);
  expect([refused(), retries(refused()), new Error('no'), 'no', null].map(brokersAway)).toEqual([false, false, false, false, false]);
});

test('a consumer that its client gives up begins again, and one that begins again by itself is left alone', async () => {
  const { said, reaching } = world();
  const { events } = kafkaClient({ brokers: ['127.0.0.1:1'], prefix: '', tls: null, login: null }, 'test', silent).consumer({ groupId: 'test' });
  let crash: (event: object) => void = () => undefined;
  const consumer = { events, on: (name: string, listener: typeof crash) => { if (name === events.CRASH) crash = listener; } } as unknown as Consumer; // the two that are used
  const begin = failing();
  begunAgain(consumer, begin, reaching, 0);
  crash({ payload: { restart: true, error: timedOut(), groupId: 'pms.audit' } });
  expect(said).toEqual([]);
  crash({ payload: { restart: false, error: new Error('UNKNOWN'), groupId: 'pms.audit' } });
  await vi.waitFor(() => expect(begin).toHaveBeenCalledTimes(1));
  expect(said).toEqual(['a consumer was given up: it begins again']);
});

/** Sending through a client that is a stranger's: a fake one shows when it is asked. */
import { producing } from '@pms/events/kafka/producing';
import type { Producer, ProducerRecord, RecordMetadata } from 'kafkajs';
import { expect, test } from 'vitest';

interface Asked { readonly producer: number; readonly topic: string; answer(): void; fail(): void }

function client() {
  const asked: Asked[] = [];
  let made = 0;
  const producer = (): Producer => {
    const number = (made += 1);
    return {
      connect: () => Promise.resolve(), disconnect: () => Promise.resolve(),
      send: ({ topic }: ProducerRecord) => new Promise<RecordMetadata[]>((resolve, reject) => void asked.push({ producer: number, topic, answer: () => resolve([]), fail: () => reject(new Error('no answer')) })),
    } as unknown as Producer; // what is not used here is left out
  };
  return { asked, sending: producing({ producer }), turn: () => new Promise((resolve) => setImmediate(resolve)) };
}

const batch = (topic: string): ProducerRecord => ({ topic, messages: [{ value: 'event' }] });

test('a batch is not sent before the one before it to the same topic is answered, and other topics do not wait', async () => {
  const { asked, sending, turn } = client();
  const sent = [sending.send(batch('a')), sending.send(batch('a')), sending.send(batch('b'))];
  await turn();
  expect(asked.map(({ topic }) => topic)).toEqual(['a', 'b']);
  asked[0]?.answer();
  await turn();
  expect(asked.map(({ topic }) => topic)).toEqual(['a', 'b', 'a']);
  asked.slice(1).forEach((one) => one.answer());
  await Promise.all(sent);
});

test('what comes after a batch that failed goes through another producer', async () => {
  const { asked, sending, turn } = client();
  const [first, second] = [sending.send(batch('a')), sending.send(batch('a'))];
  await turn();
  asked[0]?.fail();
  await expect(first).rejects.toThrow('no answer');
  await turn();
  expect(asked.map(({ producer }) => producer)).toEqual([1, 2]);
  asked[1]?.answer();
  await second;
});

/** Sending through a client that is a stranger's: a fake one shows when it is asked, and the true one meets brokers that do what it does not expect. */
import { kafkaClient } from '@pms/events/kafka/connection';
import { producing } from '@pms/events/kafka/producing';
import { silent } from '@pms/telemetry/logger';
import kafkajs, { type PartitionMetadata, type Producer, type ProducerConfig, type ProducerRecord, type RecordMetadata } from 'kafkajs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Script, type ScriptedBrokers, scriptedBrokers } from './scripted-brokers.ts';

describe('a client that is asked', () => {
  const partitions = (count: number): PartitionMetadata[] => Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }) as PartitionMetadata); // what is not looked at is left out
  interface Asked { readonly producer: number; readonly topic: string; readonly partitions: readonly number[]; answer(from?: Partial<RecordMetadata>): void; tryAgain(): readonly number[]; fail(): void }

  function client() {
    const asked: Asked[] = [];
    const gone: number[] = [];
    let made = 0;
    let metadata = partitions(4);
    const producer = ({ createPartitioner }: ProducerConfig = {}): Producer => {
      const number = (made += 1);
      const partitioner = createPartitioner?.();
      return {
        connect: () => Promise.resolve(), disconnect: () => Promise.resolve(void gone.push(number)),
        send: ({ topic, messages }: ProducerRecord) => new Promise<RecordMetadata[]>((resolve, reject) => {
          const placed = (): number[] => messages.map((message) => partitioner?.({ topic, message, partitionMetadata: metadata }) ?? -1);
          const first = placed();
          const answer = (from: Partial<RecordMetadata> = {}): void => resolve(first.map((partition) => ({ topicName: topic, partition, errorCode: 0, ...from })));
          asked.push({ producer: number, topic, partitions: first, answer, tryAgain: placed, fail: () => reject(new Error('no answer')) });
        }),
      } as unknown as Producer; // what is not used here is left out
    };
    return { asked, gone, grow: (count: number) => { metadata = partitions(count); }, sending: producing({ producer }), turn: () => new Promise((resolve) => setImmediate(resolve)) };
  }
  const batch = (topic: string, ...keys: string[]): ProducerRecord => ({ topic, messages: keys.length === 0 ? [{ value: 'event' }] : keys.map((key) => ({ key, value: 'event' })) });

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

  test('what comes after a batch that was tried more than once goes through another producer, and the first ends when it has nothing under way', async () => {
    const { asked, gone, sending, turn } = client();
    const [other, first, second] = [sending.send(batch('b')), sending.send(batch('a')), sending.send(batch('a'))];
    await turn();
    asked[1]?.tryAgain();
    asked[1]?.answer();
    await first;
    await turn();
    expect(asked.map(({ producer }) => producer)).toEqual([1, 1, 2]);
    expect(gone).toEqual([]);
    asked[0]?.answer();
    await other;
    expect(gone).toEqual([1]);
    asked[2]?.answer();
    await second;
    expect(gone).toEqual([1]);
  });

  test('a key goes to the partition that the client gives it, now and later, also when the topic has got more of them, and not where a message names its own', async () => {
    const { asked, grow, sending, turn } = client();
    const keys = Array.from({ length: 40 }, (_, number) => `prt_${number}`);
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    const chosen = (count: number): number[] => keys.map((key) => choose({ topic: 'a', message: { key, value: 'event' }, partitionMetadata: partitions(count) }));
    const sent = async (record: ProducerRecord): Promise<readonly number[] | undefined> => {
      const own = sending.send(record);
      await turn();
      asked.at(-1)?.answer();
      await own;
      return asked.at(-1)?.partitions;
    };
    for (const count of [4, 4, 12]) {
      grow(count);
      expect(await sent(batch('a', ...keys))).toEqual(chosen(count));
    }
    expect(await sent({ topic: 'a', messages: [{ key: 'prt_0', value: 'event', partition: 9 }, { key: 'prt_0', value: 'event', partition: 10 }] })).toEqual([9, 10]);
  });

  test('a message without a key stays where it was put when it is tried again', async () => {
    const { asked, sending, turn } = client();
    const sent = sending.send({ topic: 'a', messages: [{ value: 'one' }, { value: 'two' }, { value: 'three' }] });
    await turn();
    expect(new Set(asked[0]?.partitions).size).toBe(3);
    expect(asked[0]?.tryAgain()).toEqual(asked[0]?.partitions);
    asked[0]?.answer();
    await sent;
  });

  test('a batch is not sent when its answer has an error in it, although the client takes it for sent', async () => {
    const { asked, sending, turn } = client();
    const sent = sending.send(batch('a', 'key'));
    await turn();
    asked[0]?.answer({ errorCode: 19 });
    await expect(sent).rejects.toThrow(/no broker answered for partition \d of a/);
  });
});

describe('brokers that change while they are sent to', () => {
  const opened: ScriptedBrokers[] = [];
  afterEach(async () => { for (const one of opened.splice(0)) await one.close(); });

  const against = async (script: Omit<Script, 'topic'>) => {
    const brokers = await scriptedBrokers({ topic: 'events', ...script });
    opened.push(brokers);
    const sending = producing(kafkaClient({ brokers: brokers.addresses, prefix: '', tls: null, login: null }, 'test', silent));
    await sending.connect();
    return { brokers, sending };
  };
  const both = { topic: 'events', messages: [{ partition: 0, value: 'a' }, { partition: 1, value: 'b' }] };

  test('a partition that moves to a broker that has answered already is not taken for sent, and is sent the next time', async () => {
    let moves = 1;
    const { brokers, sending } = await against({
      leaders: [1, 2],
      async beforeTaking({ node }) {
        if (node !== 1 || moves === 0) return;
        moves -= 1;
        await brokers.answered(1);
        brokers.lead(0, 2);
      },
    });
    await expect(sending.send(both)).rejects.toThrow('no broker answered for partition 0 of events');
    expect([brokers.log(0), brokers.log(1)]).toEqual([[], ['b']]);
    await sending.send(both);
    expect([brokers.log(0), brokers.log(1)]).toEqual([['a'], ['b', 'b']]);
    await sending.disconnect();
  });

  test('a batch whose answer is lost is written once, and those behind it are written too', async () => {
    let losses = 1;
    const { brokers, sending } = await against({ leaders: [1], afterTaking: () => (losses -= 1) < 0 });
    for (const value of ['a', 'b', 'c']) await sending.send({ topic: 'events', messages: [{ partition: 0, value }] });
    expect(brokers.log(0)).toEqual(['a', 'b', 'c']);
    await sending.disconnect();
  });
});

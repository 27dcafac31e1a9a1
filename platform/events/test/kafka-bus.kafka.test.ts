/** The contract of a bus over a real Kafka; and what only Kafka can do wrong: messages that are no events, brokers that end, users that are not known. */
import { randomUUID } from 'node:crypto';
import type { Bus } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { kafkaClient, type KafkaSettings } from '@pms/events/kafka/connection';
import { kafkaBus } from '@pms/events/kafka/kafka-bus';
import { type Listening, listening, type ListeningOptions } from '@pms/events/kafka/listening';
import { applyTopics, declaredTopics } from '@pms/events/kafka/topics';
import { notifications } from '@pms/events/notifications';
import { pgPeers } from '@pms/events/pg-peers';
import { silent } from '@pms/telemetry/logger';
import type { KafkaMessage } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Brokers, noKafka, startBrokers } from '../../../infra/dev/kafka/brokers.ts';
import { busContract } from './bus-contract.ts';
import { fact, publishers, world, type World } from './world.ts';

const absent = await noKafka();
const LONG_MS = 120_000;
/** A third of what it is elsewhere: a process that is gone holds its partitions for as long. */
const SESSION_MS = 10_000;

const declared = (prefix: string, partitions = 4) => declaredTopics({
  defaults: { partitions, replicationFactor: 3, config: { 'retention.ms': 3_600_000 } },
  topics: publishers.flatMap((name) => [{ name: `events.${name}` }, { name: `dead.${name}`, partitions: 1 }]),
}, prefix);

const settingsFor = (brokers: Brokers): KafkaSettings => ({ brokers: brokers.addresses, prefix: `t${randomUUID().slice(0, 8)}.`, tls: null, login: null });

async function withTopics(settings: KafkaSettings): Promise<void> {
  const admin = kafkaClient(settings, 'test', silent).admin();
  await admin.connect();
  await applyTopics(admin, declared(settings.prefix));
  await admin.disconnect();
}

async function busOf({ database, url }: World, settings: KafkaSettings): Promise<Bus> {
  const peers = pgPeers(await notifications(url, silent));
  const bus = kafkaBus({ settings, database, publishers, carries: publishers, logger: silent, holds: (group) => peers.holds(`retry ${group}`), clientId: 'test', sessionMs: SESSION_MS });
  return {
    ...bus,
    async close() {
      await bus.close();
      await peers.close();
    },
  };
}

describe.skipIf(absent !== null)('over Kafka', () => {
  let brokers: Brokers;
  let settings: KafkaSettings;
  beforeAll(async () => { brokers = await startBrokers(); }, LONG_MS * 3);
  afterAll(() => brokers.stop());
  beforeEach(async () => {
    settings = settingsFor(brokers);
    await withTopics(settings);
  }, LONG_MS);

  busContract('Kafka', { make: (w) => busOf(w, settings) });

  describe('what only Kafka can do', () => {
    let w: World;
    const buses: Bus[] = [];
    const seen: number[] = [];
    beforeEach(async () => { w = await world(() => buses.forEach((bus) => bus.wake())); });
    afterEach(async () => {
      for (const bus of buses.splice(0)) await bus.close();
      seen.length = 0;
      await w.end();
    });
    const react = async ({ id, data }: Event): Promise<void> => w.southWest(async (unit) => {
      if (await unit.firstSight(id)) seen.push((data as { value: number }).value);
    });
    const started = async (): Promise<Bus> => {
      const bus = await busOf(w, settings);
      buses.push(bus);
      bus.subscribe('south-west', [{ type: 'north.counted.v1', react }]);
      await bus.start();
      return bus;
    };
    const tell = (...events: Event[]): Promise<void> => w.north((unit) => unit.outbox.add(events));
    const earOf = (over: Partial<ListeningOptions>): Listening => listening({ settings, publishers, name: 'ear', logger: silent, began: () => Promise.resolve(), heard: () => Promise.resolve(), ...over });
    /** The first so many of a topic. */
    const messagesOf = async (topic: string, count: number): Promise<readonly KafkaMessage[]> => {
      const consumer = kafkaClient(settings, 'reader', silent).consumer({ groupId: `${settings.prefix}reader`, maxWaitTimeInMs: 100 });
      const messages: KafkaMessage[] = [];
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
      await vi.waitFor(() => expect(messages).toHaveLength(count), { timeout: LONG_MS });
      await consumer.disconnect();
      return messages;
    };

    test('a message that is no event is put aside with why, and those behind it go on', async () => {
      const producer = kafkaClient(settings, 'stranger', silent).producer();
      await producer.connect();
      await producer.send({ topic: `${settings.prefix}events.north`, messages: [{ key: 'a', value: 'no JSON' }, { key: 'a', value: '{"specversion":"1.0"}' }] });
      await producer.disconnect();
      const bus = await started();
      await tell(fact('a', 1));
      await bus.settled();
      expect(seen).toEqual([1]);
      const reasons = (await messagesOf(`${settings.prefix}dead.south-west`, 2)).map(({ headers }) => String(headers?.['x-pms-reason']));
      expect(reasons).toEqual(['the message is not JSON', expect.stringContaining('no CloudEvent of ours: id')]);
    }, LONG_MS);

    test('an event that needs another publisher’s of its key does not hold that up, whichever has the later place', async () => {
      const opened = new Set<string>();
      const bus = await busOf(w, settings);
      buses.push(bus);
      bus.subscribe('south-west', [
        { type: 'north.counted.v1', react: (event) => (opened.has(event.key) ? react(event) : Promise.reject(new Error('not known yet'))) },
        { type: 'south-west.opened.v1', react: async ({ key }) => void opened.add(key) },
      ]);
      await bus.start();
      await w.southWest((unit) => unit.outbox.add(Array.from({ length: 10 }, (_, n) => fact(`other-${String(n)}`, n, 'south-west.opened.v1'))));
      await tell(fact('a', 1), fact('a', 2));
      await vi.waitFor(async () => expect((await w.database.query('select 1 from bus.parked_event where attempts > 1')).rows).toHaveLength(1), { timeout: LONG_MS });
      await w.southWest((unit) => unit.outbox.add([fact('a', 0, 'south-west.opened.v1')]));
      await vi.waitFor(() => expect(seen).toEqual([1, 2]), { timeout: LONG_MS, interval: 50 });
    }, LONG_MS);

    test('an event is a CloudEvent that others can read', async () => {
      const bus = await started();
      const told = fact('portfolio-1', 7);
      await tell(told);
      await bus.settled();
      const [message] = await messagesOf(`${settings.prefix}events.north`, 1);
      const read = { key: String(message?.key), type: String(message?.headers?.['content-type']), value: JSON.parse(String(message?.value)) as unknown };
      expect(read).toMatchObject({
        key: 'portfolio-1', type: 'application/cloudevents+json; charset=UTF-8',
        value: { specversion: '1.0', id: told.id, source: '/pms/north', type: 'north.counted.v1', subject: 'portfolio-1', time: told.occurredAt, sequence: '1', organizationid: 'org_1', correlationid: 'req_1', data: { value: 7 } },
      });
    }, LONG_MS);

    test('a dead letter is told of on the topic of its consumer', async () => {
      const bus = await busOf(w, settings);
      buses.push(bus);
      bus.subscribe('south-west', [{ type: 'north.counted.v1', react: () => Promise.reject(new Error('the ledger is closed')) }]);
      await bus.start();
      const faulty = fact('a', 1);
      await tell(faulty);
      await bus.settled();
      await w.database.query('update bus.parked_event set attempts = 11, next_attempt_at = now() where event_id = $1', [faulty.id]);
      const [message] = await messagesOf(`${settings.prefix}dead.south-west`, 1);
      expect([JSON.parse(String(message?.value)), String(message?.headers?.['x-pms-reason'])]).toEqual([expect.objectContaining({ id: faulty.id, data: { value: 1 } }), 'the ledger is closed']);
      expect(await bus.replay({ from: new Date(Date.now() + 60_000) })).toBe(0);
      expect(await bus.replay({ from: new Date(Date.now() - 60_000) })).toBe(1);
    }, LONG_MS);

    test('events of one key that are too large to go together go one after another, in order', async () => {
      await started();
      const large = (value: number): Event => ({ ...fact('a', value), data: { value, text: 'x'.repeat(400_000) } });
      await tell(...[0, 1, 2, 3, 4].map(large));
      await vi.waitFor(() => expect(seen).toEqual([0, 1, 2, 3, 4]), { timeout: LONG_MS, interval: 100 });
    }, LONG_MS);

    test('a broker that ends and comes back loses nothing and doubles nothing; who only listens knows that it may have missed something', async () => {
      const bus = await started();
      await tell(fact('a', 0));
      await bus.settled();
      let began = 0;
      const ear = earOf({ began: async () => void (began += 1) });
      await vi.waitFor(() => expect(ear.hears()).toBe(true), { timeout: LONG_MS });
      await brokers.kill(0);
      await vi.waitFor(() => expect(ear.hears()).toBe(false), { timeout: LONG_MS });
      for (let value = 1; value < 20; value += 1) await tell(fact('a', value)); // committed all the same
      await brokers.start(0);
      await vi.waitFor(() => expect(seen).toHaveLength(20), { timeout: LONG_MS, interval: 100 });
      expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
      await vi.waitFor(() => expect(ear.hears()).toBe(true), { timeout: LONG_MS });
      expect(began).toBeGreaterThan(1);
      await ear.close();
    }, LONG_MS * 2);

    test('who only listens hears everything from then on, each by itself', async () => {
      await started();
      await tell(fact('a', 1));
      await vi.waitFor(() => expect(seen).toEqual([1]), { timeout: LONG_MS });
      const heard: number[][] = [[], []];
      const ears = heard.map((values) => earOf({ heard: async (events) => void values.push(...events.map(({ data }) => (data as { value: number }).value)) }));
      try {
        await vi.waitFor(() => expect(ears.map((ear) => ear.hears())).toEqual([true, true]), { timeout: LONG_MS });
        await tell(fact('a', 2), fact('b', 3));
        await vi.waitFor(() => expect(heard.map((values) => new Set(values))).toEqual([new Set([2, 3]), new Set([2, 3])]), { timeout: LONG_MS });
      } finally {
        for (const ear of ears) await ear.close();
      }
      expect(ears.map((ear) => ear.hears())).toEqual([false, false]);
    }, LONG_MS);

    test('topics are made once; other settings are brought in line, and what would move keys is refused by name', async () => {
      const admin = kafkaClient(settings, 'test', silent).admin();
      await admin.connect();
      expect(await applyTopics(admin, declared(settings.prefix))).toEqual({ made: [], changed: [], refused: [], asDeclared: 4 });
      const [first] = declared(settings.prefix);
      const { changed, refused } = await applyTopics(admin, [{ ...first!, partitions: 6, config: { ...first!.config, 'retention.ms': '7200000' } }]);
      expect(changed).toEqual([`${settings.prefix}events.north retention.ms: 3600000 → 7200000`]);
      expect(refused).toEqual([expect.stringContaining('has 4 partitions and is declared with 6')]);
      expect((await applyTopics(admin, [{ ...first!, config: { ...first!.config, 'retention.ms': '7200000' } }])).changed).toEqual([]);
      await admin.disconnect();
    }, LONG_MS);
  });
});

describe.skipIf(absent !== null)('a broker that asks who is there', () => {
  let brokers: Brokers;
  beforeAll(async () => { brokers = await startBrokers({ user: { name: 'pms', password: 'right' } }); }, LONG_MS * 3);
  afterAll(() => brokers.stop());

  test('lets in who logs in, and says so to who does not', async () => {
    const base = settingsFor(brokers);
    const known = { ...base, login: { mechanism: 'plain', username: 'pms', password: 'right' } } as const;
    const stranger = kafkaClient({ ...base, login: { ...known.login, password: 'wrong' } }, 'test', silent).admin();
    await expect(stranger.connect()).rejects.toThrow(/[Aa]uthentication failed/);
    await stranger.disconnect();
    await withTopics(known);
    const admin = kafkaClient(known, 'test', silent).admin();
    await admin.connect();
    expect(await admin.listTopics()).toContain(`${base.prefix}events.north`);
    await admin.disconnect();
  }, LONG_MS);
});

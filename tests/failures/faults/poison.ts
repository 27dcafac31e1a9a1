/**
 * What is no event, on a topic of events: it has to be put aside, with why, and nothing behind it may wait. And an event whose content nobody can use:
 * it holds up the events of its key alone, which is its own here, and ends as a dead letter.
 */
import { randomUUID } from 'node:crypto';
import { kafkaClient, topicOf } from '@pms/events/kafka/connection';
import { sourceOf } from '@pms/events/kafka/cloud-event';
import { silent } from '@pms/telemetry/logger';
import { PREFIX } from '../support/cluster.ts';
import type { Fault } from './fault.ts';

export const POISON_KEY = 'poison-';
const publishers = ['portfolio', 'trade-capture', 'validation', 'transactional', 'rttm'] as const;
const envelope = { specversion: '1.0', id: 'evt_poison', type: 'trade-capture.trade-captured.v1', source: '/pms/trade-capture', subject: 'poison-noise', time: '2026-01-01T00:00:00Z', organizationid: 'org_poison', actor: 'nobody', correlationid: 'poison', sequence: '1', data: {} };
/** The last three are events by their form, which no database could keep. */
const NOISE = ['', 'no event', '{"specversion":"1.0"}', '[1,2,3]', '{"specversion":"1.0","id":"","type":"x"', '\u0000\u0001\u0002', 'null',
  JSON.stringify({ ...envelope, data: { text: 'a\u0000b' } }), JSON.stringify({ ...envelope, sequence: '99999999999999999999' }), JSON.stringify({ ...envelope, subject: 'k'.repeat(5_000) }),
] as const;

/** The messages that are no events, by topic: each of those who hear of the topic puts each of them aside. */
export const poisoned = new Map<string, number>();
/** Keys of the events that nobody can use. */
export const unusableKeys = new Set<string>();
/** Their ids: no domain ever said them, and the proof of the audit trail has to say so of each. */
export const forgedEvents = new Set<string>();

export const poison: Fault = {
  name: 'poison',
  part: 'events',
  async inject({ cluster, random }) {
    const publisher = random.pick(publishers);
    const topic = topicOf(PREFIX, publisher);
    const noise = Array.from({ length: random.whole(1, 5) }, () => ({ key: `${POISON_KEY}${randomUUID()}`, value: random.pick(NOISE) }));
    const key = `${POISON_KEY}${randomUUID()}`;
    const id = `evt_${randomUUID()}`;
    const unusable = JSON.stringify({
      specversion: '1.0', id, type: 'trade-capture.trade-captured.v1', source: sourceOf('trade-capture'), subject: key, time: new Date().toISOString(),
      organizationid: 'org_poison', actor: 'nobody', correlationid: 'poison', sequence: String(random.whole(1_000_000_000, 2_000_000_000)), data: { not: 'a trade' },
    });
    const producer = kafkaClient({ brokers: cluster.kafkaBrokers, prefix: PREFIX, tls: null, login: null }, 'chaos-poison', silent).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      await producer.send({ topic, acks: -1, messages: noise });
      poisoned.set(publisher, (poisoned.get(publisher) ?? 0) + noise.length);
      await producer.send({ topic: topicOf(PREFIX, 'trade-capture'), acks: -1, messages: [{ key, value: unusable }] });
      unusableKeys.add(key);
      forgedEvents.add(id);
    } finally {
      await producer.disconnect();
    }
    return `${String(noise.length)} messages that are no events on ${topic}, and one event that nobody can use`;
  },
};

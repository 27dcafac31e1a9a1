/**
 * What is no event, on a topic of events: it has to be put aside, with why, and nothing behind it may wait. And an event whose content nobody can use:
 * it holds up the events of its key alone, which is its own here, and ends as a dead letter.
 */
import { randomUUID } from 'node:crypto';
import { sourceOf } from '@pms/events/kafka/cloud-event';
import { topicOf } from '@pms/events/kafka/connection';
import { PREFIX } from '../support/cluster.ts';
import { type EventMessage, sendTo } from '../support/sending.ts';
import type { Fault } from './fault.ts';

export const POISON_KEY = 'poison-';
const publishers = ['portfolio', 'trade-capture', 'validation', 'transactional', 'rttm'] as const;
const envelope = { specversion: '1.0', id: 'evt_poison', type: 'trade-capture.trade-captured.v1', source: '/pms/trade-capture', subject: 'poison-noise', time: '2026-01-01T00:00:00Z', organizationid: 'org_poison', actor: 'nobody', correlationid: 'poison', sequence: '1', data: {} };
/** The last three are events by their form, which no database could keep. */
const NOISE = ['', 'no event', '{"specversion":"1.0"}', '[1,2,3]', '{"specversion":"1.0","id":"","type":"x"', '\u0000\u0001\u0002', 'null',
  JSON.stringify({ ...envelope, data: { text: 'a\u0000b' } }), JSON.stringify({ ...envelope, sequence: '99999999999999999999' }), JSON.stringify({ ...envelope, subject: 'k'.repeat(5_000) }),
] as const;

/** Marks what is poison, and of which kind: what arrived is told by the topics, since a send that was not answered may have arrived as well, and twice. */
export const POISON_HEADER = 'x-chaos-poison';
export type Poison = 'noise' | 'unusable';
/** Keys of all that brokers confirmed: it has to be there. */
export const confirmedPoison = new Set<string>();

export const poison: Fault = {
  name: 'poison',
  part: 'events',
  async inject({ cluster, random }) {
    const publisher = random.pick(publishers);
    const topic = topicOf(PREFIX, publisher);
    const noise = Array.from({ length: random.whole(1, 5) }, () => ({ key: `${POISON_KEY}${randomUUID()}`, value: random.pick(NOISE) }));
    const key = `${POISON_KEY}${randomUUID()}`;
    const unusable = JSON.stringify({
      specversion: '1.0', id: `evt_${randomUUID()}`, type: 'trade-capture.trade-captured.v1', source: sourceOf('trade-capture'), subject: key, time: new Date().toISOString(),
      organizationid: 'org_poison', actor: 'nobody', correlationid: 'poison', sequence: String(random.whole(1_000_000_000, 2_000_000_000)), data: { not: 'a trade' },
    });
    const marked = (kind: Poison, messages: readonly EventMessage[]): EventMessage[] => messages.map((message) => ({ ...message, headers: { [POISON_HEADER]: kind } }));
    await sendTo(cluster, 'chaos-poison', [
      { topic, messages: marked('noise', noise) },
      { topic: topicOf(PREFIX, 'trade-capture'), messages: marked('unusable', [{ key, value: unusable }]) },
    ]);
    for (const sent of [...noise, { key }]) confirmedPoison.add(sent.key);
    return `${String(noise.length)} messages that are no events on ${topic}, and one event that nobody can use`;
  },
};

/** No event is missing: each is on its topic, in order for its key, and each of those who hear of it has handled it. Nothing is parked, and no letter dead but what was poisoned. */
import { eventIn } from '@pms/events/kafka/cloud-event';
import { deadTopicOf, topicOf } from '@pms/events/kafka/connection';
import { schemaOf } from '@pms/events/sql';
import type { Violation } from '../load/recorded.ts';
import { confirmedPoison, POISON_KEY } from '../faults/poison.ts';
import { databaseNow, PREFIX } from '../support/cluster.ts';
import { session } from '../support/postgres.ts';
import type { Check } from './subject.ts';
import { type Message, messagesOf, published } from './topics.ts';

const SHOWN_MAX = 20;
/** What a consumer hears and has nothing to do with, so that it leaves no mark: cash of trades is counted by the trades themselves. */
const PASSED_OVER = `(e.type = 'transactional.cash-moved.v1' and e.data->>'kind' in ('TRADE', 'REVERSAL', 'SETTLEMENT'))`;

export const eventsHandled: Check = {
  name: 'every event of every outbox was handled by everyone who hears its type (inbox)',
  find: ({ cluster, hearing }) => session(databaseNow(cluster), async (client) => {
    const violations: Violation[] = [];
    for (const { consumer, types, publishers } of hearing)
      for (const publisher of publishers) {
        const { rows } = await client.query<{ id: string; type: string; key: string }>(
          `select id, type, key from ${schemaOf(publisher)}.outbox_event e where ($1 or type = any($2)) and ($1 or not ${PASSED_OVER}) and not exists (select from ${schemaOf(consumer)}.inbox_event i where i.id = e.id) limit ${String(SHOWN_MAX)}`,
          [types.includes('*'), types]);
        violations.push(...rows.map(({ id, type, key }) => ({ name: 'event not handled', detail: `${consumer} has not handled ${type} ${id} of ${key}` })));
      }
    return violations;
  }),
};

export const eventsOnTopics: Check = {
  name: 'every event of every outbox is on its topic, in order for its key',
  find: ({ cluster }) => session(databaseNow(cluster), async (client) => {
    const violations: Violation[] = [];
    const messages = Map.groupBy(await published(cluster), ({ topic }) => topic);
    for (const publisher of cluster.domains) {
      const { rows } = await client.query<{ seq: string; id: string; key: string }>(`select seq, id, key from ${schemaOf(publisher)}.outbox_event order by seq`);
      const there = (messages.get(topicOf(PREFIX, publisher)) ?? []).flatMap(({ value, partition }) => {
        const event = eventOr(value);
        return event === null ? [] : [{ ...event, partition }];
      });
      violations.push(...judgeTopic(publisher, rows, there));
    }
    return violations;
  }),
};

function eventOr(value: string): { readonly id: string; readonly key: string } | null {
  try {
    const { event: { id, key } } = eventIn(value);
    return { id, key };
  } catch {
    return null; // poison
  }
}

interface Told { readonly seq: string; readonly id: string; readonly key: string }
interface Placed { readonly id: string; readonly key: string; readonly partition: number }

/** `rows` in the order of the outbox, `there` in the order of each partition: of what is there more than once the first counts. */
export function judgeTopic(publisher: string, rows: readonly Told[], there: readonly Placed[]): Violation[] {
  const first = new Map<string, { at: number; partition: number }>();
  there.forEach(({ id, partition }, at) => { if (!first.has(id)) first.set(id, { at, partition }); });
  const violations: Violation[] = [];
  for (const [key, of] of Map.groupBy(rows, (row) => row.key)) {
    let before: { at: number; partition: number } | undefined;
    for (const { id, seq } of of) {
      const place = first.get(id);
      if (place === undefined) violations.push({ name: 'event not on its topic', detail: `${publisher} ${seq} ${id} of ${key}` });
      else if (before !== undefined && place.partition !== before.partition) violations.push({ name: 'key on two partitions', detail: `${publisher} ${key}` });
      else if (before !== undefined && place.at < before.at) violations.push({ name: 'events out of order', detail: `${publisher} ${seq} ${id} of ${key} stands before one that happened earlier` });
      before = place ?? before;
    }
  }
  return violations;
}

export const nothingParked: Check = {
  name: 'no event is held back and no letter is dead, but those that nobody can use, each of which holds its own key alone',
  find: ({ cluster }) => session(databaseNow(cluster), async (client) => {
    const { rows } = await client.query<{ consumer: string; key: string; dead: boolean; error: string; type: string }>(
      `select consumer, key, dead, error, event->>'type' as type from bus.parked_event where not starts_with(key, $1) limit ${String(SHOWN_MAX)}`, [POISON_KEY]);
    const { rows: unusable } = await client.query<{ key: string }>('select key from bus.parked_event where starts_with(key, $1) and consumer = $2', [POISON_KEY, 'validation']);
    const held = new Set(unusable.map(({ key }) => key));
    const sent = new Set((await published(cluster)).filter(({ poison }) => poison === 'unusable').map(({ key }) => key));
    return [
      ...rows.map(({ consumer, key, dead, error, type }) => ({ name: dead ? 'dead letter' : 'event held back', detail: `${type} of ${key} for ${consumer}: ${error}` })),
      ...[...sent].filter((key) => !held.has(key)).map((key) => ({ name: 'unusable event is gone', detail: `validation could not use the event of ${key}, and does not hold it` })),
    ];
  }),
};

export const poisonPutAside: Check = {
  name: 'what was no event was put aside by everyone who hears its topic',
  async find({ cluster, hearing }) {
    const all = await published(cluster);
    const there = new Set(all.map(({ key }) => key));
    const gone = [...confirmedPoison].filter((key) => !there.has(key)).map((key) => ({ name: 'poison is gone', detail: `brokers had confirmed ${key}, and it is on no topic` }));
    const noise = all.filter(({ poison }) => poison === 'noise');
    const put = await messagesOf(cluster.kafkaBrokers, hearing.map(({ consumer }) => deadTopicOf(PREFIX, consumer)));
    return [...gone, ...hearing.flatMap(({ consumer, publishers }) => {
      const heard = new Set(publishers.map((publisher) => topicOf(PREFIX, publisher)));
      return judgePutAside(consumer, noise.filter(({ topic }) => heard.has(topic)), put.filter(({ topic }) => topic === deadTopicOf(PREFIX, consumer)));
    })];
  },
};

/** Each message that is no event and that the consumer met was put aside, and nothing else was; a consumer that dies in between puts it aside twice. */
export function judgePutAside(consumer: string, noise: readonly Pick<Message, 'at'>[], dead: readonly Pick<Message, 'place'>[]): Violation[] {
  const put = new Set(dead.flatMap(({ place }) => place ?? []));
  const met = new Set(noise.map(({ at }) => at));
  return [
    ...[...met].filter((at) => !put.has(at)).map((at) => ({ name: 'poison not put aside', detail: `${consumer} did not put ${at} aside` })),
    ...[...put].filter((place) => !met.has(place)).map((place) => ({ name: 'put aside without a reason', detail: `${consumer} put ${place} aside, and nobody had poisoned it` })),
  ];
}

/** Events that come again: out of the outbox once more, and from the topic once more, in another order than at first. */
import { topicOf } from '@pms/events/kafka/connection';
import { CONTENT_TYPE, textOf } from '@pms/events/kafka/cloud-event';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow, SHARDS } from '@pms/events/outbox';
import { schemaOf } from '@pms/events/sql';
import { databaseNow, PREFIX } from '../support/cluster.ts';
import { session } from '../support/postgres.ts';
import type { Random } from '../support/random.ts';
import { sendTo } from '../support/sending.ts';
import type { Fault } from './fault.ts';

const AGAIN_MAX = 200;

interface Published extends OutboxRow { readonly seq: string }

/** The relay takes them for new ones: they reach their topics behind events that happened after them. */
export const handedAgain: Fault = {
  name: 'reordered',
  part: 'events',
  async inject({ cluster, random }) {
    const publisher = random.pick(publishers);
    const { rowCount } = await session(databaseNow(cluster), (client) => client.query(
      `insert into ${schemaOf(publisher)}.outbox_waiting (seq, shard, events, seqs, event_ids, types, recorded_at)
       select seq, mod(abs(hashtextextended(key, 0)), ${SHARDS}), 1, array[seq], array[id], array[type], recorded_at from ${handedOver(publisher)} order by random() limit $1 on conflict do nothing`,
      [random.whole(1, AGAIN_MAX)]));
    return `${String(rowCount)} old events of ${publisher} handed over again`;
  },
};

export const duplicated: Fault = {
  name: 'duplicated',
  part: 'events',
  async inject({ cluster, random }) {
    const publisher = random.pick(publishers);
    const { rows } = await session(databaseNow(cluster), (client) => client.query<Published>(
      `select seq, ${OUTBOX_COLUMNS} from ${handedOver(publisher)} order by seq desc limit $1`, [random.whole(1, AGAIN_MAX)]));
    const messages = shuffled(rows, random).map((row) => ({ key: row.key, value: textOf(publisher, { event: eventOf(row), sequence: row.seq }), headers: { 'content-type': CONTENT_TYPE } }));
    if (messages.length > 0) await sendTo(cluster, 'chaos-duplicates', [{ topic: topicOf(PREFIX, publisher), messages }]);
    return `${String(messages.length)} events of ${publisher} sent twice, in another order`;
  },
};

const publishers = ['portfolio', 'trade-capture', 'validation', 'transactional', 'rttm'] as const;

/** Events that a relay has sent. */
const handedOver = (publisher: string): string =>
  `${schemaOf(publisher)}.outbox_event as e where not exists (select from ${schemaOf(publisher)}.outbox_waiting as w where e.seq = any(w.seqs))`;

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, at: random.next() })).toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

/**
 * Carries events from one domain's outbox to its topic. An event is sent, acknowledged by all replicas in sync, and only then marked, in one transaction that
 * holds its shard: several relays may run, in several processes, and the events of a key are never in the hands of two. Killed in between, it is sent again; the inbox sees to that.
 * Within a key the order is that of `seq`: writers hold the key's lock when they take it.
 */
import { counter, gauge } from '@pms/telemetry/metrics';
import type { Producer } from 'kafkajs';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow, SHARDS } from '../outbox.ts';
import { type Sql, schemaOf, type Transactions } from '../sql.ts';
import { CONTENT_TYPE, textOf } from './cloud-event.ts';

/** Whoever handed over so many has probably left some. */
export const BATCH_MAX = 1_000;
/** A broker refuses a larger set of messages, and all of a batch may be of one key. A single event goes, whatever its size. */
const BATCH_BYTES_MAX = 900_000;
/** So that of two relays each finds shards that are free. */
const SHARDS_AT_ONCE = 8;
const ALL_IN_SYNC = -1;
const LOCKS = 'pms-relay';

const published = counter('pms_events_published_total', 'Events handed to Kafka, by publisher', ['publisher']);
const waiting = gauge('pms_events_unpublished', 'Events in the outbox that Kafka has not taken yet, by publisher', ['publisher']);

interface Row extends OutboxRow { readonly seq: string; readonly data_text: string }

/** Data as text: nobody has to read it and write it again. */
const COLUMNS = OUTBOX_COLUMNS.replace(/\bdata\b/, 'null as data, data::text as data_text');

export interface RelayOptions {
  readonly database: Sql & Transactions;
  readonly producer: Pick<Producer, 'send'>;
  readonly publisher: string;
  readonly topic: string;
}

/** Resolves to how many events were handed over; where there may be more, call again. */
export function relayOnce({ database, producer, publisher, topic }: RelayOptions): Promise<number> {
  const [outbox, waitingRows] = [`${schemaOf(publisher)}.outbox_event`, `${schemaOf(publisher)}.outbox_waiting`];
  return database.transaction(async (sql) => {
    const shards = await ownShards(sql, publisher);
    if (shards.length === 0) return 0;
    const { rows } = await sql.query<Row>(
      `select seq, ${COLUMNS} from (select seq from ${waitingRows} where shard = any($1::smallint[]) order by seq limit ${BATCH_MAX}) as w
         cross join lateral (select ${OUTBOX_COLUMNS} from ${outbox} as o where o.seq = w.seq limit 1) as event order by seq`, [shards]);
    if (rows.length === 0) return 0;
    const sent = fitting(rows.map((row) => ({ row, value: textOf(publisher, { event: eventOf(row), sequence: row.seq }, row.data_text) })));
    await producer.send({ topic, acks: ALL_IN_SYNC, messages: sent.map(({ row: { key }, value }) => ({ key, value, headers: { 'content-type': CONTENT_TYPE } })) });
    await sql.query(`delete from ${waitingRows} where seq = any($1::bigint[])`, [sent.map(({ row: { seq } }) => seq)]);
    published.inc({ publisher }, sent.length);
    return sent.length;
  });
}

/** The first of them, as many as a broker takes at once. */
function fitting<T extends { readonly value: string }>(all: readonly T[]): readonly T[] {
  let bytes = 0;
  const end = all.findIndex(({ value }, at) => (bytes += Buffer.byteLength(value)) > BATCH_BYTES_MAX && at > 0);
  return end === -1 ? all : all.slice(0, end);
}

/** Locked until the transaction ends; none that another relay has now. In a different order each time, so that no shard is always last. */
async function ownShards(sql: Sql, publisher: string): Promise<number[]> {
  const { rows } = await sql.query<{ shard: number }>(
    `select shard from (select shard from generate_series(0, ${SHARDS - 1}) as shard order by random()) as mixed
      where pg_try_advisory_xact_lock(hashtextextended($1 || shard, 0)) limit ${SHARDS_AT_ONCE}`, [`${LOCKS} ${publisher} `]);
  return rows.map(({ shard }) => shard);
}

export async function unpublished(sql: Sql, publisher: string): Promise<number> {
  const { rows: [row] } = await sql.query<{ count: number }>(`select count(*)::int as count from ${schemaOf(publisher)}.outbox_waiting`);
  const count = row?.count ?? 0;
  waiting.set({ publisher }, count);
  return count;
}

/**
 * Carries events from one domain's outbox to its topic. An event is sent, acknowledged by all replicas in sync, and only then marked, in one transaction that
 * holds its shard: several relays may run, in several processes, and the events of a key are never in the hands of two. Killed in between, it is sent again; the inbox sees to that.
 * Within a key the order is that of `seq`: writers hold the key's lock when they take it. A negative `position` says that an event was handed to Kafka.
 */
import { counter, gauge } from '@pms/telemetry/metrics';
import type { Producer } from 'kafkajs';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow } from '../outbox.ts';
import { type Sql, schemaOf, type Transactions } from '../sql.ts';
import { CONTENT_TYPE, textOf } from './cloud-event.ts';

const BATCH_MAX = 500;
const SHARDS = 16;
/** So that of two relays each finds shards that are free. */
const SHARDS_AT_ONCE = 8;
const ALL_IN_SYNC = -1;
const LOCKS = 'pms-relay';

const published = counter('pms_events_published_total', 'Events handed to Kafka, by publisher', ['publisher']);
const waiting = gauge('pms_events_unpublished', 'Events in the outbox that Kafka has not taken yet, by publisher', ['publisher']);

interface Row extends OutboxRow { readonly seq: string }

export interface RelayOptions {
  readonly database: Sql & Transactions;
  readonly producer: Pick<Producer, 'send'>;
  readonly publisher: string;
  readonly topic: string;
}

/** Resolves to how many events were handed over; where there may be more, call again. */
export function relayOnce({ database, producer, publisher, topic }: RelayOptions): Promise<number> {
  const outbox = `${schemaOf(publisher)}.outbox_event`;
  return database.transaction(async (sql) => {
    const shards = await ownShards(sql, publisher);
    if (shards.length === 0) return 0;
    const { rows } = await sql.query<Row>(
      `select seq, ${OUTBOX_COLUMNS} from ${outbox} where position is null and mod(abs(hashtextextended(key, 0)), ${SHARDS})::int = any($1) order by seq limit ${BATCH_MAX}`, [shards]);
    if (rows.length === 0) return 0;
    await producer.send({
      topic, acks: ALL_IN_SYNC,
      messages: rows.map((row) => ({
        key: row.key, value: textOf(publisher, { event: eventOf(row), sequence: row.seq }), headers: { 'content-type': CONTENT_TYPE },
      })),
    });
    await sql.query(`update ${outbox} set position = -seq where seq = any($1::bigint[])`, [rows.map(({ seq }) => seq)]);
    published.inc({ publisher }, rows.length);
    return rows.length;
  });
}

/** Locked until the transaction ends; none that another relay has now. In a different order each time, so that no shard is always last. */
async function ownShards(sql: Sql, publisher: string): Promise<number[]> {
  const { rows } = await sql.query<{ shard: number }>(
    `select shard from (select shard from generate_series(0, ${SHARDS - 1}) as shard order by random()) as mixed
      where pg_try_advisory_xact_lock(hashtextextended($1 || shard, 0)) limit ${SHARDS_AT_ONCE}`, [`${LOCKS} ${publisher} `]);
  return rows.map(({ shard }) => shard);
}

export async function unpublished(sql: Sql, publisher: string): Promise<number> {
  const { rows: [row] } = await sql.query<{ count: number }>(`select count(*)::int as count from ${schemaOf(publisher)}.outbox_event where position is null`);
  const count = row?.count ?? 0;
  waiting.set({ publisher }, count);
  return count;
}

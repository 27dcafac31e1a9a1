/**
 * Carries events from one domain's outbox to its topic. An event is sent, acknowledged by all replicas in sync, and only then marked, in one transaction that
 * holds its shard: several relays may run, in several processes, and the events of a key are never in the hands of two. Killed in between, it is sent again; the inbox sees to that.
 * Within a key the order is that of `seq`: writers hold the key's lock when they take it.
 */
import { counter, gauge } from '@pms/telemetry/metrics';
import type { Producer } from 'kafkajs';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow, SHARDS } from '../outbox.ts';
import { asStored } from '../moment.ts';
import { type Sql, schemaOf, type Transactions } from '../sql.ts';
import { CONTENT_TYPE, textOf } from './cloud-event.ts';
import type { JustWritten } from './just-written.ts';

/** Read at once, and those that wait together with the last of them. */
const BATCH_MAX = 1_000;
/** A broker refuses a larger set of messages, and all of a batch may be of one key. A single event goes, whatever its size. */
const BATCH_BYTES_MAX = 900_000;
/** Handed over in one transaction: so long others wait for the shards that it holds. */
const SETS_MAX = 16;
const HEADERS = { 'content-type': CONTENT_TYPE };
const ALL_IN_SYNC = -1;
const LOCKS = 'pms-relay';

const published = counter('pms_events_published_total', 'Events handed to Kafka, by publisher', ['publisher']);
const waiting = gauge('pms_events_unpublished', 'Events in the outbox that Kafka has not taken yet, by publisher', ['publisher']);

interface Row extends OutboxRow { readonly seq: string; readonly data_text: string }
/** Events that wait together. */
interface Waiting { readonly seq: string; readonly events: number; readonly first: string }
interface Message { readonly seq: string; readonly key: string; readonly value: string }

/** Data as text: nobody has to read it and write it again. */
const COLUMNS = OUTBOX_COLUMNS.replace(/\bdata\b/, 'null as data, data::text as data_text');

export interface RelayOptions {
  readonly database: Sql & Transactions;
  readonly producer: Pick<Producer, 'send'>;
  readonly publisher: string;
  readonly topic: string;
  /** What need not be read from the outbox. */
  readonly written: Pick<JustWritten, 'find' | 'forget'>;
}

export interface HandedOver {
  readonly events: number;
  /** Another relay had some of the shards: what is in those is its to carry, or is looked for again soon. */
  readonly contended: boolean;
}

/** Hands over what waits, set after set: the next one is read while one is on its way. Where there may be more, call again. */
export function relayOnce(options: RelayOptions): Promise<HandedOver> {
  const { database, publisher, written } = options;
  return database.transaction(async (sql) => {
    const shards = await ownShards(sql, publisher);
    const contended = shards.length < SHARDS;
    let events = 0;
    let marked: Promise<unknown> = Promise.resolve();
    let set = shards.length === 0 ? NOTHING : await nextSet(sql, options, { shards, after: '-1' });
    for (let sets = 1; set.messages.length > 0; sets += 1) {
      const { messages, rows, more } = set;
      const reading = more && sets < SETS_MAX ? nextSet(sql, options, { shards, after: rows.at(-1) ?? '' }) : Promise.resolve(NOTHING);
      const [sent, ahead] = await Promise.allSettled([send(options, messages), reading, marked]);
      // sets before it are marked, and it comes again
      if (sent.status === 'rejected' && events > 0) break;
      if (sent.status === 'rejected') throw sent.reason;
      // while the next one is on its way
      marked = sql.query(`delete from ${schemaOf(publisher)}.outbox_waiting where seq = any($1::bigint[])`, [rows]).then(() => written.forget(publisher, rows));
      marked.catch(() => undefined); // it is waited for, but perhaps not before another failure is thrown
      events += messages.length;
      if (ahead.status === 'rejected') throw ahead.reason;
      set = ahead.value;
    }
    await marked;
    published.inc({ publisher }, events);
    return { events, contended };
  });
}

/** As many at once as a broker takes. */
async function send({ producer, topic }: RelayOptions, messages: readonly Message[]): Promise<void> {
  for (let rest = messages; rest.length > 0;) {
    const now = fitting(rest);
    await producer.send({ topic, acks: ALL_IN_SYNC, messages: now.map(({ key, value }) => ({ key, value, headers: HEADERS })) });
    rest = rest.slice(now.length);
  }
}

interface MessageSet {
  readonly messages: readonly Message[];
  /** That they waited in, by number. */
  readonly rows: readonly string[];
  readonly more: boolean;
}
const NOTHING: MessageSet = { messages: [], rows: [], more: false };

interface Where { readonly shards: readonly number[]; readonly after: string }

/** What waits behind a place, in whole rows. */
async function nextSet(sql: Sql, options: RelayOptions, { shards, after }: Where): Promise<MessageSet> {
  const { rows } = await sql.query<Waiting>(
    `select seq, events, event_ids[1] as first from (
       select *, sum(events) over (order by seq) - events as before from ${schemaOf(options.publisher)}.outbox_waiting
        where shard = any($1::smallint[]) and seq > $2::bigint order by seq limit ${BATCH_MAX}) as waiting
     where before < ${BATCH_MAX} order by seq`, [shards, after]);
  const messages = await messagesOf(sql, rows, options);
  return { messages, rows: rows.map(({ seq }) => seq), more: messages.length >= BATCH_MAX };
}

/** In the order of the outbox within each key: what this process wrote out of its memory, all else out of the outbox. */
async function messagesOf(sql: Sql, rows: readonly Waiting[], options: RelayOptions): Promise<readonly Message[]> {
  const { publisher, written } = options;
  const messages: Message[] = [];
  const unknown: string[] = [];
  for (const { seq: row, first } of rows) {
    const told = written.find(publisher, row, first);
    if (told === null) unknown.push(row);
    else for (const { event, seq, data } of told) messages.push({ seq, key: event.key, value: textOf(publisher, { event: { ...event, occurredAt: asStored(event.occurredAt) }, sequence: seq }, data) });
  }
  for (const message of unknown.length === 0 ? [] : await messagesIn(sql, unknown, publisher)) messages.push(message);
  const count = rows.reduce((sum, { events }) => sum + events, 0);
  if (messages.length !== count) throw new Error(`${count} events of ${publisher} wait to be handed over, and ${messages.length} of them are in the outbox`);
  return unknown.length === 0 ? messages : messages.toSorted((a, b) => Number(a.seq) - Number(b.seq));
}

async function messagesIn(sql: Sql, rows: readonly string[], publisher: string): Promise<readonly Message[]> {
  const schema = schemaOf(publisher);
  const { rows: read } = await sql.query<Row>(
    `select seq, ${COLUMNS} from ${schema}.outbox_event where seq = any(array(select unnest(seqs) from ${schema}.outbox_waiting where seq = any($1::bigint[])))`, [rows]);
  return read.map((row) => ({ seq: row.seq, key: row.key, value: textOf(publisher, { event: eventOf(row), sequence: row.seq }, row.data_text) }));
}

/** The first of them, as many as a broker takes at once. */
function fitting<T extends { readonly value: string }>(all: readonly T[]): readonly T[] {
  let bytes = 0;
  const end = all.findIndex(({ value }, at) => (bytes += Buffer.byteLength(value)) > BATCH_BYTES_MAX && at > 0);
  return end === -1 ? all : all.slice(0, end);
}

/** Locked until the transaction ends; none that another relay has now. Nobody waits for the disk at its end: what a crash brings back is sent once more. */
async function ownShards(sql: Sql, publisher: string): Promise<number[]> {
  const { rows } = await sql.query<{ shard: number }>(
    `with unhurried as materialized (select set_config('synchronous_commit', 'off', true))
     select shard from unhurried cross join generate_series(0, ${SHARDS - 1}) as shard where pg_try_advisory_xact_lock(hashtextextended($1 || shard, 0))`, [`${LOCKS} ${publisher} `]);
  return rows.map(({ shard }) => shard);
}

export async function unpublished(sql: Sql, publisher: string): Promise<number> {
  const { rows: [row] } = await sql.query<{ count: number }>(`select coalesce(sum(events), 0)::int as count from ${schemaOf(publisher)}.outbox_waiting`);
  const count = row?.count ?? 0;
  waiting.set({ publisher }, count);
  return count;
}

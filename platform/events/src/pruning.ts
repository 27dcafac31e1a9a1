/**
 * Takes away what no one needs any more: events that were handed over (and, where the database itself delivers them, read by every consumer) and inbox rows of events that
 * cannot come again, once they are old enough. A few thousand rows a statement, the oldest first, found by primary keys that rise with time: nothing else is looked at.
 */
import { counter } from '@pms/telemetry/metrics';
import { type Sql, schemaOf } from './sql.ts';

const BATCH_MAX = 5_000;
const BATCHES_A_ROUND_MAX = 50;
const FROM_THE_START = '0';
/** Of a bigint: nothing is behind it. */
const SEQ_MAX = '9223372036854775807';

const pruned = counter('pms_events_pruned_total', 'Rows of outbox and inbox that were taken away because of their age, by domain', ['domain', 'table']);

export interface Pruned {
  readonly outbox: number;
  readonly inbox: number;
}

/** What one round does at most, and what it leaves to the next. */
export interface Round {
  readonly batchesMax: number;
  /** By domain: behind which number of its outbox the next round begins, where one ended before it was through. */
  readonly reached: Map<string, string>;
}

export const rounds = (batchesMax = BATCHES_A_ROUND_MAX): Round => ({ batchesMax, reached: new Map() });

/**
 * `keepDays` has to be longer than Kafka keeps messages: an inbox row is what makes a second delivery harmless. `mayGo` is what else has to hold of an event of the
 * outbox: a condition in SQL over its row, `oldest`. Events of which it does not hold are passed over, however many they are: rounds that share `round` go on where
 * the last one ended.
 */
export async function prune(sql: Sql, domain: string, keepDays: number, mayGo = 'true', round = rounds()): Promise<Pruned> {
  const outbox = await outboxRound(sql, domain, { keepDays, mayGo, round });
  const inbox = await inboxRound(sql, domain, keepDays);
  pruned.inc({ domain, table: 'outbox' }, outbox);
  pruned.inc({ domain, table: 'inbox' }, inbox);
  return { outbox, inbox };
}

async function outboxRound(sql: Sql, domain: string, { keepDays, mayGo, round }: { readonly keepDays: number; readonly mayGo: string; readonly round: Round }): Promise<number> {
  let [sum, after] = [0, round.reached.get(domain) ?? FROM_THE_START];
  for (let batch = 0; batch < round.batchesMax; batch += 1) {
    const { count, old, last } = await pruneOutbox(sql, domain, { keepDays, mayGo, after });
    sum += count;
    if (old < BATCH_MAX) {
      round.reached.delete(domain);
      return sum;
    }
    after = last;
  }
  round.reached.set(domain, after);
  return sum;
}

async function inboxRound(sql: Sql, domain: string, keepDays: number): Promise<number> {
  let sum = 0;
  for (let batch = 0; batch < BATCHES_A_ROUND_MAX; batch += 1) {
    const count = await pruneInbox(sql, domain, keepDays);
    sum += count;
    if (count < BATCH_MAX) break;
  }
  return sum;
}

interface Batch {
  /** That went. */
  readonly count: number;
  /** That are old enough and that nobody needs, with those that stay as evidence. */
  readonly old: number;
  /** The number of the last of them. */
  readonly last: string;
}

/**
 * A consumer that has read nothing for as long as events are kept is not waited for: one that comes back begins with what there is, and knows by `bus.pruned` what
 * is missing because of its age.
 */
async function pruneOutbox(sql: Sql, domain: string, { keepDays, mayGo, after }: { readonly keepDays: number; readonly mayGo: string; readonly after: string }): Promise<Batch> {
  const schema = schemaOf(domain);
  const { rows: [done] } = await sql.query<Batch>(
    `with read as (select coalesce((select min(position) from bus.cursor where updated_at > now() - make_interval(days => $1)), (select min(position) from bus.cursor), 0) as position),
     needed as (select least((select min(seq) from bus.placed_event where publisher = $2 and position > (select position from read)), (select min(seq) from ${schema}.outbox_waiting)) as seq),
     oldest as (select seq, id, organization_id, recorded_at from ${schema}.outbox_event where seq > $3::bigint order by seq limit ${BATCH_MAX + 1}),
     old as (select seq from oldest where recorded_at < now() - make_interval(days => $1) and seq < coalesce((select seq from needed), ${SEQ_MAX}) order by seq limit ${BATCH_MAX}),
     stays as (select coalesce(min(seq), ${SEQ_MAX}) as seq from oldest where not exists (select from old where old.seq = oldest.seq)),
     places as (delete from bus.placed_event where position in (
       select position from (select position, publisher, coalesce(seqs[events], seq) as last from bus.placed_event where position <= (select position from read) order by position limit ${BATCH_MAX}) as first
        where publisher = $2 and last < (select seq from stays))),
     gone as (delete from ${schema}.outbox_event where seq in (select seq from oldest where seq in (select seq from old) and (${mayGo})) returning 1),
     noted as (insert into bus.pruned as p (publisher, seq) select $2, max(seq) from old having max(seq) is not null
       on conflict (publisher) do update set seq = excluded.seq where p.seq < excluded.seq)
     select (select count(*) from gone)::int as count, (select count(*) from old)::int as old, coalesce((select max(seq) from old), 0)::text as last`, [keepDays, domain, after]);
  return done ?? { count: 0, old: 0, last: after };
}

async function pruneInbox(sql: Sql, domain: string, keepDays: number): Promise<number> {
  const inbox = `${schemaOf(domain)}.inbox_event`;
  const { rowCount } = await sql.query(
    `delete from ${inbox} where id in (select id from (select id, handled_at from ${inbox} order by id limit ${BATCH_MAX}) as oldest where handled_at < now() - make_interval(days => $1))`, [keepDays]);
  return rowCount;
}

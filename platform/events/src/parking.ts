/** Events that a consumer could not handle: tried again with growing delays, then kept as dead letters until someone replays them. */
import type { DeadLetter, WhichDead } from './bus.ts';
import type { Event } from './envelope.ts';
import type { Sql } from './sql.ts';

/**
 * Over almost two minutes in all: an event that needs one of another publisher waits for it, and that may be as long in coming as a process takes to be
 * started again, a partition to get another leader, or a connection to be found dead.
 */
export const ATTEMPTS_MAX = 12;
const DELAY_FIRST_MS = 100;
const DELAY_MAX_MS = 30_000;
/** What failed because the platform could not work was no attempt: it is tried again so often until it can. */
const PASSING_DELAY_MS = 1_000;

export interface Placed {
  readonly position: string;
  readonly event: Event;
}

/** Keeps events whose turn cannot come yet: `failed` is the one that threw, `behind` those of its key that follow it. */
export async function park(sql: Sql, consumer: string, placed: readonly Placed[], error: string): Promise<void> {
  if (placed.length === 0) return;
  await sql.query(
    `insert into bus.parked_event (consumer, position, event_id, key, event, attempts, error, next_attempt_at)
     select $1, p.position, p.event_id, p.key, p.event, case when n = 1 and $6 <> '' then 1 else 0 end, case when n = 1 then $6 else '' end,
            now() + case when n = 1 and $6 <> '' then interval '${DELAY_FIRST_MS} milliseconds' else interval '0' end
       from unnest($2::bigint[], $3::text[], $4::text[], $5::jsonb[]) with ordinality as p(position, event_id, key, event, n)
     on conflict do nothing`,
    [consumer, placed.map(({ position }) => position), placed.map(({ event }) => event.id), placed.map(({ event }) => event.key),
      placed.map(({ event }) => JSON.stringify(event)), error]);
}

/** Which of the keys have events parked: later ones must queue behind them. */
export async function blockedKeys(sql: Sql, consumer: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ key: string }>(
    'select distinct key from bus.parked_event where consumer = $1 and key = any($2)', [consumer, keys]);
  return new Set(rows.map(({ key }) => key));
}

interface Row {
  readonly position: string;
  readonly event: Event;
  readonly attempts: number;
}

const DUE_MAX = 50;

/** The first parked event of each key, where it is due. */
export async function dueHeads(sql: Sql, consumer: string): Promise<readonly Row[]> {
  const { rows } = await sql.query<Row>(
    `select position, event, attempts from (
       select distinct on (key) position, event, attempts, dead, next_attempt_at from bus.parked_event
        where consumer = $1 order by key, position) as head
     where not dead and next_attempt_at <= now() order by position limit ${DUE_MAX}`, [consumer]);
  return rows;
}

/** The next parked events of a key that have only waited: up to the first one that has failed itself. */
export async function waitingOf(sql: Sql, consumer: string, key: string, count: number): Promise<readonly Placed[]> {
  const { rows } = await sql.query<Placed & { readonly failed: boolean }>(
    `select position, event, attempts > 0 or dead as failed from bus.parked_event where consumer = $1 and key = $2 order by position limit $3`, [consumer, key, count]);
  const failed = rows.findIndex((row) => row.failed);
  return failed < 0 ? rows : rows.slice(0, failed);
}

export const release = async (sql: Sql, consumer: string, positions: readonly string[]): Promise<void> =>
  void (await sql.query('delete from bus.parked_event where consumer = $1 and position = any($2::bigint[])', [consumer, positions]));

/** Counts an attempt, unless what stood in its way passes by itself; after the last one the event is a dead letter. Resolves to whether it is. */
export async function postpone(sql: Sql, consumer: string, row: Row, error: { readonly message: string; readonly passing: boolean }): Promise<boolean> {
  const attempts = error.passing ? row.attempts : row.attempts + 1;
  const dead = attempts >= ATTEMPTS_MAX;
  const delayMs = error.passing ? PASSING_DELAY_MS : Math.min(DELAY_FIRST_MS * 2 ** (attempts - 1), DELAY_MAX_MS);
  await sql.query(
    `update bus.parked_event set attempts = $3, dead = $4, error = $5, failed_at = now(), next_attempt_at = now() + make_interval(secs => $6)
      where consumer = $1 and position = $2`, [consumer, row.position, attempts, dead, error.message, delayMs / 1000]);
  return dead;
}

/** Milliseconds until the next parked event is due; null when none waits for time alone. */
export async function nextDueMs(sql: Sql, consumer: string): Promise<number | null> {
  const { rows } = await sql.query<{ ms: number | null }>(
    `select extract(epoch from min(next_attempt_at) - now())::float8 * 1000 as ms from (
       select distinct on (key) dead, next_attempt_at from bus.parked_event where consumer = $1 order by key, position) as head where not dead`, [consumer]);
  return rows[0]?.ms ?? null;
}

const DEAD_MAX = 1_000;

export async function deadLetters(sql: Sql): Promise<readonly DeadLetter[]> {
  const { rows } = await sql.query<{ consumer: string; event: Event; attempts: number; error: string; failed_at: Date; waiting: string }>(
    `select d.consumer, d.event, d.attempts, d.error, d.failed_at,
            (select count(*) from bus.parked_event w where w.consumer = d.consumer and w.key = d.key and w.position > d.position) as waiting
       from bus.parked_event d where d.dead order by d.position limit ${DEAD_MAX}`);
  return rows.map((row) => ({
    group: row.consumer, event: row.event, attempts: row.attempts, error: row.error, failedAt: row.failed_at, waiting: Number.parseInt(row.waiting, 10),
  }));
}

/** An event that a consumer has given up, and that nothing of its key passes. */
export interface PutAside {
  readonly eventId: string;
  readonly type: string;
}

/** The first that stands in the way of one of these events, itself or before it in its key; null where none does. */
export async function putAside(sql: Sql, consumer: string, eventIds: readonly string[]): Promise<PutAside | null> {
  const { rows: [found] } = await sql.query<PutAside>(
    `select dead.event_id as "eventId", dead.event ->> 'type' as type
       from bus.parked_event as waiting join bus.parked_event as dead on dead.consumer = waiting.consumer and dead.key = waiting.key and dead.position <= waiting.position and dead.dead
      where waiting.consumer = $1 and waiting.event_id = any($2) order by dead.position limit 1`, [consumer, eventIds]);
  return found ?? null;
}

export async function setFree(sql: Sql, { eventId, from }: WhichDead = {}): Promise<number> {
  const { rowCount } = await sql.query(
    `update bus.parked_event set dead = false, attempts = 0, next_attempt_at = now()
      where dead and ($1::text is null or event_id = $1) and ($2::timestamptz is null or failed_at >= $2)`, [eventId ?? null, from ?? null]);
  return rowCount;
}

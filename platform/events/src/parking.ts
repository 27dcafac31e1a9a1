/**
 * Events that a consumer could not handle: tried again with growing delays, then kept as dead letters until someone replays them; those that only wait for what others have
 * written are tried until it has come. Each holds up what comes behind it in its line.
 */
import type { DeadLetter, WhichDead } from './bus.ts';
import { type Event, publisherOf } from './envelope.ts';
import type { Sql } from './sql.ts';

/**
 * What a bus keeps in order: all events of a key, or those of each publisher by themselves. In the second case one that fails must not hold up another publisher's: that
 * may be the very one that it needs.
 */
export type Line = 'key' | 'key and publisher';

/** Events of one line are handled one after another. */
export const lineOf = (line: Line, { key, type }: Pick<Event, 'key' | 'type'>): string => (line === 'key' ? key : `${publisherOf(type)} ${key}`);

/** What tells lines of one key apart. */
const apart = (line: Line, row = ''): string => (line === 'key' ? "''::text" : `split_part(${row}event ->> 'type', '.', 1)`);

/**
 * Over almost two minutes in all: an event that needs one of another publisher waits for it, and that may be as long in coming as a process takes to be
 * started again, a partition to get another leader, or a connection to be found dead.
 */
export const ATTEMPTS_MAX = 12;
const DELAY_FIRST_MS = 100;
const DELAY_MAX_MS = 30_000;
/** What failed because the platform could not work was no attempt: it is tried again so often until it can. */
const PASSING_DELAY_MS = 1_000;
/** Who waits for others' events looks again after as long as it has waited already, but no less often than this. */
const WAITING_DELAY_MAX_MS = 5_000;

export interface Placed {
  readonly position: string;
  readonly event: Event;
}

/** Why one could not be handled; `waits` where nothing is wrong with it, and others' events are still to come. */
export interface Why {
  readonly message: string;
  readonly waits: boolean;
}

/** Keeps events of one line whose turn cannot come yet. `why` is the first one's; the others are behind it. Without it all of them are behind what is parked already. */
export async function park(sql: Sql, consumer: string, placed: readonly Placed[], why: Why | null): Promise<void> {
  if (placed.length === 0) return;
  await sql.query(
    `insert into bus.parked_event (consumer, position, event_id, key, event, attempts, error, next_attempt_at, waits_since)
     select $1, p.position, p.event_id, p.key, p.event, case when n = 1 and $6 <> '' and not $7 then 1 else 0 end, case when n = 1 then $6 else '' end,
            now() + case when n = 1 and $6 <> '' then interval '${DELAY_FIRST_MS} milliseconds' else interval '0' end, case when n = 1 and $7 then now() end
       from unnest($2::bigint[], $3::text[], $4::text[], $5::jsonb[]) with ordinality as p(position, event_id, key, event, n)
     on conflict do nothing`,
    [consumer, placed.map(({ position }) => position), placed.map(({ event }) => event.id), placed.map(({ event }) => event.key),
      placed.map(({ event }) => JSON.stringify(event)), why?.message ?? '', why?.waits ?? false]);
}

/** Which lines of the keys have events parked: later ones must queue behind them. */
export async function blockedLines(sql: Sql, consumer: string, keys: readonly string[], line: Line): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ key: string; type: string }>(
    `select distinct on (key, ${apart(line)}) key, event ->> 'type' as type from bus.parked_event where consumer = $1 and key = any($2)`, [consumer, keys]);
  return new Set(rows.map((row) => lineOf(line, row)));
}

interface Row {
  readonly position: string;
  readonly event: Event;
  readonly attempts: number;
  /** For others' events; null where it was tried for another reason, or not at all. */
  readonly waitedMs: number | null;
}

const DUE_MAX = 50;

/** The first parked event of each line, where it is due. */
export async function dueHeads(sql: Sql, consumer: string, line: Line): Promise<readonly Row[]> {
  const { rows } = await sql.query<Row>(
    `select position, event, attempts, extract(epoch from now() - waits_since)::float8 * 1000 as "waitedMs" from (
       select distinct on (key, ${apart(line)}) position, event, attempts, dead, next_attempt_at, waits_since from bus.parked_event
        where consumer = $1 order by key, ${apart(line)}, position) as head
     where not dead and next_attempt_at <= now() order by position limit ${DUE_MAX}`, [consumer]);
  return rows;
}

/** The next parked events of an event's line that have only been behind it: up to the first one that was tried itself. */
export async function waitingOf(sql: Sql, consumer: string, { event: { key, type }, line }: { readonly event: Event; readonly line: Line }, count: number): Promise<readonly Placed[]> {
  const { rows } = await sql.query<Placed & { readonly failed: boolean }>(
    `select position, event, attempts > 0 or dead or waits_since is not null as failed from bus.parked_event
      where consumer = $1 and key = $2 and ${line === 'key' ? "$3 <> ''" : `${apart(line)} = $3`} order by position limit $4`, [consumer, key, publisherOf(type), count]);
  const failed = rows.findIndex((row) => row.failed);
  return failed < 0 ? rows : rows.slice(0, failed);
}

export const release = async (sql: Sql, consumer: string, positions: readonly string[]): Promise<void> =>
  void (await sql.query('delete from bus.parked_event where consumer = $1 and position = any($2::bigint[])', [consumer, positions]));

/** What waits for others' events waits on, however long they are in coming: no attempt is counted. */
export async function waitOn(sql: Sql, consumer: string, { position }: Pick<Row, 'position'>, message: string): Promise<void> {
  await sql.query(
    `update bus.parked_event set error = $3, failed_at = now(), waits_since = coalesce(waits_since, now()),
            next_attempt_at = now() + least(greatest(now() - coalesce(waits_since, now()), interval '${DELAY_FIRST_MS} milliseconds'), interval '${WAITING_DELAY_MAX_MS} milliseconds')
      where consumer = $1 and position = $2`, [consumer, position, message]);
}

/** Counts an attempt, unless what stood in its way passes by itself; after the last one the event is a dead letter. Resolves to whether it is. */
export async function postpone(sql: Sql, consumer: string, row: Row, error: { readonly message: string; readonly passing: boolean }): Promise<boolean> {
  const attempts = error.passing ? row.attempts : row.attempts + 1;
  const dead = attempts >= ATTEMPTS_MAX;
  const delayMs = error.passing ? PASSING_DELAY_MS : Math.min(DELAY_FIRST_MS * 2 ** (attempts - 1), DELAY_MAX_MS);
  await sql.query(
    `update bus.parked_event set attempts = $3, dead = $4, error = $5, failed_at = now(), waits_since = null, next_attempt_at = now() + make_interval(secs => $6)
      where consumer = $1 and position = $2`, [consumer, row.position, attempts, dead, error.message, delayMs / 1000]);
  return dead;
}

/** Milliseconds until the next parked event is due; null when none waits for time alone. */
export async function nextDueMs(sql: Sql, consumer: string, line: Line): Promise<number | null> {
  const { rows } = await sql.query<{ ms: number | null }>(
    `select extract(epoch from min(next_attempt_at) - now())::float8 * 1000 as ms from (
       select distinct on (key, ${apart(line)}) dead, next_attempt_at from bus.parked_event where consumer = $1 order by key, ${apart(line)}, position) as head where not dead`, [consumer]);
  return rows[0]?.ms ?? null;
}

/** How long the one has waited that has waited longest for others' events, in seconds, by consumer; those where none does are missing. */
export async function longestWaits(sql: Sql): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql.query<{ consumer: string; seconds: number }>(
    'select consumer, extract(epoch from now() - min(waits_since))::float8 as seconds from bus.parked_event where waits_since is not null group by consumer');
  return new Map(rows.map(({ consumer, seconds }) => [consumer, seconds]));
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

/** The first that stands in the way of one of these events, itself or before it in its line; null where none does. */
export async function putAside(sql: Sql, consumer: string, eventIds: readonly string[], line: Line): Promise<PutAside | null> {
  const { rows: [found] } = await sql.query<PutAside>(
    `select dead.event_id as "eventId", dead.event ->> 'type' as type
       from bus.parked_event as waiting join bus.parked_event as dead on dead.consumer = waiting.consumer and dead.key = waiting.key and dead.position <= waiting.position and dead.dead and ${apart(line, 'dead.')} = ${apart(line, 'waiting.')}
      where waiting.consumer = $1 and waiting.event_id = any($2) order by dead.position limit 1`, [consumer, eventIds]);
  return found ?? null;
}

export async function setFree(sql: Sql, { eventId, from }: WhichDead = {}): Promise<number> {
  const { rowCount } = await sql.query(
    `update bus.parked_event set dead = false, attempts = 0, next_attempt_at = now()
      where dead and ($1::text is null or event_id = $1) and ($2::timestamptz is null or failed_at >= $2)`, [eventId ?? null, from ?? null]);
  return rowCount;
}

/**
 * Gives committed events their place in one order over all domains. A bigserial alone is no place to read by: its numbers
 * are taken before commit, so a reader that has passed 7 never sees a 6 that commits later. Positions are given only to
 * rows that are already committed, by one writer at a time (the lock on the single row of bus.sequencer), and become
 * visible together with that row: whoever sees position n can rely on every position below n being there.
 */
import { type Sql, schemaOf, type Transactions } from './sql.ts';

/** Events of each domain in one step, and those that wait together with the last of them. Whoever placed so many has probably left some. */
export const BATCH_MAX = 5_000;

/**
 * Gives positions to waiting events, oldest first, about 5,000 of each domain; resolves to how many. The commit is not waited for: what follows from a position
 * stands behind it in the log, so that a crash that loses the one loses the other, and the events are placed anew.
 */
export const sequenceOnce = (database: Transactions, publishers: readonly string[]): Promise<number> =>
  database.transaction(async (sql) => {
    const { rows: [head] } = await sql.query<{ last_position: string }>(
      `select last_position, set_config('synchronous_commit', 'off', true) from bus.sequencer where id = 1 for update`);
    if (head === undefined) throw new Error('bus.sequencer has no row: the bus migrations have not run');
    // a statement of its own, so that its snapshot begins after the lock: rows that the former holder placed are seen as placed
    const { rows: [counted] } = await sql.query<{ placed: string }>(statementFor(publishers), [head.last_position, BATCH_MAX]);
    return counted === undefined ? 0 : Number.parseInt(counted.placed, 10);
  });

const statements = new Map<string, string>();

/**
 * Within a domain the order is that of `seq`: writers of one key hold that key's lock when they take it. Between domains
 * it is that of recording, made monotonic within each domain, so that what was answered before another request began
 * stands before what that request wrote. Rows are taken by number, out of an array: joined, a table whose statistics lag behind is read through for a few.
 */
function statementFor(publishers: readonly string[]): string {
  const name = publishers.join();
  const known = statements.get(name);
  if (known !== undefined) return known;
  const taken = publishers.map((domain) => {
    const waiting = `${schemaOf(domain)}.outbox_waiting`;
    return `taken_${schemaOf(domain)} as (delete from ${waiting} where seq = any(array(
      select seq from (select seq, sum(events) over (order by seq) - events as before from (select seq, events from ${waiting} order by seq limit $2) as oldest) as counted where before < $2))
      returning seq, events, seqs, event_ids, types, recorded_at)`;
  }).join(', ');
  const all = publishers.map((domain) => `select '${domain}'::text as publisher, seq, events, seqs, event_ids, types, max(recorded_at) over (order by seq) as at from taken_${schemaOf(domain)}`).join(' union all ');
  const statement = `with ${taken},
    placed as (insert into bus.placed_event (position, events, publisher, seq, seqs, event_ids, types)
      select $1::bigint + sum(events) over (order by at, publisher, seq), events, publisher, seq, seqs, event_ids, types from (${all}) as waited returning events),
    counted as (select coalesce(sum(events), 0) as placed from placed),
    moved as (update bus.sequencer set last_position = last_position + placed from counted where id = 1 and placed > 0)
    select placed from counted`;
  statements.set(name, statement);
  return statement;
}

/** The last position that was given; everything up to it can be read. */
export async function lastPosition(sql: Sql): Promise<string> {
  const { rows } = await sql.query<{ last_position: string }>('select last_position from bus.sequencer where id = 1');
  return rows[0]?.last_position ?? '0';
}

/**
 * What a new connection waits for before anybody uses it. After a crash Postgres shows changes that were committed here and whose synchronous replica has not
 * confirmed them, as if they were safe. Who found such a change, and answered by it, sent it on or left something out because of it, would be wrong as soon as the
 * replica takes over. A commit is confirmed only behind all that stands before it in the log: each connection makes one, which says nothing, and whatever it
 * reads from then on is safe. One that lives on has seen no crash. Without a synchronous replica this is one message to the server's own disk.
 */
import type pg from 'pg';

/** Told apart by the prefix, for whoever decodes the log. On a replica there is nothing to wait for: what it shows has arrived there. */
const CONFIRMED = `select case when pg_is_in_recovery() then null else pg_logical_emit_message(true, 'pms.connected', '') end`;

/** For a pool's `verify`: hands a client out, or an error that passes once the replica is back. */
export function confirmed(timeoutMs: number): (client: pg.PoolClient, done: (failed?: Error) => void) => void {
  return (client, done) => {
    let answered = false;
    const answer = (failed?: Error | null): void => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      done(failed ?? undefined);
    };
    const timer = setTimeout(() => { answer(new Error('timeout expired: the synchronous replica has not confirmed what was committed')); }, timeoutMs);
    client.query(CONFIRMED, answer);
  };
}

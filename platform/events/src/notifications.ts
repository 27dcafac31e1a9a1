/** One connection that hears Postgres notifications and holds advisory locks; replaced by a new one when it breaks. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@pms/telemetry/logger';
import pg from 'pg';

const RECONNECT_MS = 500;
const QUEUE_MAX = 10_000;

export interface Notifications {
  /** Sends on a channel, in order; lost while there is no connection. `payload` is at most 7,900 bytes. */
  send(channel: string, payload: string): void;
  hear(channel: string, listener: (payload: string) => void): void;
  /** Takes the lock if it is free; true while this connection holds it. Locks are lost with the connection. */
  lock(name: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function notifications(url: string, logger: Logger): Promise<Notifications> {
  const listeners = new Map<string, ((payload: string) => void)[]>();
  const waiting: [string, string][] = [];
  let held = new Set<string>();
  let sending = false;
  let open = true;
  let reconnecting = false;
  let client = await connected();
  let last: Promise<unknown> = Promise.resolve();

  /** One after another: a connection has no queue of its own. */
  function ask<Row extends pg.QueryResultRow>(text: string, values: readonly string[] = []): Promise<pg.QueryResult<Row>> {
    const asked = last.then(() => client.query<Row>(text, [...values]));
    last = asked.catch(() => undefined);
    return asked;
  }

  async function connected(): Promise<pg.Client> {
    const made = new pg.Client({ connectionString: url, application_name: 'pms-notifications', keepAlive: true });
    made.on('notification', ({ channel, payload = '' }) => listeners.get(channel)?.forEach((listener) => listener(payload)));
    made.on('error', () => void reconnect(made));
    await made.connect();
    for (const channel of listeners.keys()) await made.query(`listen ${channel}`);
    return made;
  }

  /** Once, however often the broken connection says so. */
  async function reconnect(broken: pg.Client): Promise<void> {
    if (!open || reconnecting || client !== broken) return;
    reconnecting = true;
    held = new Set();
    logger.warn('the notification connection broke; connecting again');
    while (open) {
      try {
        client = await connected();
        break;
      } catch {
        await delay(RECONNECT_MS);
      }
    }
    reconnecting = false;
  }

  async function drain(): Promise<void> {
    if (sending) return;
    sending = true;
    for (let next = waiting.shift(); next !== undefined && open; next = waiting.shift())
      await ask('select pg_notify($1, $2)', next).catch(() => undefined);
    sending = false;
  }

  return {
    send(channel, payload) {
      if (waiting.length >= QUEUE_MAX) waiting.shift();
      waiting.push([channel, payload]);
      void drain();
    },
    hear(channel, listener) {
      const known = listeners.get(channel);
      if (known !== undefined) { known.push(listener); return; }
      listeners.set(channel, [listener]);
      ask(`listen ${channel}`).catch(() => undefined);
    },
    async lock(name) {
      if (held.has(name)) return true;
      const { rows } = await ask<{ locked: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as locked', [name]);
      if (rows[0]?.locked === true) held.add(name);
      return held.has(name);
    },
    async close() {
      open = false;
      await client.end().catch(() => undefined);
    },
  };
}

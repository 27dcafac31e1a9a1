/** A connection of its own to Postgres that lasts: replaced by a new one when it breaks, or only looks as if it were open. Statements go one after another. */
import { setTimeout as delay } from 'node:timers/promises';
import { isAway } from '@pms/errors/passing';
import type { Logger } from '@pms/telemetry/logger';
import pg from 'pg';
import { SERVER_LOOKS_AFTER_US } from './sql.ts';

const RECONNECT_MS = 500;
const CONNECT_MS_MAX = 10_000;
/** Each statement here is a matter of moments: one that takes so long has no connection any more. */
export const ANSWER_MS_MAX = 10_000;
/** A connection that only hears would never learn that nobody is at the other end: it asks now and then. */
export const ASK_EVERY_MS = 5_000;

export interface KeptOptions {
  readonly url: string;
  readonly logger: Logger;
  /** The channels that each new connection listens to. */
  channels(): Iterable<string>;
  heard(channel: string, payload: string): void;
  /** The session is gone, and with it what it held. */
  lost(): void;
  readonly answerMsMax?: number;
  readonly askEveryMs?: number;
}

export interface KeptConnection {
  /** Rejects while there is no connection. */
  ask<Row extends pg.QueryResultRow>(text: string, values?: readonly string[]): Promise<pg.QueryResult<Row>>;
  close(): Promise<void>;
}

/** Where the database is away, it resolves without a connection and goes on trying; what no waiting mends, a refused login for one, is thrown. */
export async function keptConnection(options: KeptOptions): Promise<KeptConnection> {
  const { logger, askEveryMs = ASK_EVERY_MS } = options;
  const gone = new WeakSet<pg.Client>();
  let open = true;
  let connecting = true;
  let last: Promise<unknown> = Promise.resolve();
  let client = await connected(options, lost).catch((error: unknown) => {
    if (!isAway(error)) throw error;
    return null;
  });
  if (client === null) void again();
  else {
    connecting = false;
    if (gone.has(client)) lost(client);
  }
  const asking = setInterval(() => void ask('select 1').catch(() => undefined), askEveryMs).unref();

  function ask<Row extends pg.QueryResultRow>(text: string, values: readonly string[] = []): Promise<pg.QueryResult<Row>> {
    const asked = last.then(async () => {
      const used = client;
      if (used === null) throw new Error('there is no connection to the database yet');
      try {
        return await used.query<Row>(text, [...values]);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) lost(used); // it did not fail because of what was asked
        throw error;
      }
    });
    last = asked.catch(() => undefined);
    return asked;
  }

  function lost(broken: pg.Client): void {
    gone.add(broken);
    if (!open || connecting || client !== broken) return; // while it connects it looks at `gone` itself
    connecting = true;
    options.lost();
    broken.end().catch(() => undefined);
    logger.warn('the notification connection broke; connecting again');
    void again();
  }

  /** Until there is one that is not broken before it is in use. */
  async function again(): Promise<void> {
    while (open && (client === null || gone.has(client))) {
      try {
        client = await connected(options, lost);
      } catch {
        await delay(RECONNECT_MS);
      }
    }
    connecting = false;
    if (!open) await client?.end().catch(() => undefined);
  }

  return {
    ask,
    async close() {
      open = false;
      clearInterval(asking);
      await client?.end().catch(() => undefined);
    },
  };
}

async function connected({ url, channels, heard, answerMsMax = ANSWER_MS_MAX }: KeptOptions, lost: (client: pg.Client) => void): Promise<pg.Client> {
  const made = new pg.Client({
    connectionString: url, application_name: 'pms-notifications', keepAlive: true, connectionTimeoutMillis: CONNECT_MS_MAX, query_timeout: answerMsMax, options: SERVER_LOOKS_AFTER_US,
  });
  made.on('notification', ({ channel, payload = '' }) => heard(channel, payload));
  made.on('error', () => lost(made)).on('end', () => lost(made));
  try {
    await made.connect();
    for (const channel of channels()) await made.query(`listen ${channel}`);
    return made;
  } catch (error) {
    await made.end().catch(() => undefined);
    throw error;
  }
}

/** How a process reaches Postgres: bounded pools in UTC, and Prisma's adapter on the same. A domain's go by its roles, for those whom the work acts for. */
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { acting } from '@pms/events/acting';
import { SERVER_LOOKS_AFTER_US, type Sql } from '@pms/events/sql';
import { traceStatements } from '@pms/telemetry/sql';
import pg from 'pg';
import { arrayBinary, arraysOf } from './array-binary.ts';
import { arrayText } from './array-text.ts';
import { type Addressed, addressed, isolating } from './isolated-pool.ts';
import { confirmed } from './replicated.ts';

const POOL_MAX = 40;
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** Longer than the server takes to give up: whoever has heard nothing by then has no connection, whatever it looks like. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** A transaction whose client says nothing for so long is undone, and its locks are free again. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
const UNANSWERED = 'Query read timeout';
const ROLLBACK_CAUSES = new Set(['40001', '40P01']); // serialization failure, deadlock: the work may be tried again
const TRIES_MAX = 5;

/** A connection pool as a domain's store sees it. */
export interface Database extends Sql {
  readonly adapter: SqlDriverAdapterFactory;
  /** One transaction (READ COMMITTED); tried again when Postgres chose it as a deadlock's victim. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly poolMax?: number;
  /** Of a domain's role for its own work; as many as of the one for requests unless given. */
  readonly workerPoolMax?: number;
  readonly applicationName?: string;
  readonly answerTimeoutMs?: number;
}

/** The addresses at which a domain's two roles log in. */
export interface Doors {
  readonly request: string;
  readonly worker: string;
}

/** As whoever the address names. */
export function connect(url: string, options: ConnectOptions = {}): Database & { readonly pool: pg.Pool } {
  const pool = poolAt(url, options);
  return { ...database(() => pool, { take: async () => ({ client: await pool.connect(), begin: 'begin' }), close: () => pool.end() }), pool };
}

/** As a domain's roles: each statement and transaction as the role, and for the organisations, that the work acts for. `doors` is asked on first use. */
export function connectIsolated(doors: () => Doors, options: ConnectOptions = {}): Database {
  let opened: { readonly pools: Record<keyof Doors, pg.Pool>; readonly facade: pg.Pool } | null = null;
  const open = (): NonNullable<typeof opened> => {
    if (opened !== null) return opened;
    const { request, worker } = doors();
    const pools = { request: poolAt(request, options), worker: poolAt(worker, { ...options, poolMax: options.workerPoolMax ?? options.poolMax ?? POOL_MAX }) };
    return opened = { pools, facade: isolating(pools, poolAt(request, options)) };
  };
  return database(() => open().facade, {
    take: () => addressed(open().pools, acting()),
    close: async () => { await Promise.all(opened === null ? [] : [opened.pools.request.end(), opened.pools.worker.end(), opened.facade.end()]); },
  });
}

function poolAt(url: string, { poolMax = POOL_MAX, applicationName = 'pms', answerTimeoutMs = ANSWER_TIMEOUT_MS }: ConnectOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url, max: poolMax, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: answerTimeoutMs, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS, keepAlive: true,
    application_name: applicationName, options: `-c timezone=UTC ${SERVER_LOOKS_AFTER_US}`, verify: confirmed(Math.min(CONNECT_TIMEOUT_MS, answerTimeoutMs)),
  });
  pool.on('error', () => undefined); // an idle connection that breaks is replaced by the pool
  // one that breaks in use fails its query, and says so here besides: unheard, that would end the process
  pool.on('connect', (client) => void client.on('error', () => undefined));
  traceStatements(pool);
  return pool;
}

/** A client for a transaction, and how it begins. */
interface Taking {
  take(): Promise<Addressed>;
  close(): Promise<void>;
}

const database = (pool: () => pg.Pool, { take, close }: Taking): Database => ({
  adapter: { provider: 'postgres', adapterName: '@prisma/adapter-pg', connect: () => new PrismaPg(pool(), { disposeExternalPool: false }).connect() },
  query: async (text, values) => asResult(await pool().query(text, asSent(text, values))),
  transaction: (work) => transaction(take, work),
  close,
});

/** Values as the driver is given them: arrays in the form that is read fastest. */
function asSent(text: string, values: readonly unknown[] = []): unknown[] {
  const binary = arraysOf(text);
  return values.map((value, at) => {
    if (!Array.isArray(value)) return value;
    const type = binary.get(at);
    return (type === undefined ? null : arrayBinary(value, type)) ?? arrayText(value) ?? value;
  });
}

const asResult = <Row>(result: pg.QueryResult): { rows: Row[]; rowCount: number } => ({ rows: result.rows as Row[], rowCount: result.rowCount ?? 0 });

/** One statement after another, also for work that goes side by side: a connection has no queue of its own. What is sent is made ready before its turn. */
function inTurn(query: (text: string, sent: unknown[]) => Promise<pg.QueryResult>): Sql['query'] {
  let last: Promise<void> | null = null;
  return async <Row>(text: string, values?: readonly unknown[]) => {
    const before = last;
    const sent = asSent(text, values);
    let end = (): void => undefined;
    const own = new Promise<void>((resolve) => { end = resolve; });
    last = own;
    try {
      if (before !== null) await before;
      return asResult<Row>(await query(text, sent));
    } finally {
      end();
      if (last === own) last = null;
    }
  };
}

const isUnanswered = (error: unknown): error is Error => error instanceof Error && error.message === UNANSWERED;

async function transaction<T>(take: Taking['take'], work: (sql: Sql) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const { client, begin } = await take();
    let broken: Error | undefined;
    let cause: unknown;
    try {
      await client.query(begin);
      const result = await work({
        // of work that goes side by side the first failure counts: those behind it say only that the transaction has failed
        query: inTurn((text, sent) => client.query(text, sent).catch((error: unknown) => { cause ??= error; throw error; })),
      });
      await client.query('commit');
      return result;
    } catch (error) {
      cause ??= error;
      // on a connection that does not answer nothing is asked any more: it is dropped, and the server undoes what was begun
      if (isUnanswered(cause)) broken = cause;
      else await client.query('rollback').catch((lost: Error) => { broken = lost; });
      const code = cause instanceof pg.DatabaseError ? cause.code ?? '' : '';
      if (!ROLLBACK_CAUSES.has(code) || attempt === TRIES_MAX) throw error;
    } finally {
      client.release(broken);
    }
  }
}

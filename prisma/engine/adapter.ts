/**
 * What Prisma's schema engine speaks to Postgres through: scripts run whole (the stock adapter splits them at every `;`, which breaks functions),
 * one session is kept, and the scratch ("shadow") database it compares with is made and dropped again.
 */
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlDriverAdapter, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** Postgres' internal one-byte type "char", which the engine's own catalogue queries return and the stock adapter does not know. */
const CHAR_OID = 18;
const TEXT_OID = 25;

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.toString();
};

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Reads "char" columns as text; says which columns of the last result they were. */
function readingChars(pool: pg.Pool): () => readonly boolean[] {
  let chars: readonly boolean[] = [];
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult | pg.QueryResult[]>;
  pool.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    if (Array.isArray(result)) return result; // a script of several statements
    chars = result.fields.map(({ dataTypeID }) => dataTypeID === CHAR_OID);
    result.fields = result.fields.map((field) => (field.dataTypeID === CHAR_OID ? { ...field, dataTypeID: TEXT_OID } : field));
    return result;
  }) as typeof pool.query;
  return () => chars;
}

async function open(url: string, disposed: () => Promise<void>): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  const chars = readingChars(pool);
  const adapter = await new PrismaPg(pool).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  return Object.assign(adapter, {
    async queryRaw(query: Parameters<typeof queryRaw>[0]) {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type, at) => (chars()[at] === true ? ColumnTypeEnum.Character : type));
      return { ...result, columnTypes };
    },
    async executeScript(script: string) {
      await pool.query(script);
    },
    async dispose() {
      await pool.end();
      await disposed();
    },
  });
}

/** `url` must allow creating databases; nothing in its own database is changed. */
export function scratchDatabases(url: string): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => open(url, () => Promise.resolve()),
    async connectToShadowDb() {
      const name = `pms_shadow_${randomUUID()}`;
      await once(url, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0`);
      return open(withDatabase(url, name), () => once(url, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`));
    },
  };
}

/** For comparing two schemas no database is needed: it answers only the engine's question for the server's version. */
export function noDatabase(): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    async connect() {
      const adapter = await new PrismaPg({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' }).connect();
      return Object.assign(adapter, {
        queryRaw: () =>
          Promise.resolve({
            columnNames: ['exists', 'version', 'numeric_version'],
            columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
            rows: [[true, 'PostgreSQL 18.0', 180_000]],
          }),
      });
    },
    connectToShadowDb: () => Promise.reject(new Error('this comparison needs a database: give --url')),
  };
}

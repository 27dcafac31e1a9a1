/**
 * Applies prisma/<folder>/migrations in order with `pg` alone, and keeps Prisma's own `_prisma_migrations` table in each schema,
 * so that `prisma migrate deploy` may be used instead. Refuses a migration that was edited after it was applied.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { isolate } from './isolation.ts';
import { type Migration, type MigrationSet, migrationsOf, prismaFolders, schemaOf } from './migrations.ts';

/** The key that Prisma Migrate takes too: two migrators never run side by side. */
const MIGRATION_LOCK = 72_707_369;
const LOCK_WAIT_MAX_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

export interface MigrateOptions {
  /** A role that may create schemas and roles: the owner of all tables, as which nothing else runs. */
  readonly url: string;
  /** Postgres schemas to bring up to date; all that have a schema.prisma unless given. */
  readonly schemas?: readonly string[];
}

export interface Migrated {
  readonly schema: string;
  readonly applied: readonly string[];
  /** Applied by a newer release than this one; left as they are. */
  readonly unknown: readonly string[];
}

export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
}

/** Where every schema is brought up to date, so are roles, grants and row-level security. */
export async function migrate({ url, schemas }: MigrateOptions): Promise<Migrated[]> {
  const wanted = prismaFolders().filter((folder) => schemas === undefined || schemas.includes(schemaOf(folder)));
  return migrateSets(url, wanted.map(migrationsOf), schemas === undefined ? isolated : undefined);
}

async function isolated(client: pg.Client): Promise<void> {
  try {
    await isolate(client);
  } catch (error) {
    throw new MigrationFailed(`the domains could not be kept apart: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The same for sets of migrations that are not this repository's own. */
export async function migrateSets(url: string, sets: readonly MigrationSet[], afterwards: (client: pg.Client) => Promise<void> = async () => undefined): Promise<Migrated[]> {
  const client = new pg.Client({
    connectionString: url,
    // whoever is held to row-level security sees no rows: a migration that would change none of them for that fails instead
    options: '-c timezone=UTC -c row_security=off',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    lock_timeout: LOCK_WAIT_MAX_MS,
    application_name: 'pms-migrate',
  });
  client.on('notice', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done: Migrated[] = [];
    for (const set of sets) done.push(await migrateOne(client, set));
    await afterwards(client);
    return done;
  } finally {
    await client.end(); // lets go of the lock, too
  }
}

async function migrateOne(client: pg.Client, set: MigrationSet): Promise<Migrated> {
  const schema = pg.escapeIdentifier(set.schema);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(`SET search_path = ${schema}`);
  await client.query(HISTORY_TABLE);
  const known = await history(client, set.schema);
  const applied: string[] = [];
  for (const migration of set.migrations) {
    const checksum = known.get(migration.name);
    if (checksum === undefined) {
      await apply(client, set.schema, migration);
      applied.push(migration.name);
    } else if (checksum !== migration.checksum)
      throw new MigrationFailed(`${set.folder}/migrations/${migration.name} was edited after it was applied to this database; add a new migration, or start with an empty database`);
  }
  const unknown = [...known.keys()].filter((name) => set.migrations.every((migration) => migration.name !== name));
  return { schema: set.schema, applied, unknown };
}

/** Checksums of what was applied, by name. Throws when a migration by the Prisma CLI broke off half way. */
async function history(client: pg.Client, schema: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished: boolean }>(
    'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
  );
  const broken = rows.find(({ finished }) => !finished);
  if (broken !== undefined) throw new MigrationFailed(`migration ${broken.migration_name} of schema ${schema} was begun and never finished: resolve it (prisma migrate resolve) first`);
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

/** Tables that hold their owner to row-level security too, and that a script names, where the owner is who migrates. He sees no row of theirs. */
async function heldTables(client: pg.Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ plain: string; quoted: string }>(
    `SELECT n.nspname || '.' || c.relname AS plain, '"' || n.nspname || '"."' || c.relname || '"' AS quoted
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = current_user
      WHERE c.relforcerowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls`);
  return rows.filter(({ plain, quoted }) => sql.includes(plain) || sql.includes(quoted)).map(({ quoted }) => quoted);
}

/** The script and the note that it ran commit together, so a process that is killed here leaves neither. */
async function apply(client: pg.Client, schema: string, { name, sql, checksum }: Migration): Promise<void> {
  const held = await heldTables(client, sql);
  await client.query('BEGIN');
  try {
    // everybody else is held all the while, and so is the owner once this commits
    for (const table of held) await client.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    await client.query(sql);
    for (const table of held) await client.query(`ALTER TABLE IF EXISTS ${table} FORCE ROW LEVEL SECURITY`);
    await client.query(`SET search_path = ${pg.escapeIdentifier(schema)}`); // the script may have changed it
    await client.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 1)',
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const where = error instanceof pg.DatabaseError && error.position !== undefined ? `, line ${sql.slice(0, Number(error.position)).split('\n').length}` : '';
    throw new MigrationFailed(`migration ${name} of schema ${schema} failed${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

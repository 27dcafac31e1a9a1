/** Migrations on the real server: applied once, whole or not at all, and never edited afterwards. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateSets } from '@pms/prisma/migrate';
import type { MigrationSet } from '@pms/prisma/migrations';
import { keepRoleSecrets, testDatabase } from '@pms/testing/test-database';
import { testPostgres } from '@pms/testing/test-postgres';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';

const setOf = (...scripts: string[]): MigrationSet[] => [
  { folder: 'a-domain', schema: 'a_domain', migrations: scripts.map((sql, at) => ({ name: `000${at + 1}_step`, sql, checksum: sql })) },
];
const createTable = 'CREATE TABLE a_domain.thing (id int PRIMARY KEY);';

async function emptyDatabase(): Promise<{ url: string; rows(sql: string): Promise<unknown[]> }> {
  const server = await testPostgres();
  const name = `pms_test_${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).toString();
  onTestFinished(async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
  return {
    url,
    async rows(sql) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(sql);
      await client.end();
      return rows;
    },
  };
}

test('a migration is applied once, and the next one after it', async () => {
  const { url } = await emptyDatabase();
  expect(await migrateSets(url, setOf(createTable))).toMatchObject([{ schema: 'a_domain', applied: ['0001_step'] }]);
  expect(await migrateSets(url, setOf(createTable))).toMatchObject([{ applied: [] }]);
  expect(await migrateSets(url, setOf(createTable, 'ALTER TABLE a_domain.thing ADD COLUMN name text;'))).toMatchObject([{ applied: ['0002_step'] }]);
});

test('a migration that fails half way leaves nothing behind, and names its line', async () => {
  const { url, rows } = await emptyDatabase();
  await expect(migrateSets(url, setOf(`${createTable}\nSELECT * FROM nowhere;`))).rejects.toThrow(/0001_step of schema a_domain failed, line 2: .*nowhere/);
  expect(await rows("SELECT to_regclass('a_domain.thing') AS found")).toEqual([{ found: null }]);
  expect(await migrateSets(url, setOf(createTable))).toMatchObject([{ applied: ['0001_step'] }]);
});

test('a migration that was edited after it was applied is refused', async () => {
  const { url } = await emptyDatabase();
  await migrateSets(url, setOf(createTable));
  await expect(migrateSets(url, setOf(`${createTable} SELECT 1;`))).rejects.toThrow(/was edited after it was applied/);
});

test('what a newer release applied is named and left alone', async () => {
  const { url } = await emptyDatabase();
  await migrateSets(url, setOf(createTable, 'SELECT 1;'));
  expect(await migrateSets(url, setOf(createTable))).toMatchObject([{ applied: [], unknown: ['0002_step'] }]);
});

test('an owner who is held to row-level security himself changes rows in a migration, and is held again afterwards', async () => {
  const { url, rows } = await emptyDatabase();
  const role = `pms_test_owner_${randomBytes(4).toString('hex')}`;
  await rows(`CREATE ROLE ${role} LOGIN PASSWORD '${role}' NOSUPERUSER NOBYPASSRLS`);
  onTestFinished(async () => { await rows(`DROP OWNED BY ${role} CASCADE`); await rows(`DROP ROLE ${role}`); });
  await rows(`GRANT ALL ON DATABASE ${new URL(url).pathname.slice(1)} TO ${role}`);
  const owned = Object.assign(new URL(url), { username: role, password: role }).toString();
  const steps = [createTable, 'INSERT INTO a_domain.thing VALUES (1);'];
  await migrateSets(owned, setOf(...steps), async (client) => void (await client.query('ALTER TABLE a_domain.thing ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')));
  await migrateSets(owned, setOf(...steps, 'UPDATE "a_domain"."thing" SET id = 2;'));
  expect(await rows('SELECT id FROM a_domain.thing')).toEqual([{ id: 2 }]);
  expect(await rows("SELECT relforcerowsecurity AS held FROM pg_class WHERE oid = 'a_domain.thing'::regclass")).toEqual([{ held: true }]);
});

test('two processes that migrate at once do it once', async () => {
  const { url, rows } = await emptyDatabase();
  const results = await Promise.all([migrateSets(url, setOf(createTable)), migrateSets(url, setOf(createTable))]);
  expect(results.flat().flatMap(({ applied }) => applied)).toEqual(['0001_step']);
  expect(await rows('SELECT count(*)::int AS n FROM a_domain._prisma_migrations')).toEqual([{ n: 1 }]);
});

test('a command on a database that was never migrated says what to do, in a sentence', async () => {
  const { url } = await emptyDatabase();
  await (await testDatabase()).drop(); // another one of the server has the roles
  const home = mkdtempSync(join(tmpdir(), 'pms-tools-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const verify = () => spawnSync(process.execPath, [join(import.meta.dirname, '../../processes/pms.ts'), 'books', 'verify'], { env: { ...process.env, DATABASE_URL: url, PMS_HOME: home }, encoding: 'utf8' });
  const strange = verify();
  expect(strange.stderr).toMatch(/^\nThe database does not let a role of the platform in \(.+pms_transactional.+\): run pms migrate with the secrets of this process .+\.\n$/);
  expect(strange.status).toBe(1);
  keepRoleSecrets(home);
  const pms = verify();
  expect(pms.stderr).toMatch(/^\nThis database lacks tables of the platform, or rights on them \(.+\): bring it up to date with pms migrate, or name the right one in DATABASE_URL\.\n$/);
  expect(pms.status).toBe(1);
});

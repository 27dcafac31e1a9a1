/** The test database on the real server. */
import { fingerprint } from '@pms/prisma/migrations';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from './test-database.ts';

async function connected(): Promise<pg.Client> {
  const database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await database.drop();
  });
  return client;
}

test('a test database has every migration', async () => {
  const client = await connected();
  const { rows } = await client.query('SELECT migration_name FROM bus._prisma_migrations ORDER BY 1');
  expect(rows[0]).toEqual({ migration_name: '0001_init' });
  expect(fingerprint()).toMatch(/^[0-9a-f]{16}$/);
});

test('two test databases do not see each other', async () => {
  const [one, other] = [await connected(), await connected()];
  await one.query('CREATE TABLE bus.mine (id int)');
  const { rows } = await other.query("SELECT to_regclass('bus.mine') AS found");
  expect(rows).toEqual([{ found: null }]);
});

/** A database of one's own with every migration applied, copied in milliseconds from a template that is made once for each state of the migrations. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Doors } from '@pms/prisma/connect';
import { migrate } from '@pms/prisma/migrate';
import { fingerprint } from '@pms/prisma/migrations';
import { asRole, roleOwners, rolesOf, secretOf, setPasswords } from '@pms/prisma/roles';
import pg from 'pg';
import { testPostgres } from './test-postgres.ts';

/** One template maker at a time, over all test processes. */
const TEMPLATE_LOCK = 7_365_002;
const LEFTOVER_AGE_MS = 3_600_000;
const TEMPLATE_PREFIX = 'pms_template_';
const TEST_PREFIX = 'pms_test_';

/** Roles are of the whole server, so that all tests have the same. */
const ROLE_PASSWORD = 'ofRolesInTestsAndNowhereElse0123456789abcdefgh';

/** Puts the passwords of roles where a process that has `home` as its PMS_HOME looks for them, in place of generated ones. */
export function keepRoleSecrets(home: string): void {
  const folder = join(home, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const owner of roleOwners()) writeFileSync(join(folder, secretOf(owner)), ROLE_PASSWORD, { mode: 0o600 });
}

/** Where a role logs in. */
export const roleUrl = (url: string, role: string): string => asRole(url, role, ROLE_PASSWORD);

/** Where a domain's own roles log in. */
export function doorsOf(url: string, domain: string): Doors {
  const { request, worker } = rolesOf(domain);
  return { request: roleUrl(url, request), worker: roleUrl(url, worker) };
}

export interface TestDatabase {
  /** As the owner of everything. */
  readonly url: string;
  /** Ends every session on it, then removes it. */
  drop(): Promise<void>;
}

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
};

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function databases(client: pg.Client, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)', [prefix]);
  return rows.map(({ name }) => name);
}

/** Made under another name and renamed, so that nobody copies half a template. */
async function makeTemplate(client: pg.Client, url: string, template: string): Promise<void> {
  const making = `${template}_making`;
  for (const old of await databases(client, TEMPLATE_PREFIX)) await client.query(`DROP DATABASE IF EXISTS ${old} WITH (FORCE)`);
  await dropLeftovers(client);
  await client.query(`CREATE DATABASE ${making} TEMPLATE template0`);
  await migrate({ url: withDatabase(url, making) });
  await setPasswords(url, new Map(roleOwners().map((owner) => [owner, ROLE_PASSWORD])));
  await client.query(`ALTER DATABASE ${making} RENAME TO ${template}`);
}

/** What a killed run left behind; the time of making is in the name. */
async function dropLeftovers(client: pg.Client): Promise<void> {
  const before = Date.now() - LEFTOVER_AGE_MS;
  for (const name of await databases(client, TEST_PREFIX)) {
    const made = Number.parseInt(name.slice(TEST_PREFIX.length), 36);
    if (made < before) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

async function copyTemplate(client: pg.Client, url: string, name: string): Promise<void> {
  const template = `${TEMPLATE_PREFIX}${fingerprint()}`;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    if (!(await databases(client, template)).includes(template)) await makeTemplate(client, url, template);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

export async function testDatabase(): Promise<TestDatabase> {
  const { url } = await testPostgres();
  const name = `${TEST_PREFIX}${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`;
  await asAdmin(url, (client) => copyTemplate(client, url, name));
  return {
    url: withDatabase(url, name),
    drop: () => asAdmin(url, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

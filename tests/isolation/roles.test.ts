/** Each role of the platform logs in and tries everything that is not its own: other schemas, what is append-only, what only an owner or a superuser may. */
import { changes, isolate, type Table, tablesIn } from '@pms/prisma/isolation';
import { allRoles, BUS, BUS_ROLE, domainFolders, rolesOf } from '@pms/prisma/roles';
import { roleUrl, testDatabase } from '@pms/testing/test-database';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

let owner: pg.Client;
let url: string;
let drop: () => Promise<void>;
let tables: readonly Table[];
const clients = new Map<string, pg.Client>();

async function opened(address: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: address });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

beforeAll(async () => {
  ({ url, drop } = await testDatabase());
  owner = await opened(url);
  await isolate(owner); // a copy of a database does not have the grants on the database itself
  tables = await tablesIn(owner);
  for (const role of allRoles()) clients.set(role, await opened(roleUrl(url, role)));
});
afterAll(async () => {
  await Promise.all([...clients.values(), owner].map((client) => client.end()));
  await drop();
});

const as = (role: string): pg.Client => {
  const client = clients.get(role);
  if (client === undefined) throw new Error(`nobody logged in as ${role}`);
  return client;
};

/** The SQLSTATE that Postgres refuses with; null when it lets it pass, of which nothing is kept. */
async function refusal(role: string, statement: string): Promise<string | null> {
  const alone = ALONE.test(statement);
  if (!alone) await as(role).query('begin');
  try {
    await as(role).query(statement);
    return null;
  } catch (error) {
    return error instanceof pg.DatabaseError ? error.code ?? 'no code' : String(error);
  } finally {
    if (!alone) await as(role).query('rollback');
  }
}

/** What Postgres takes outside of a transaction alone. */
const ALONE = /^(create database|alter system)/;

const NO_PRIVILEGE = '42501';
const on = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string => `${schema}.${pg.escapeIdentifier(name)}`;
const domainRoles = domainFolders().flatMap((domain) => Object.values({ ...rolesOf(domain) }).map((role) => ({ role, schema: domain.replaceAll('-', '_') })));

test('no role reads or writes in another schema', async () => {
  for (const { role, schema } of [...domainRoles, { role: BUS_ROLE, schema: BUS }]) {
    const foreign = [...Map.groupBy(tables.filter((table) => table.schema !== schema && !(role === BUS_ROLE && table.name.startsWith('outbox_'))), (table) => table.schema)];
    expect(foreign).toHaveLength(domainFolders().length);
    for (const [, [table]] of foreign)
      for (const way of [`select 1 from ${on(table as Table)}`, `delete from ${on(table as Table)}`]) expect(await refusal(role, way), `${role}: ${way}`).toBe(NO_PRIVILEGE);
  }
});

test('of everything in the database the roles have these privileges and no others', async () => {
  const { rows } = await owner.query<{ role: string; schema: string; name: string; privilege: string }>(
    `select r.rolname as role, n.nspname as schema, c.relname as name, p.privilege
       from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join unnest($1::text[]) as r(rolname)
       cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) as p(privilege)
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and has_table_privilege(r.rolname, c.oid, p.privilege)`, [allRoles()]);
  const held = rows.map(({ role, schema, name, privilege }) => `${role} ${privilege} ${schema}.${name}`).toSorted();
  const own = domainRoles.flatMap(({ role, schema }) => tables.filter((table) => table.schema === schema)
    .flatMap((table) => ['select', 'insert', ...changes(table)].map((privilege) => `${role} ${privilege.toUpperCase()} ${schema}.${table.name}`)));
  const delivery = tables.flatMap(({ schema, name }) => {
    if (schema === BUS) return ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map((privilege) => `${BUS_ROLE} ${privilege} ${schema}.${name}`);
    if (name === 'outbox_waiting') return ['SELECT', 'UPDATE', 'DELETE'].map((privilege) => `${BUS_ROLE} ${privilege} ${schema}.${name}`);
    return name === 'outbox_event' ? [`${BUS_ROLE} SELECT ${schema}.${name}`] : [];
  });
  expect(held).toEqual([...own, ...delivery].toSorted());
});

test('facts, journal, audit trail, evidence and outbox are added to and read, and nothing else', async () => {
  const named = ['audit.chain_entry', 'audit.checkpoint', 'transactional.fact', 'transactional.journal_entry', 'transactional.journal_line', 'validation.check_run', 'validation.breach',
    ...domainFolders().map((domain) => `${domain.replaceAll('-', '_')}.outbox_event`)];
  const found = tables.filter((table) => changes(table).length === 0);
  expect(found.map(({ schema, name }) => `${schema}.${name}`)).toEqual(expect.arrayContaining(named));
  for (const table of found)
    for (const { role } of domainRoles.filter(({ schema }) => schema === table.schema))
      for (const way of [`update ${on(table)} set ${pg.escapeIdentifier(table.columns[0] ?? '')} = null`, `delete from ${on(table)}`, `truncate ${on(table)}`,
        `select 1 from ${on(table)} for update`, `merge into ${on(table)} using (values (1)) as v(n) on true when matched then delete`])
        expect(await refusal(role, way), `${role}: ${way}`).toBe(NO_PRIVILEGE);
  for (const { role } of domainRoles.filter(({ schema }) => schema === 'audit')) expect(await refusal(role, 'delete from audit.chain_head')).toBe(NO_PRIVILEGE);
});

test('delivery moves events and rewrites none', async () => {
  for (const domain of domainFolders()) {
    const outbox = `${domain.replaceAll('-', '_')}.outbox_event`;
    expect(await refusal(BUS_ROLE, `select 1 from ${outbox}`)).toBeNull();
    for (const way of [`update ${outbox} set data = '{}'`, `update ${outbox} set organization_id = 'org_x'`, `delete from ${outbox}`, `truncate ${outbox}`, `insert into ${outbox} (id) values ('evt_x')`])
      expect(await refusal(BUS_ROLE, way), way).toBe(NO_PRIVILEGE);
  }
});

test('no role does what an owner may: tables, functions, guards stay as they are', async () => {
  for (const { role, schema } of domainRoles) {
    const table = `${schema}.outbox_event`;
    const ways = [
      `create table ${schema}.more (n int)`, 'create table public.more (n int)', 'create temporary table more (n int)', 'create schema more', `create function ${schema}.f() returns int language sql as 'select 1'`,
      `create view ${schema}.v as select 1`, `alter table ${table} disable row level security`, `alter table ${table} no force row level security`, `create policy more on ${table} using (true)`, `alter table ${table} disable trigger all`, `drop table ${table}`, `alter schema ${schema} rename to other`,
      `drop schema ${schema} cascade`, `alter table ${table} owner to ${role}`, `create index on ${table} (id)`, `create trigger t before insert on ${table} for each row execute function suppress_redundant_updates_trigger()`,
    ];
    for (const way of ways) expect(await refusal(role, way), `${role}: ${way}`).toBe(NO_PRIVILEGE);
    expect(await refusal(role, `grant select on ${table} to public; select 1 / (has_table_privilege('${BUS_ROLE}', '${table}', 'insert'))::int`)).not.toBeNull();
  }
});

test('no role becomes another, or more than it is', async () => {
  const everybody = allRoles();
  for (const role of everybody) {
    for (const other of [...everybody.filter((each) => each !== role), 'postgres', 'pg_read_all_data'])
      expect(await refusal(role, `set role ${other}`), `${role} becomes ${other}`).toMatch(/42501|42704|22023/);
    const ways = [
      `set session authorization ${role === BUS_ROLE ? 'pms_audit' : BUS_ROLE}`, `alter role ${role} superuser`, `alter role ${role} bypassrls`, `alter role ${role} createrole`, `grant pg_read_all_data to ${role}`,
      'create role more', 'create database more', 'create extension dblink', 'select * from pg_authid', 'select * from pg_shadow', 'set session_replication_role = replica', 'alter system set fsync = off',
      `select pg_read_file('PG_VERSION')`, `copy (select 1) to program 'true'`, `copy (select 1) to '/tmp/x'`, `select lo_import('/etc/passwd')`, `select pg_ls_dir('.')`,
      'select pg_reload_conf()', `do language plpython3u $$ pass $$`,
    ];
    for (const way of ways) expect(await refusal(role, way), `${role}: ${way}`).toMatch(/42501|42704|0A000|58P01|3F000/);
  }
});

test('a table that a later migration makes is granted with it', async () => {
  await owner.query('create table transactional.planted (id int primary key, organization_id text not null)');
  expect(await refusal('pms_transactional', 'select 1 from transactional.planted')).toBe(NO_PRIVILEGE);
  await isolate(owner);
  expect(await refusal('pms_transactional', 'select 1 from transactional.planted')).toBeNull();
  expect(await refusal('pms_validation', 'select 1 from transactional.planted')).toBe(NO_PRIVILEGE);
  await owner.query('drop table transactional.planted');
});

test('a role that may do more than it should stops the migration by name', async () => {
  await owner.query('begin');
  await owner.query('alter role pms_simulation bypassrls');
  await expect(isolate(owner)).rejects.toThrow('the role pms_simulation may do more than read and write its rows');
  await owner.query('rollback');
});

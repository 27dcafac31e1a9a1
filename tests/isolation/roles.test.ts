/** Each role of the platform logs in and tries everything that is not its own: other schemas, what is append-only, what only an owner or a superuser may. */
import { prune } from '@pms/events/pruning';
import { connect } from '@pms/prisma/connect';
import { changes, isolate, organizationColumn, privileges, type Table, tablesIn } from '@pms/prisma/isolation';
import { allRoles, AUDITOR_ROLE, BUS, BUS_ROLE, domainFolders, PRUNER_ROLE, rolesOf } from '@pms/prisma/roles';
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
    .flatMap((table) => privileges(table).map((privilege) => `${role} ${privilege.toUpperCase()} ${schema}.${table.name}`)));
  const delivery = tables.flatMap(({ schema, name }) => {
    if (schema === BUS) return ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map((privilege) => `${BUS_ROLE} ${privilege} ${schema}.${name}`);
    if (name === 'outbox_waiting') return ['SELECT', 'UPDATE', 'DELETE'].map((privilege) => `${BUS_ROLE} ${privilege} ${schema}.${name}`);
    return name === 'outbox_event' ? [`${BUS_ROLE} SELECT ${schema}.${name}`] : [];
  });
  const auditor = [...tables.filter(({ schema, name }) => name === 'outbox_event' || (schema === 'audit' && name === 'chain_entry')).map(({ schema, name }) => `${AUDITOR_ROLE} SELECT ${schema}.${name}`),
    ...['SELECT', 'INSERT'].map((privilege) => `${AUDITOR_ROLE} ${privilege} audit.outbox_receipt`)];
  const removed = (table: string): boolean => /\.(outbox_event|inbox_event)$|^bus\.placed_event$/.test(table);
  const read = (table: string): boolean => /\.(outbox_waiting|outbox_receipt)$|^bus\.(cursor|pruned)$/.test(table);
  const pruner = tables.map(({ schema, name }) => `${schema}.${name}`).flatMap((table) =>
    [...(removed(table) || read(table) ? ['SELECT'] : []), ...(removed(table) ? ['DELETE'] : []), ...(table === 'bus.pruned' ? ['INSERT', 'UPDATE'] : [])].map((privilege) => `${PRUNER_ROLE} ${privilege} ${table}`));
  expect(held).toEqual([...own, ...delivery, ...auditor, ...pruner].toSorted());
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

test('old events are taken away by the pruner, and by nobody else', async () => {
  const event = (id: string, age: string) => `insert into portfolio.outbox_event (id, type, key, organization_id, actor, correlation_id, occurred_at, recorded_at, data) values ('${id}', 'portfolio.x.v1', 'x', 'org_a', 'usr', 'c', now(), now() - interval '${age}', '{}')`;
  for (const [id, age] of [['evt_old', '40 days'], ['evt_new', '1 day']] as const) await owner.query(event(id, age));
  await owner.query(`insert into portfolio.inbox_event (id, handled_at) values ('evt_heard', now() - interval '40 days')`);
  const pruner = connect(roleUrl(url, PRUNER_ROLE), { poolMax: 1 });
  expect(await prune(pruner, 'portfolio', 30)).toEqual({ outbox: 1, inbox: 1 });
  await pruner.close();
  expect((await owner.query('select id from portfolio.outbox_event')).rows).toEqual([{ id: 'evt_new' }]);
  for (const way of [`update portfolio.outbox_event set data = '{}'`, `insert into portfolio.inbox_event (id) values ('evt_x')`, 'delete from portfolio.portfolio', 'delete from bus.cursor', 'select data from audit.chain_entry',
    `insert into audit.outbox_receipt (organization_id, publisher, after_seq, through_seq, entries) values ('org_a', 'portfolio', 0, 1, 1)`])
    expect(await refusal(PRUNER_ROLE, way), way).toBe(NO_PRIVILEGE);
});

test('receipts of what was compared are the auditor’s to write: neither who seals entries nor who takes events away vouches for them, and nobody changes one', async () => {
  const receipt = `insert into audit.outbox_receipt (organization_id, publisher, after_seq, through_seq, entries) values ('org_a', 'portfolio', 0, 1, 1)`;
  expect(await refusal(AUDITOR_ROLE, receipt)).toBeNull();
  for (const role of ['pms_audit', 'pms_audit_worker', BUS_ROLE]) expect(await refusal(role, receipt), role).toBe(NO_PRIVILEGE);
  for (const way of ['update audit.outbox_receipt set entries = 2', 'delete from audit.outbox_receipt', 'truncate audit.outbox_receipt', 'insert into audit.chain_entry (seq) values (1)'])
    expect(await refusal(AUDITOR_ROLE, way), way).toBe(NO_PRIVILEGE);
  await owner.query(receipt);
  await expect(owner.query('delete from audit.outbox_receipt')).rejects.toThrow('only ever added to');
});

test('no role does what an owner may: tables, functions, policies, guards stay as they are', async () => {
  for (const { role, schema } of domainRoles) {
    const table = `${schema}.outbox_event`;
    const ways = [
      `create table ${schema}.more (n int)`, 'create table public.more (n int)', 'create temporary table more (n int)', 'create schema more', `create function ${schema}.f() returns int language sql as 'select 1'`,
      `create view ${schema}.v as select 1`, `alter table ${table} disable row level security`, `alter table ${table} no force row level security`, `drop policy of_one_organization on ${table}`,
      `create policy more on ${table} using (true)`, `alter policy of_one_organization on ${table} using (true)`, `alter table ${table} disable trigger all`, `drop table ${table}`, `alter schema ${schema} rename to other`,
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

const UNPROTECTED = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = any($1)
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped)
    and (not c.relrowsecurity or not c.relforcerowsecurity
      or 2 <> (select count(*) from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname and p.policyname in ('of_one_organization', 'of_those_named') and p.qual like '%pms.organization%'
                 and p.roles <> '{public}' and p.cmd = 'ALL')
      or exists (select from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname and p.policyname not in ('of_one_organization', 'of_those_named', 'of_delivery', 'of_auditor', 'of_pruner')))`;

test('every table of an organisation is held to it, forced, and a new one is after the next migration', async () => {
  const unprotected = async (): Promise<string[]> => (await owner.query<{ name: string }>(UNPROTECTED, [[...domainFolders().map((domain) => domain.replaceAll('-', '_')), BUS]])).rows.map(({ name }) => name);
  expect(await unprotected()).toEqual([]);
  await owner.query('create table transactional.planted (id int primary key, organization_id text not null)');
  expect(await unprotected()).toEqual(['transactional.planted']);
  await isolate(owner);
  expect(await unprotected()).toEqual([]);
  for (const weaker of ['alter table transactional.planted no force row level security', 'drop policy of_those_named on transactional.planted', 'create policy more on transactional.planted using (true)']) {
    await owner.query(weaker);
    expect(await unprotected()).toEqual(['transactional.planted']);
    await isolate(owner);
    expect(await unprotected()).toEqual([]);
  }
  await owner.query('drop table transactional.planted');
});

/** What belongs to nobody: where events stand, and what signing in is done with before anybody is known. */
const OF_NO_ORGANIZATION = /^(bus\.\w+|\w+\.(inbox_event|outbox_waiting)|auth\.(oauth_artifact|revocation|sign_in_attempts|signing_key))$/;

test('a table that names no organisation is one of the few that belong to none', () => {
  const without = tables.filter((table) => organizationColumn(table) === null).map(({ schema, name }) => `${schema}.${name}`);
  expect(without.filter((name) => !OF_NO_ORGANIZATION.test(name))).toEqual([]);
});

test('a role that may do more than it should stops the migration by name', async () => {
  await owner.query('begin');
  await owner.query('alter role pms_simulation bypassrls');
  await expect(isolate(owner)).rejects.toThrow('the role pms_simulation may do more than read and write its rows');
  await owner.query('rollback');
});

test('without a word no row is seen, and with one those of the organisation alone', async () => {
  const investor = (organizationId: string, id = `inv_${organizationId}`): string =>
    `insert into portfolio.investor (id, organization_id, name, kind, created_at, content_hash) values ('${id}', '${organizationId}', 'x', 'HOUSE', now(), 'x')`;
  for (const organizationId of ['org_a', 'org_b', 'org_c']) await owner.query(investor(organizationId));
  const seen = async (role: string, setting: string | null): Promise<string[]> => {
    if (setting !== null) await as(role).query(`select set_config('pms.organization', $1, false)`, [setting]);
    return (await as(role).query<{ id: string }>('select id from portfolio.investor order by id')).rows.map(({ id }) => id);
  };
  for (const role of ['pms_portfolio', 'pms_portfolio_worker']) {
    expect(await seen(role, null)).toEqual([]);
    expect(await seen(role, 'org_b')).toEqual(['inv_org_b']);
    expect(await seen(role, 'org_x')).toEqual([]);
    expect(await seen(role, '')).toEqual([]);
    expect(await refusal(role, 'set row_security = off; select 1 from portfolio.investor')).toBe(NO_PRIVILEGE);
  }
  // only own work acts for more than one
  expect(await seen('pms_portfolio', '*')).toEqual([]);
  expect(await seen('pms_portfolio', 'org_a,org_b')).toEqual([]);
  expect(await seen('pms_portfolio_worker', 'org_a,org_c')).toEqual(['inv_org_a', 'inv_org_c']);
  expect(await seen('pms_portfolio_worker', '*')).toEqual(['inv_org_a', 'inv_org_b', 'inv_org_c']);
  await seen('pms_portfolio', 'org_a');
  await expect(as('pms_portfolio').query(`update portfolio.investor set organization_id = 'org_b' where id = 'inv_org_a'`)).rejects.toThrow('row-level security');
  await expect(as('pms_portfolio').query(investor('org_b', 'inv_new'))).rejects.toThrow('row-level security');
  expect((await as('pms_portfolio').query(`delete from portfolio.investor where id = 'inv_org_b'`)).rowCount).toBe(0);
  expect(tables.filter((table) => organizationColumn(table) !== null).length).toBeGreaterThan(60);
});

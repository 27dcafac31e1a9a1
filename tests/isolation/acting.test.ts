/** Connections that are shared by organisations: each statement and each transaction is for whom its work acts, whoever had the connection before. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { actingFor, actingForAll, actingThroughout } from '@pms/events/acting';
import { connect, connectIsolated, type Database } from '@pms/prisma/connect';
import { PrismaClient } from '@pms/prisma/portfolio';
import { doorsOf, testDatabase } from '@pms/testing/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';

let owner: Database;
let shared: Database;
let prisma: PrismaClient;
let drop: () => Promise<void>;

const insert = (organizationId: string, id = `inv_${organizationId}`): string =>
  `insert into portfolio.investor (id, organization_id, name, kind, created_at, content_hash) values ('${id}', '${organizationId}', 'x', 'HOUSE', now(), 'x')`;

beforeAll(async () => {
  const { url, drop: dropped } = await testDatabase();
  drop = dropped;
  owner = connect(url, { poolMax: 1 });
  shared = connectIsolated(() => doorsOf(url, 'portfolio'), { poolMax: 1 });
  prisma = new PrismaClient({ adapter: shared.adapter });
  for (const organizationId of ['org_a', 'org_b', 'org_c']) await owner.query(insert(organizationId));
});
afterAll(async () => {
  await prisma.$disconnect();
  await shared.close();
  await owner.close();
  await drop();
});

const SEEN = 'select organization_id as id from portfolio.investor order by 1';
const seen = async (): Promise<string[]> => (await shared.query<{ id: string }>(SEEN)).rows.map(({ id }) => id);

test('one connection serves one organisation after the other, and nobody in between', async () => {
  expect(await seen()).toEqual([]);
  expect(await actingFor('org_a', seen)).toEqual(['org_a']);
  expect(await seen()).toEqual([]);
  expect(await actingFor('org_b', () => prisma.investor.findMany({ select: { id: true } }))).toEqual([{ id: 'inv_org_b' }]);
  expect(await prisma.investor.findMany()).toEqual([]);
  const all = await Promise.all(['org_a', 'org_b', 'org_c', 'org_a', 'org_x'].map((organization) => actingFor(organization, seen)));
  expect(all).toEqual([['org_a'], ['org_b'], ['org_c'], ['org_a'], []]);
});

test('a transaction keeps to its organisation, and leaves the connection as it was, committed or not', async () => {
  const within = (organization: string, fails: boolean) => actingFor(organization, () => shared.transaction(async (sql) => {
    const { rows } = await sql.query<{ id: string }>(SEEN);
    if (fails) throw new Error('as planned');
    return rows.map(({ id }) => id);
  }));
  expect(await actingFor('org_a', seen)).toEqual(['org_a']);
  expect(await within('org_b', false)).toEqual(['org_b']);
  expect(await actingFor('org_a', seen)).toEqual(['org_a']);
  await expect(within('org_c', true)).rejects.toThrow('as planned');
  expect(await actingFor('org_a', seen)).toEqual(['org_a']);
  expect(await within('org_a', false)).toEqual(['org_a']);
  expect(await shared.transaction(async (sql) => (await sql.query(SEEN)).rows)).toEqual([]);
  // a quote in an id is a part of it
  expect(await within(`org_a'; set role postgres; --`, false)).toEqual([]);
});

test('a batch acts for its organisations and no other, own work for all', async () => {
  expect(await actingFor(['org_a', 'org_c', 'org_a'], seen)).toEqual(['org_a', 'org_c']);
  expect(await actingFor([], seen)).toEqual([]);
  expect(await actingForAll(seen)).toEqual(['org_a', 'org_b', 'org_c']);
  expect(await actingForAll(() => actingFor('org_b', seen))).toEqual(['org_b']);
  await expect(actingFor(['org_a', 'org_b'], () => shared.query(insert('org_c', 'inv_more')))).rejects.toThrow('row-level security');
  for (const id of ['*', 'org_a,org_b']) expect(() => actingFor(id, seen)).toThrow('no id of an organisation');
});

test('work goes on for whom it began, past timers and from step to step of an iterator', async () => {
  const later = await actingFor('org_c', async () => {
    await new Promise((resolve) => { setImmediate(resolve); });
    return seen();
  });
  expect(later).toEqual(['org_c']);
  async function* steps(): AsyncGenerator<string[]> {
    yield await seen();
    yield await seen();
  }
  const followed = actingFor('org_a', () => actingThroughout(steps()));
  expect((await followed.next()).value).toEqual(['org_a']);
  expect((await actingFor('org_b', () => followed.next())).value).toEqual(['org_a']);
});

test('what acts for all organisations is in one file, which no request goes through', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const sources = globSync('{platform,subgraphs,processes,prisma,router}/**/*.ts', { cwd: root, exclude: (name) => name.includes('node_modules') || name.endsWith('.test.ts') });
  expect(sources.length).toBeGreaterThan(500);
  const naming = sources.filter((file) => readFileSync(path.join(root, file), 'utf8').includes('actingForAll'));
  expect(naming.toSorted()).toEqual(['platform/events/src/acting.ts', 'platform/subgraph/src/own-work.ts']);
});

test('a connection that cannot be told for whom it is used is used by nobody', async () => {
  await actingFor('org_a', seen);
  await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pms_portfolio' and datname = current_database()`);
  // broken under way, or replaced by a new one: never another organisation's rows
  const after = await actingFor('org_b', seen).catch(() => ['refused']);
  expect([['org_b'], ['refused']]).toContainEqual(after);
  expect(await actingFor('org_b', seen)).toEqual(['org_b']);
});

/**
 * Queries read a replica, a real one that streams, and a consistency token is honoured: there where what it names has arrived, from the primary where the replica is late,
 * and with an error where a domain has not taken it in within the time that is waited.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gatherToken } from '@pms/events/consistency';
import { newId } from '@pms/events/ids';
import { connect, type Database } from '@pms/prisma/connect';
import { accountFor } from '@pms/prisma/embedded/account';
import { nativePostgres } from '@pms/prisma/embedded/native';
import { halt, initialise, launch, SUPERUSER } from '@pms/prisma/embedded/server';
import { environment } from '@pms/processes/environment';
import { flows } from '@pms/processes/flows';
import { followingTokens } from '@pms/processes/follow-token';
import { migrateAll } from '@pms/processes/migrate';
import { openWorld, type World } from '@pms/processes/world';
import { inProcess } from '@pms/router/dial/in-process';
import { standardSubgraph } from '@pms/router/dial/settings';
import { metrics } from '@pms/telemetry/metrics';
import { silent } from '@pms/telemetry/logger';
import { principal } from '@pms/testing/front-door';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../journeys/support/platform.ts';

const PASSWORD = 'replicated';
const SETTINGS = { fsync: 'off', wal_level: 'replica', max_wal_senders: '4', max_connections: '100', shared_buffers: '32MB', timezone: 'UTC' };
const ARRIVES = { timeout: 30_000, interval: 20 };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-replica-'));
const account = accountFor(folder);
const native = nativePostgres(account);
const pids: number[] = [];
let primary: Database;
let replica: Database;
let world: World;

const urlOf = (port: number): string => `postgresql://${SUPERUSER}:${PASSWORD}@127.0.0.1:${String(port)}/postgres`;
const making = (name: string) => ({ native, account, dataDir: path.join(folder, name), logFile: path.join(folder, `${name}.log`) });

async function launched(name: string, more: Readonly<Record<string, string>> = {}): Promise<number> {
  const port = await freePort();
  pids.push(await launch(making(name), port, { ...SETTINGS, ...more }));
  return port;
}

/** Postgres' own low-level backup: files are copied while it works, and what changes meanwhile comes with the log. */
async function copied(port: number): Promise<number> {
  const [from, to] = [making('primary').dataDir, making('replica').dataDir];
  const client = connect(urlOf(port), { poolMax: 1 }); // a backup belongs to one session
  await client.query("select pg_backup_start('replica', true)");
  execFileSync('cp', ['-a', from, to]);
  const { rows: [stopped] } = await client.query<{ label: string }>('select labelfile as label from pg_backup_stop(false)');
  await client.close();
  fs.rmSync(path.join(to, 'postmaster.pid'), { force: true });
  for (const [name, text] of [['backup_label', stopped?.label ?? ''], ['standby.signal', '']] as const) {
    fs.writeFileSync(path.join(to, name), text, { mode: 0o600 });
    if (account !== null) fs.chownSync(path.join(to, name), account.uid, account.gid);
  }
  return launched('replica', { primary_conninfo: `host=127.0.0.1 port=${String(port)} user=${SUPERUSER} password=${PASSWORD}` });
}

beforeAll(async () => {
  if (account !== null) fs.chownSync(folder, account.uid, account.gid);
  await initialise(making('primary'), PASSWORD, false);
  const port = await launched('primary');
  await migrateAll(environment({ PMS_HOME: path.join(folder, 'home') }), urlOf(port));
  const second = await copied(port);
  [primary, replica] = [connect(urlOf(port), { poolMax: 2 }), connect(urlOf(second), { poolMax: 2 })];
  const settings = environment({ DATABASE_URL: urlOf(port), DATABASE_READ_URL: urlOf(second), CONSISTENCY_WAIT_MS: '500', PMS_HOME: path.join(folder, 'home') });
  world = await openWorld({ environment: settings, databaseUrl: urlOf(port), domains: ['portfolio', 'trade-capture', 'transactional', 'analytics', 'leaderboard'], shared: false, logger: silent });
}, 120_000);
afterAll(async () => {
  await world?.close();
  await Promise.all([primary?.close(), replica?.close()]);
  for (const pid of pids.toReversed()) await halt(pid);
  fs.rmSync(folder, { recursive: true, force: true });
});

const requestWith = (token?: string) => ({ principal: principal(), token: null, correlationId: newId('req'), ...(token === undefined ? {} : { headers: { 'x-pms-consistency': token } }) });

/** What the portfolio domain answers, and where it read. */
async function asked(text: string, kind: 'query' | 'mutation', token?: string) {
  const [subgraph] = world.subgraphs;
  const request = requestWith(token);
  const before = await readsFrom();
  const written = gatherToken({ organizationId: request.principal.organizationId, correlationId: request.correlationId });
  const contextValue = await world.readers.get('portfolio')?.(request, kind);
  const { data, errors } = await execute({ schema: subgraph!.schema, document: parse(text), contextValue });
  const after = await readsFrom();
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is what the test asserts
  return { data: data as any, codes: errors?.map(({ extensions }) => extensions['code']), token: written() ?? undefined, from: Object.keys(after).find((from) => after[from] !== before[from]) };
}
const readsFrom = async (domain = 'portfolio'): Promise<Record<string, number>> =>
  Object.fromEntries((await metrics.getSingleMetric('pms_reads_total')?.get())?.values.filter(({ labels }) => labels['domain'] === domain).map(({ labels, value }) => [String(labels['from']), value]) ?? []);
async function opened(name: string): Promise<{ id: string; token: string | undefined }> {
  const { data, token } = await asked(`mutation { createPortfolio(input: { name: "${name}", baseCurrency: "USD", idempotencyKey: "${name}" }) { portfolio { id } userErrors { code } } }`, 'mutation');
  return { id: data.createPortfolio.portfolio.id, token };
}
const found = (id: string, token?: string) => asked(`{ portfolio(id: "${id}") { name } }`, 'query', token);

test('a query reads the replica, and with a token not before the change is there', async () => {
  const { id, token } = await opened('streamed');
  expect(await found(id, token)).toMatchObject({ data: { portfolio: { name: 'streamed' } }, from: 'replica' });
  expect(await found(id)).toMatchObject({ data: { portfolio: { name: 'streamed' } }, from: 'replica' });
});

test('while the replica is behind, a query without a token may miss a change, and one with it has the primary’s answer', async () => {
  await replica.query('select pg_wal_replay_pause()');
  const { id, token } = await opened('held up');
  expect(await found(id)).toMatchObject({ codes: ['NOT_FOUND'], from: 'replica' });
  expect(await found(id, token)).toMatchObject({ data: { portfolio: { name: 'held up' } }, from: 'late' });
  await replica.query('select pg_wal_replay_resume()');
  await vi.waitFor(async () => expect(await found(id, token)).toMatchObject({ data: { portfolio: { name: 'held up' } }, from: 'replica' }), ARRIVES);
});

test('a domain that has not heard of the change says so when the time has passed, and answers once it has', async () => {
  const { token } = await opened('not told yet');
  const elsewhere = () => world.readers.get('trade-capture')?.(requestWith(token), 'query');
  await expect(elsewhere()).rejects.toMatchObject({ code: 'STALE_READ', details: { domain: 'trade-capture' } });
  await world.start(); // events are delivered from now on
  await vi.waitFor(async () => expect(await elsewhere()).toBeDefined(), ARRIVES);
});

test('what came of a change, two domains on, is the primary’s answer until the replica has that as well', async () => {
  const { id } = await opened('valued');
  const dial = followingTokens(inProcess(world.subgraphs.map(({ name, schema }) => ({
    name, schema, contextFor: (request, kind) => world.readers.get(name)?.(request, kind) ?? {}, gatherToken: (of) => gatherToken({ ...of, organizationId: of.principal?.organizationId ?? '' }),
  }))), { flows, waitMsMax: 10_000, ask: async (domain, { passed = {}, ...request }) => await world.followers.get(domain)?.({ ...request, headers: passed }) ?? [] });
  const sent = (name: string, query: string, kind: 'query' | 'mutation', passed: Record<string, string> = {}) => dial({ name, url: '' }, { ...standardSubgraph, headers: { pass: ['x-pms-consistency'], set: {} } })
    .execute({ query, kind }, { principal: principal(), token: null, correlationId: newId('req'), passed });
  const deposit = (key: string) => sent('transactional', `mutation { depositCash(input: { portfolioId: "${id}", amount: { amount: "10", currency: "USD" }, idempotencyKey: "${key}" }) { userErrors { code } } }`, 'mutation');
  await vi.waitFor(async () => expect(await deposit('known by now')).toMatchObject({ data: { depositCash: { userErrors: [] } } }), ARRIVES);
  await replica.query('select pg_wal_replay_pause()');
  const token = String((await deposit('held up')).extensions?.['consistencyToken']);
  const ranked = async () => {
    const before = await readsFrom('leaderboard');
    const { data } = await sent('leaderboard', `{ _entities(representations: [{ __typename: "Portfolio", id: "${id}" }]) { ... on Portfolio { id } } }`, 'query', { 'x-pms-consistency': token });
    const after = await readsFrom('leaderboard');
    return { data, from: Object.keys(after).find((from) => after[from] !== before[from]) };
  };
  await vi.waitFor(async () => expect(await ranked()).toMatchObject({ data: { _entities: [{ id }] }, from: 'late' }), ARRIVES);
  await replica.query('select pg_wal_replay_resume()');
  await vi.waitFor(async () => expect(await ranked()).toMatchObject({ from: 'replica' }), ARRIVES);
});

test('what is no token is refused', async () => {
  await expect(found('prt_1', 'rubbish')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

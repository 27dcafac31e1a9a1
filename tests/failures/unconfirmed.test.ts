/** What a crash leaves committed on the primary alone: a fail-over would take it away again, so that nobody may build on it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { auditSubgraph } from '@pms/audit';
import { newId } from '@pms/events/ids';
import { localLive } from '@pms/events/live';
import { connect } from '@pms/prisma/connect';
import { silent } from '@pms/telemetry/logger';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseUrl, type Postgres, session, startPostgres } from './support/postgres.ts';
import { until } from './support/until.ts';

const WITHIN_MS = 30_000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-unconfirmed-'));
let postgres: Postgres;
let url: string;

const asked = (text: string) => session(url, async (client) => (await client.query(text)).rows);
/** Whether somebody's commit waits for a replica. */
const waits = async (who: string): Promise<boolean> =>
  (await asked(`select 1 from pg_stat_activity where application_name = '${who}' and wait_event = 'SyncRep'`)).length > 0;

beforeAll(async () => {
  fs.chmodSync(folder, 0o755); // Postgres works as another account where this one may do everything
  postgres = await startPostgres(folder);
  url = databaseUrl(postgres.port());
  await asked('create table acknowledged (id text primary key)');
}, 120_000);
afterAll(async () => {
  await postgres?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

test('a change that no replica has confirmed when Postgres crashes is shown to nobody before one has', { timeout: 120_000 }, async () => {
  await asked(`alter system set synchronous_standby_names = 'away'`);
  await asked('select pg_reload_conf()');
  const writer = new pg.Client({ connectionString: url, application_name: 'writer' });
  writer.on('error', () => undefined);
  await writer.connect();
  const written = writer.query(`insert into acknowledged values ('first')`).then(() => 'acknowledged', () => 'not answered');
  await until('the commit waits for its replica', WITHIN_MS, () => waits('writer'));
  await postgres.restart();
  expect(await written).toBe('not answered');
  expect(await asked('select id from acknowledged')).toEqual([{ id: 'first' }]);

  const impatient = connect(url, { poolMax: 1, answerTimeoutMs: 500 });
  await expect(impatient.query('select id from acknowledged')).rejects.toThrow('has not confirmed');
  await impatient.close();
  const patient = connect(url, { poolMax: 1, applicationName: 'patient' });
  const answered = patient.query('select id from acknowledged');
  await until('who reads waits for the replica', WITHIN_MS, () => waits('patient'));
  await asked('alter system reset synchronous_standby_names');
  await asked('select pg_reload_conf()');
  expect((await answered).rows).toEqual([{ id: 'first' }]);
  await patient.close();
});

test('no root of the audit trail leaves the database before its replica has confirmed what it stands for', { timeout: 120_000 }, async () => {
  await asked(`create schema audit;
    create table audit.chain_head (organization_id text primary key, seq bigint, hash text, recorded_at timestamptz, seal text);
    create table audit.chain_entry (organization_id text, seq bigint, hash text);
    create table audit.checkpoint (organization_id text, size bigint, root_hash text, taken_at timestamptz, signature text, subtrees jsonb);
    insert into audit.chain_head values ('org', 1, repeat('a', 64), now(), 'x'); insert into audit.chain_entry values ('org', 1, repeat('a', 64))`);
  const sink = path.join(folder, 'checkpoints');
  const database = connect(url, { poolMax: 2, applicationName: 'sealer' });
  const audit = auditSubgraph({
    database, live: localLive(), logger: silent, wake: () => undefined, newId, now: () => new Date(),
    settings: { production: false, demo: false, issuer: 'http://127.0.0.1', checkpoints: sink, secret: (name) => Promise.resolve(name.padEnd(43, '.')) },
  });
  expect(await audit.checkpoint()).toBe(1);
  await asked(`alter system set synchronous_standby_names = 'away'`);
  await asked('select pg_reload_conf()');
  // as when somebody ends a commit's wait: everybody sees what the primary alone has
  await asked(`set synchronous_commit = local; update audit.chain_head set seq = 2, hash = repeat('b', 64); insert into audit.chain_entry values ('org', 2, repeat('b', 64))`);
  const taken = audit.checkpoint();
  await until('the checkpoint waits for the replica', WITHIN_MS, () => waits('sealer'));
  const sizes = () => fs.readFileSync(path.join(sink, 'org.jsonl'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { size: number }).size);
  expect(sizes()).toEqual([1]);
  await asked('alter system reset synchronous_standby_names');
  await asked('select pg_reload_conf()');
  expect(await taken).toBe(1);
  expect(sizes()).toEqual([1, 2]);
  await audit.close();
  await database.close();
});

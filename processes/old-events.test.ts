/** What becomes of old events by itself, every few minutes, and at the terminal, as the roles that do it. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { rounds } from '@pms/events/pruning';
import { connect, type Database } from '@pms/prisma/connect';
import { silent } from '@pms/telemetry/logger';
import { keepRoleSecrets, testDatabase, type TestDatabase } from '@pms/testing/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { compareAudit } from './audit.ts';
import { receiptFindings, vouch } from './audit-receipts.ts';
import type { DomainName } from './catalogue.ts';
import { connectAuditor } from './database.ts';
import { environment } from './environment.ts';
import { oldEvents } from './old-events.ts';

const EVERY_MS = 600_000;
const home = mkdtempSync(path.join(os.tmpdir(), 'pms-old-events-'));
let made: TestDatabase;
/** As the owner of everything. */
let database: Database;
let said: MockInstance<typeof console.log>;
beforeAll(async () => {
  made = await testDatabase();
  database = connect(made.url, { poolMax: 2 });
  keepRoleSecrets(home);
});
afterAll(async () => {
  await database.close();
  await made.drop();
  rmSync(home, { recursive: true });
});
beforeEach(() => { said = vi.spyOn(console, 'log').mockReturnValue(); });
afterEach(() => {
  said.mockRestore();
  vi.useRealTimers();
  process.exitCode = undefined;
});

const settings = (over: Record<string, string> = {}) => environment({ PMS_HOME: home, DATABASE_URL: made.url, LOG_LEVEL: 'silent', ...over });
const lines = (): unknown[] => said.mock.calls.map(([line]) => line);
const SAID = `'portfolio.x.v1', 'usr', 'cor', null, '2026-01-05T09:00:00Z', '{"n": 1}'`;
const say = (...ids: string[]) => Promise.all(ids.map((id) => database.query(
  `insert into portfolio.outbox_event (id, key, organization_id, type, actor, correlation_id, reason, occurred_at, data, recorded_at) values ('${id}', 'k', 'org', ${SAID}, now() - interval '31 days')`)));
const record = (seq: number, id: string) => database.query(
  `insert into audit.chain_entry (organization_id, seq, event_id, action, subjects, recorded_at, previous_hash, hash, type, actor, correlation_id, reason, occurred_at, data)
   values ('org', ${String(seq)}, '${id}', 'X', '{}', now(), repeat('a', 63) || '${String(seq - 1)}', repeat('a', 63) || '${String(seq)}', ${SAID})`);
const left = async () => (await database.query<{ id: string }>('select id from portfolio.outbox_event order by id')).rows.map(({ id }) => id);

async function minutesOf(domains: readonly DomainName[]): Promise<void> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const taking = await oldEvents({ environment: settings(), databaseUrl: made.url, domains, logger: silent });
  taking.start();
  vi.advanceTimersByTime(EVERY_MS);
  await taking.close();
  vi.useRealTimers();
}

test('a process takes away the old events of its domains that the audit domain’s has compared, and what the trail lacks stays', async () => {
  await say('evt_1', 'evt_unrecorded');
  await record(1, 'evt_1');
  await minutesOf(['portfolio']);
  expect(await left()).toEqual(['evt_1', 'evt_unrecorded']);
  await minutesOf(['audit']);
  expect(await left()).toEqual(['evt_1', 'evt_unrecorded']);
  await minutesOf(['portfolio']);
  expect(await left()).toEqual(['evt_unrecorded']);
});

test('pms audit compare goes on where the last receipt ends, says what it found, and fails where an entry tells what no domain said', async () => {
  await say('evt_2', 'evt_4');
  await record(2, 'evt_2');
  await compareAudit(settings());
  expect([lines(), process.exitCode]).toEqual([expect.arrayContaining(['portfolio: 1 receipts written, 0 entries that no event stands for', 'auth: 0 receipts written, 0 entries that no event stands for']), undefined]);
  await record(3, 'evt_forged');
  await record(4, 'evt_4');
  await compareAudit(settings());
  expect([lines(), process.exitCode]).toEqual([expect.arrayContaining(['portfolio: 1 receipts written, 1 entries that no event stands for']), 1]);
  expect(await left()).toEqual(['evt_2', 'evt_4', 'evt_unrecorded']);
  const { rows } = await database.query('select after_seq::int as after, through_seq::int as through, entries, strangers::int[] from audit.outbox_receipt order by through_seq');
  expect(rows).toEqual([{ after: 0, through: 1, entries: 1, strangers: [] }, { after: 1, through: 2, entries: 1, strangers: [] }, { after: 2, through: 4, entries: 1, strangers: [3] }]);
  expect(await receiptFindings(database, 'org', 'portfolio')).toEqual([]);
  // one in the middle that somebody took away is missed
  await database.query('alter table audit.outbox_receipt disable trigger all');
  await database.query('delete from audit.outbox_receipt where through_seq = 2');
  expect(await receiptFindings(database, 'org', 'portfolio')).toEqual([expect.stringContaining('behind 2 and up to 4')]);
  await expect(compareAudit(settings({ EVENTS_KEEP_DAYS: '0' }))).rejects.toThrow('nothing to compare');
});

test('events that are kept as evidence are passed over, however many they are: a round goes on where the last one ended', async () => {
  await database.query(
    `insert into portfolio.outbox_event (id, key, organization_id, type, actor, correlation_id, reason, occurred_at, data, recorded_at)
     select 'kept_' || n, 'k', 'org', ${SAID}, now() - interval '31 days' from generate_series(1, 5000) as n`);
  await say('evt_behind');
  await database.query('delete from audit.outbox_receipt');
  await record(5, 'evt_behind');
  const looking = { keepDays: 30, logger: silent, round: rounds(1) };
  const auditor = await connectAuditor(settings(), made.url);
  expect(await vouch(auditor, 'portfolio', looking)).toMatchObject({ receipts: 1 }); // of those before
  expect(await vouch(auditor, 'portfolio', looking)).toMatchObject({ receipts: 1 });
  expect(looking.round.reached.size).toBe(0);
  await auditor.close();
});

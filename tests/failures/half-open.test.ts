/** Connections that look open and are not: nothing passes, and neither end is told. */
import { notifications } from '@pms/events/notifications';
import { connect } from '@pms/prisma/connect';
import { silent } from '@pms/telemetry/logger';
import { testDatabase } from '@pms/testing/test-database';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

const SOON = { timeout: 20_000, interval: 50 } as const;
const closers: (() => Promise<unknown>)[] = [];
let proxy: TcpProxy;
let direct: string;
let through: string;

beforeAll(async () => {
  const database = await testDatabase();
  direct = database.url;
  proxy = await tcpProxy(Number(new URL(direct).port));
  const url = new URL(direct);
  url.port = String(proxy.port);
  through = url.href;
  closers.push(() => database.drop(), () => proxy.close());
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

test('who listens for notifications notices that nobody is at the other end, and hears again', async () => {
  const listening = await notifications(through, silent, { answerMsMax: 300, askEveryMs: 100 });
  closers.push(() => listening.close());
  const heard: string[] = [];
  listening.hear('pms_half_open', (payload) => void heard.push(payload));
  const other = new pg.Client({ connectionString: direct });
  await other.connect();
  closers.push(() => other.end());
  await vi.waitFor(async () => { await other.query(`notify pms_half_open, 'before'`); expect(heard).toContain('before'); }, SOON);
  proxy.freeze();
  await vi.waitFor(async () => { await other.query(`notify pms_half_open, 'after'`); expect(heard).toContain('after'); }, SOON);
  expect(await listening.lock('half-open')).toBe(true);
});

test('a transaction whose connection does not answer fails, and the next one has another connection', async () => {
  const database = connect(through, { poolMax: 1, answerTimeoutMs: 500 });
  closers.push(() => database.close());
  const stuck = database.transaction(async (sql) => {
    await sql.query('select 1');
    proxy.freeze();
    await sql.query('select 2');
  });
  await expect(stuck).rejects.toThrow('Query read timeout');
  expect(await database.transaction((sql) => sql.query('select 3 as three'))).toMatchObject({ rows: [{ three: 3 }] });
});

test('the server lets go of what a client held that went away without a word', async () => {
  const database = connect(through, { poolMax: 1 });
  closers.push(() => database.close());
  const { rows } = await database.query(`select name, setting from pg_settings where name in ('idle_in_transaction_session_timeout', 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count') order by name`);
  expect(rows).toEqual([
    { name: 'idle_in_transaction_session_timeout', setting: '60000' }, { name: 'tcp_keepalives_count', setting: '4' }, { name: 'tcp_keepalives_idle', setting: '10' },
    { name: 'tcp_keepalives_interval', setting: '5' },
  ]);
});

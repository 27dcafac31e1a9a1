/** A process that starts while what it stands on is away: it waits, says so, and takes up its work; what no waiting mends ends it with a sentence. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { roleUrl, keepRoleSecrets, type TestDatabase, testDatabase } from '@pms/testing/test-database';
import { rolesOf } from '@pms/prisma/roles';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePorts } from '../failures/support/ports.ts';
import { tcpProxy, type TcpProxy } from '../failures/support/tcp-proxy.ts';

const SOON = { timeout: 60_000, interval: 50 } as const;
const pms = path.resolve(import.meta.dirname, '../../processes/pms.ts');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-outage-'));
let database: TestDatabase;
let proxy: TcpProxy;
let port = 0;
let nobody = 0;
const children: ChildProcess[] = [];

beforeAll(async () => {
  keepRoleSecrets(home);
  database = await testDatabase();
  proxy = await tcpProxy(Number(new URL(database.url).port));
  [port = 0, nobody = 0] = await freePorts(2);
});
afterAll(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await proxy.close();
  await database.drop();
  fs.rmSync(home, { recursive: true, force: true });
});

interface Started { readonly said: () => string; readonly ended: Promise<unknown[]> }

function domain(name: string, more: NodeJS.ProcessEnv): Started {
  const own = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(PORT|HOST|AUTH_|SUBGRAPH_URL_|PMS_|VITEST|NODE_CHANNEL|NODE_OPTIONS|DATABASE_|KAFKA_|REDIS_|PUBLIC_URL)/.test(key)));
  const child = spawn(process.execPath, [pms, 'subgraph', name, '--port', String(port)], { env: { ...own, NODE_ENV: 'development', PMS_HOME: home, ...more }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.push(child);
  let said = '';
  const hear = (bytes: Buffer): void => void (said += bytes.toString());
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return { said: () => said, ended: once(child, 'close') };
}

const through = (): string => { const url = new URL(database.url); url.port = String(proxy.port); return url.href; };
const status = (what: string): Promise<number> => fetch(`http://127.0.0.1:${String(port)}/health/${what}`).then((response) => response.status, () => 0);
const metric = async (): Promise<string> => (await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text()).split('\n').find((line) => line.startsWith('pms_start_waiting{')) ?? '';

test('without Postgres and Redis it lives, is not ready, says what it waits for, and works once they are there', async () => {
  proxy.refuse(true);
  const { said } = domain('auth', { DATABASE_URL: through(), REDIS_URL: `redis://127.0.0.1:${String(nobody)}` });
  await vi.waitFor(async () => expect(await status('live')).toBe(200), SOON);
  await vi.waitFor(async () => expect(await metric()).toBe('pms_start_waiting{for="the database"} 1'), SOON);
  expect(await status('ready')).toBe(503);
  await vi.waitFor(() => expect(said()).toContain('the database does not answer: the start waits for it'), SOON);
  expect(said()).not.toContain('answers at');
  proxy.refuse(false);
  await vi.waitFor(async () => expect(await status('ready')).toBe(200), SOON);
  await vi.waitFor(() => expect(said()).toMatch(/the database is there: the start goes on[^]*auth answers at/), SOON);
  expect(await metric()).toBe('pms_start_waiting{for="the database"} 0');
  children[0]?.kill('SIGTERM');
  await once(children[0] as ChildProcess, 'close');
});

test('a password that is refused, and a database without its tables, end it with what to do', async () => {
  const refused = domain('auth', { DATABASE_URL: database.url, PMS_SECRET_DATABASE_AUTH: 'x'.repeat(43) });
  expect(await refused.ended).toEqual([1, null]);
  expect(refused.said()).toMatch(/does not let a role of the platform in .*run pms migrate/);
  const bare = new URL(roleUrl(database.url, rolesOf('auth').worker));
  bare.pathname = '/postgres';
  const empty = domain('auth', { DATABASE_URL: bare.href });
  expect(await empty.ended).toEqual([1, null]);
  expect(empty.said()).toMatch(/lacks tables of the platform.*pms migrate/);
});

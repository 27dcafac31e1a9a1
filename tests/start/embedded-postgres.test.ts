/** The embedded Postgres through its front door, on real folders: made, used by several processes, killed, broken, refused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Client } from 'pg';
import { isAlive } from '../../prisma/embedded/lock.ts';
import { explained } from '../../prisma/embedded/start-error.ts';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '@pms/prisma/embedded';

const SLOW_MS = 60_000;
vi.setConfig({ testTimeout: SLOW_MS, hookTimeout: SLOW_MS });
const settings = { fsync: 'off', shared_buffers: '16MB', max_connections: '20' };
const program = path.resolve(import.meta.dirname, '../../prisma/embedded.ts');
let home: string;
let dataDir: string;

beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-embedded-'));
  fs.chmodSync(home, 0o755);
  dataDir = path.join(home, 'postgres');
});
afterAll(async () => {
  await removeEmbeddedPostgres({ dataDir });
  fs.rmSync(home, { recursive: true, force: true });
});

async function ask<Row>({ url }: EmbeddedPostgres, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Starts it in a process of its own and kills that process outright; resolves to the pid of the Postgres left behind. */
async function startedByOneThatWasKilled(): Promise<number> {
  const script = `const { startEmbeddedPostgres } = await import(${JSON.stringify(program)});
    const { pid } = await startEmbeddedPostgres(${JSON.stringify({ dataDir, settings })});
    process.stdout.write(String(pid)); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  return Number(pid.toString());
}

test('a first start makes a database in UTC, with a password that only its owner can read', async () => {
  const server = await startEmbeddedPostgres({ dataDir, settings });
  expect(await ask(server, 'show timezone')).toEqual([{ TimeZone: 'UTC' }]);
  expect(await ask(server, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  const secret = path.join(home, 'secrets/postgres-password');
  expect(fs.statSync(secret).mode & 0o777).toBe(0o600);
  expect(server.url).toContain(fs.readFileSync(secret, 'utf8').trim());
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
});

test('a second start finds the same data on the same port', async () => {
  const first = await startEmbeddedPostgres({ dataDir, settings });
  await ask(first, 'create table kept as select 42 as answer');
  await first.stop();
  const second = await startEmbeddedPostgres({ dataDir, settings });
  expect(second.port).toBe(first.port);
  expect(await ask(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await second.stop();
});

test('a server left behind by a killed process is used again, and stopped with its new user', async () => {
  const orphan = await startedByOneThatWasKilled();
  expect(isAlive(orphan)).toBe(true);
  const server = await startEmbeddedPostgres({ dataDir, settings });
  expect(server).toMatchObject({ adopted: true, pid: orphan });
  await server.stop();
  expect(isAlive(orphan)).toBe(false);
});

test('a server killed together with its user recovers what was committed', async () => {
  const server = await startEmbeddedPostgres({ dataDir, settings });
  await ask(server, 'create table survived as select 7 as answer');
  process.kill(server.pid, 'SIGKILL');
  await expect.poll(() => isAlive(server.pid)).toBe(false);
  const next = await startEmbeddedPostgres({ dataDir, settings });
  expect(await ask(next, 'select answer from survived')).toEqual([{ answer: 7 }]);
  await next.stop();
});

test('the last one to stop ends the server, not the first', async () => {
  const one = await startEmbeddedPostgres({ dataDir, settings });
  const other = await startEmbeddedPostgres({ dataDir, settings });
  await one.stop();
  expect(await ask(other, 'select 1 as still')).toEqual([{ still: 1 }]);
  await expect(removeEmbeddedPostgres({ dataDir })).rejects.toThrow('stop it first');
  await other.stop();
  expect(isAlive(one.pid)).toBe(false);
});

test('two that start at once share one server', async () => {
  const servers = await Promise.all([1, 2].map(() => startEmbeddedPostgres({ dataDir, settings })));
  expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
  await Promise.all(servers.map((server) => server.stop()));
  expect(isAlive(servers[0]?.pid ?? 0)).toBe(false);
});

test('a port that was asked for and is taken is refused in a sentence', async () => {
  const squatter = net.createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as net.AddressInfo;
  await expect(startEmbeddedPostgres({ dataDir, port, settings })).rejects.toThrow(`Port ${String(port)}, wanted for Postgres, is in use by another program.`);
  squatter.close();
});

test('a remembered port that is taken meanwhile is replaced by a free one', async () => {
  const before = await startEmbeddedPostgres({ dataDir, settings });
  await before.stop();
  const squatter = net.createServer().listen(before.port, '127.0.0.1');
  await once(squatter, 'listening');
  const after = await startEmbeddedPostgres({ dataDir, settings });
  expect(after.port).not.toBe(before.port);
  expect(await ask(after, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await after.stop();
  squatter.close();
});

test('data of another Postgres release is refused, and says how to start anew', async () => {
  const { dataDir: real } = JSON.parse(fs.readFileSync(path.join(home, 'postgres.json'), 'utf8')) as { dataDir: string };
  const version = path.join(real, 'PG_VERSION');
  const own = fs.readFileSync(version);
  fs.writeFileSync(version, '9\n');
  await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(/made by Postgres 9 .*`npm start -- --reset`/);
  fs.writeFileSync(version, own);
});

test('a broken data folder is told in one sentence, and a reset makes a new one', async () => {
  fs.rmSync(path.join(dataDir, 'global/pg_control'));
  await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(/^[^\n]*pg_control[^\n]*npm start -- --reset[^\n]*$/);
  await removeEmbeddedPostgres({ dataDir });
  const server = await startEmbeddedPostgres({ dataDir, settings });
  expect(await ask(server, "select to_regclass('kept') as kept")).toEqual([{ kept: null }]);
  await server.stop();
});

test('a start that was killed while it made the database begins again', async () => {
  await removeEmbeddedPostgres({ dataDir });
  fs.mkdirSync(`${dataDir}.making`);
  fs.writeFileSync(`${dataDir}.making/PG_VERSION`, 'half');
  fs.writeFileSync(path.join(home, 'postgres.lock'), '999999999');
  const server = await startEmbeddedPostgres({ dataDir, settings });
  expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('root in a folder that others may not enter keeps the data outside, and a reset finds it there', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root has to drop its rights, and this run is by an ordinary account');
  const closed = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-closed-'));
  const inside = path.join(closed, '.pms/postgres');
  const server = await startEmbeddedPostgres({ dataDir: inside, settings });
  const { dataDir: real } = JSON.parse(fs.readFileSync(`${inside}.json`, 'utf8')) as { dataDir: string };
  expect(real.startsWith(closed)).toBe(false);
  expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
  await removeEmbeddedPostgres({ dataDir: inside });
  expect(fs.existsSync(real)).toBe(false);
  fs.rmSync(closed, { recursive: true });
});

test('a full disk is told in one sentence, whoever noticed it first', () => {
  const byNode = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const byPostgres = new Error('LOG: starting\nFATAL:  could not write lock file "postmaster.pid": No space left on device');
  for (const error of [byNode, byPostgres]) expect(explained(error, '.pms/postgres').message).toMatch(/^The disk is full: [^\n]*\.pms\/postgres[^\n]*$/);
});

/**
 * A real Postgres with a streaming replica, of the binaries that the product brings. What is acknowledged is on both (synchronous replication), so that
 * the replica can take over and nothing is lost. Files are not forced to disk: processes die here, machines do not.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Account, accountFor } from '@pms/prisma/embedded/account';
import { type Native, nativePostgres } from '@pms/prisma/embedded/native';
import { initialise, SUPERUSER } from '@pms/prisma/embedded/server';
import pg from 'pg';
import { freePorts } from './ports.ts';
import { until } from './until.ts';

const START_MS_MAX = 180_000;
const PASSWORD = 'chaos';
const DATABASE = 'pms';
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1', unix_socket_directories: '', timezone: 'UTC', fsync: 'off', max_connections: '500', shared_buffers: '128MB', jit: 'off',
  max_parallel_workers_per_gather: '0', random_page_cost: '1.1', wal_level: 'replica', max_wal_senders: '4', wal_keep_size: '512MB', max_wal_size: '2GB',
};

export interface Postgres {
  /** Of the primary, as it is now. */
  port(): number;
  /** Whether there is a replica that could take over. */
  replicated(): boolean;
  /** SIGQUIT: sessions are cut, nothing is written down; then it starts again and recovers. */
  restart(): Promise<void>;
  /** The primary is killed, and the replica promoted. */
  failOver(): Promise<void>;
  /** A new replica, from a base backup; from then on commits wait for it. */
  replicate(): Promise<void>;
  stop(): Promise<void>;
}

interface Server { readonly dataDir: string; readonly port: number; child: ChildProcess }
interface Home { readonly folder: string; readonly native: Native; readonly account: Account | null }

export const databaseUrl = (port: number, database = DATABASE): string => `postgresql://${SUPERUSER}:${PASSWORD}@127.0.0.1:${String(port)}/${database}`;

/** One session, for one piece of work. */
export async function session<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'chaos' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function startPostgres(folder: string): Promise<Postgres> {
  const account = accountFor(folder);
  const home: Home = { folder, account, native: nativePostgres(account) };
  const [port = 0] = await freePorts(1);
  const dataDir = path.join(folder, 'postgres-1');
  await initialise({ native: home.native, account, dataDir, logFile: '' }, PASSWORD, false);
  let primary: Server = { dataDir, port, child: await run(home, dataDir, port) };
  await session(databaseUrl(port, 'postgres'), (client) => client.query(`create database ${DATABASE} template template0`));
  let replica: Server | null = null;
  let made = 1;
  return {
    port: () => primary.port,
    replicated: () => replica !== null,
    async restart() {
      await ended(primary.child, 'SIGQUIT');
      primary.child = await run(home, primary.dataDir, primary.port);
    },
    async failOver() {
      if (replica === null) throw new Error('there is no replica to fail over to');
      await ended(primary.child, 'SIGKILL');
      primary = replica;
      replica = null;
      await session(databaseUrl(primary.port, 'postgres'), (client) => client.query('select pg_promote(true, 60)'));
    },
    async replicate() {
      made += 1;
      replica = await replicaOf(home, primary, path.join(folder, `postgres-${String(made)}`));
    },
    async stop() {
      for (const server of [replica, primary]) if (server !== null) await ended(server.child, 'SIGQUIT');
    },
  };
}

async function run({ native, account, folder }: Home, dataDir: string, port: number, more: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
  fs.rmSync(path.join(dataDir, 'postmaster.pid'), { force: true }); // the one before is known to be gone
  const log = fs.openSync(path.join(folder, `${path.basename(dataDir)}.log`), 'a');
  const flags = Object.entries({ ...SETTINGS, ...more }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(native.postgres, ['-D', dataDir, '-p', String(port), ...flags], {
    cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }, detached: true, stdio: ['ignore', log, log], ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
  fs.closeSync(log);
  await until(`Postgres answers at ${String(port)}`, START_MS_MAX, () => session(databaseUrl(port, 'postgres'), async (client) => (await client.query('select 1')).rowCount === 1));
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** Postgres' own low-level backup: files are copied while it works, and what changes meanwhile comes with the log. */
async function replicaOf(home: Home, primary: Server, dataDir: string): Promise<Server> {
  const [port = 0] = await freePorts(1);
  await session(databaseUrl(primary.port, 'postgres'), async (client) => {
    await client.query(`select pg_backup_start('replica', true)`);
    await promisify(execFile)('cp', ['-a', primary.dataDir, dataDir]).catch(() => undefined); // a file that went away meanwhile was not needed
    const { rows: [stopped] } = await client.query<{ label: string }>('select labelfile as label from pg_backup_stop(false)');
    for (const name of fs.readdirSync(path.join(dataDir, 'pg_wal'))) if (/^[0-9A-F]{24}|\.history$/.test(name)) fs.rmSync(path.join(dataDir, 'pg_wal', name));
    for (const [name, text] of [['backup_label', stopped?.label ?? ''], ['standby.signal', '']] as const) owned(home, path.join(dataDir, name), text);
    owned(home, path.join(dataDir, 'postgresql.auto.conf'), '');
  });
  const child = await run(home, dataDir, port, { primary_conninfo: `host=127.0.0.1 port=${String(primary.port)} user=${SUPERUSER} password=${PASSWORD}` });
  await session(databaseUrl(primary.port, 'postgres'), async (client) => {
    await until('the replica follows', START_MS_MAX, async () => ((await client.query(`select 1 from pg_stat_replication where state = 'streaming'`)).rowCount ?? 0) > 0);
    await client.query(`alter system set synchronous_standby_names = '*'`);
    await client.query('select pg_reload_conf()');
  });
  return { dataDir, port, child };
}

function owned({ account }: Home, file: string, text: string): void {
  fs.writeFileSync(file, text, { mode: 0o600 });
  if (account !== null) fs.chownSync(file, account.uid, account.gid);
}

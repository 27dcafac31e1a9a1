/** The server process itself: made, started, found again after its parent died, stopped. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { isAlive, procStat } from './lock.ts';
import type { Native } from './native.ts';
import { StartError } from './start-error.ts';

export const SUPERUSER = 'postgres';
const READY_WAIT_MAX_MS = 60_000;
const STOP_WAIT_MAX_MS = 30_000;
const POLL_MS = 20;
const LOG_BYTES_MAX = 10_000_000;

export interface Making {
  readonly native: Native;
  readonly account: Account | null;
  readonly dataDir: string;
  readonly logFile: string;
}

/** Makes an empty cluster beside its final name and renames it: what a kill leaves half made is never opened. */
export async function initialise({ native, account, dataDir }: Making, password: string, durable: boolean): Promise<void> {
  const making = `${dataDir}.making`;
  fs.rmSync(making, { recursive: true, force: true });
  fs.mkdirSync(making, { recursive: true, mode: 0o700 });
  const passwordFile = path.join(os.tmpdir(), `pms-${randomBytes(8).toString('hex')}`);
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account !== null) for (const file of [making, passwordFile]) fs.chownSync(file, account.uid, account.gid);
  try {
    const options = ['-D', making, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
    await promisify(execFile)(native.initdb, durable ? options : [...options, '--no-sync'], as(account));
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
  fs.renameSync(making, dataDir);
}

/** Resolves with its pid once it takes connections; a rejection carries what it wrote to its log. */
export async function launch({ native, account, dataDir, logFile }: Making, port: number, settings: Readonly<Record<string, string>>): Promise<number> {
  const from = startLog(logFile);
  const log = fs.openSync(logFile, 'a');
  const flags = Object.entries({ listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Detached: Ctrl-C reaches the whole group of the terminal, and Postgres has to outlive the draining of its clients.
  const child = spawn(native.postgres, ['-D', dataDir, '-p', String(port), ...flags], { ...as(account), detached: true, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  child.unref();
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(fs.readFileSync(logFile).subarray(from).toString())));
  });
  const pid = await Promise.race([failed, ready(dataDir, () => child.pid)]);
  child.removeAllListeners('exit');
  return pid;
}

async function ready(dataDir: string, pidOf: () => number | undefined): Promise<number> {
  const until = Date.now() + READY_WAIT_MAX_MS;
  while (Date.now() < until) {
    const running = runningServer(dataDir);
    if (running?.ready === true && running.pid === pidOf()) return running.pid;
    await sleep(POLL_MS);
  }
  throw new StartError(`Postgres took more than ${String(READY_WAIT_MAX_MS / 1000)} s to start; its log is in ${path.dirname(dataDir)}.`);
}

/** The byte from which this start writes. An old long log is dropped: it is for a look after a failure, not for keeping. */
function startLog(file: string): number {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= LOG_BYTES_MAX) return size;
  fs.truncateSync(file);
  return 0;
}

export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** The server of this folder if one lives, for example because its parent was killed; `null` also where the pid now belongs to another program. */
export function runningServer(dataDir: string): Running | null {
  const file = path.join(dataDir, 'postmaster.pid');
  let lines: string[];
  try {
    lines = fs.readFileSync(file, 'utf8').split('\n').map((line) => line.trim());
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!isAlive(pid) || !isPostgres(pid)) return null;
  return { pid, port: Number(lines[3]), ready: lines[7] === 'ready' };
}

/** Pids are used again after a reboot; only Linux tells cheaply whose one is, elsewhere Postgres itself looks. */
const isPostgres = (pid: number): boolean => process.platform !== 'linux' || procStat(pid).includes('(postgres)');

/** A lock file whose holder is not Postgres would keep the next server from starting. */
export function clearStalePid(dataDir: string): void {
  if (process.platform === 'linux' && runningServer(dataDir) === null) fs.rmSync(path.join(dataDir, 'postmaster.pid'), { force: true });
}

/** Ends its sessions and writes everything down; one that does not obey in time is stopped hard and recovers at its next start. */
export async function halt(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return; // gone
    }
    const until = Date.now() + STOP_WAIT_MAX_MS;
    while (Date.now() < until) {
      if (!isAlive(pid)) return;
      await sleep(POLL_MS);
    }
  }
}

function as(account: Account | null): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  const env = { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], LC_ALL: 'C', TZ: 'UTC', HOME: os.tmpdir() };
  return { cwd: path.parse(process.cwd()).root, env, ...(account === null ? {} : { uid: account.uid, gid: account.gid }) };
}

/**
 * A real Postgres from npm for one clone: made on the first start, found again after a crash, stopped by the last process that uses it.
 * Data lies in `dataDir`; its record, log and generated password beside it. Refuses with one sentence (StartError) what a person has to mend.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { accountFor } from './embedded/account.ts';
import { holding } from './embedded/lock.ts';
import { nativePostgres } from './embedded/native.ts';
import { type Files, filesOf, freePort, isFree, newDataDir, passwordOf, type Place, recordedPlace, recordPlace } from './embedded/place.ts';
import { clearStalePid, halt, initialise, launch, type Making, runningServer, SUPERUSER } from './embedded/server.ts';
import { explained, StartError } from './embedded/start-error.ts';

export { StartError } from './embedded/start-error.ts';

export interface EmbeddedOptions {
  /** Asked for; the data goes to a folder outside where the account that runs Postgres cannot enter this one. */
  readonly dataDir: string;
  /** This port or none; without it one derived from the path, or a free one. */
  readonly port?: number;
  /** Postgres settings, over the durable defaults. Only tests may set `fsync: 'off'`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** It was running already: left by a killed process, or in use by another one now. */
  readonly adopted: boolean;
  /** Stops the server, unless another process still uses it. */
  stop(): Promise<void>;
}

const DATABASE = 'pms';
const START_TRIES_MAX = 5;
const RETRY_AFTER_MS = 300;
const LINGERING_TRIES = 6;
const LINGERING_MS = 200;
/** Held shared by each process that uses the server; who gets it alone is the last one and may stop it. */
const IN_USE_LOCK = 7_365_001;
const DEFAULTS: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A process of everything may open some twenty for the roles of each of ten domains; those that are not opened cost next to nothing.
  max_connections: '300',
  shared_buffers: '256MB',
  wal_compression: 'on',
  max_wal_size: '2GB',
  jit: 'off',
  // What is read by key lies on a solid disk or in memory: at the default of 4, rows of one portfolio are looked for among everybody's.
  random_page_cost: '1.1',
  // Parallel queries want shared memory that containers are short of, and these queries are small.
  max_parallel_workers_per_gather: '0',
};

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const files = filesOf(path.resolve(options.dataDir));
  try {
    fs.mkdirSync(path.dirname(files.asked), { recursive: true });
    return await holding(files.lock, () => startedOrAdopted(files, options));
  } catch (error) {
    throw explained(error, files.asked);
  }
}

/** Stops the server of `dataDir` and deletes its data, record and password. Refuses while another process uses it. */
export async function removeEmbeddedPostgres({ dataDir }: Pick<EmbeddedOptions, 'dataDir'>): Promise<void> {
  const files = filesOf(path.resolve(dataDir));
  const place = recordedPlace(files);
  const real = place?.dataDir ?? files.asked;
  const running = runningServer(real);
  if (running !== null && place !== null) {
    const session = await sessionOn(running.port, files).catch(() => null);
    const last = session === null || (await isLast(session));
    await session?.end();
    if (!last) throw new StartError('The platform is running from this folder: stop it first, then start anew.');
  }
  if (running !== null) await halt(running.pid);
  for (const gone of [real, `${real}.making`, files.record, files.log, files.lock, files.password]) fs.rmSync(gone, { recursive: true, force: true });
}

async function startedOrAdopted(files: Files, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const password = passwordOf(files);
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt(files, options, password);
    } catch (error) {
      // A server that is going down, or whose children have not all gone yet, is a matter of moments.
      if (tries === START_TRIES_MAX || !isPassing(error)) throw error;
      await sleep(RETRY_AFTER_MS * tries);
    }
  }
}

async function attempt(files: Files, options: EmbeddedOptions, password: string): Promise<EmbeddedPostgres> {
  const recorded = recordedPlace(files);
  const orphan = recorded === null ? null : runningServer(recorded.dataDir);
  if (orphan?.ready === false) throw new Error('the database system is starting up or shutting down');
  if (orphan === null) return launched(files, options, password, recorded);
  options.log?.(`found Postgres running (pid ${String(orphan.pid)}); it is used again`);
  return inUse(files, orphan.pid, orphan.port, true);
}

async function launched(files: Files, options: EmbeddedOptions, password: string, recorded: Place | null): Promise<EmbeddedPostgres> {
  const account = accountFor(recorded?.dataDir ?? files.asked);
  const native = nativePostgres(account);
  const making: Making = { native, account, dataDir: recorded?.dataDir ?? newDataDir(files, account), logFile: files.log };
  const settings = { ...DEFAULTS, ...options.settings };
  const port = await chosenPort(files, options.port, recorded?.port);
  if (isMissing(making.dataDir)) {
    options.log?.('making the database');
    await initialise(making, password, settings['fsync'] !== 'off');
  }
  refuseOtherRelease(making.dataDir, native.major);
  ownedBy(making);
  recordPlace(files, { dataDir: making.dataDir, port });
  clearStalePid(making.dataDir);
  return inUse(files, await launch(making, port, settings), port, false);
}

async function chosenPort(files: Files, wanted: number | undefined, recorded: number | undefined): Promise<number> {
  if (wanted === undefined) return freePort(files, recorded);
  if (!(await isFree(wanted))) throw new StartError(`Port ${String(wanted)}, wanted for Postgres, is in use by another program.`);
  return wanted;
}

/** Data of an ordinary account's earlier start, now started by root as another. */
function ownedBy({ account, dataDir }: Making): void {
  if (account === null || fs.statSync(dataDir).uid === account.uid) return;
  execFileSync('chown', ['-R', `${String(account.uid)}:${String(account.gid)}`, dataDir]);
}

/** An empty folder counts as missing; one with other things in it is nobody's to overwrite. */
function isMissing(dataDir: string): boolean {
  if (!fs.existsSync(dataDir)) return true;
  if (fs.readdirSync(dataDir).length > 0) return false;
  fs.rmdirSync(dataDir);
  return true;
}

function refuseOtherRelease(dataDir: string, major: string): void {
  const file = path.join(dataDir, 'PG_VERSION');
  if (!fs.existsSync(file)) throw new StartError(`The data folder ${dataDir} is broken (it has no PG_VERSION). To start anew, losing what it held: \`npm start -- --reset\`.`);
  const found = fs.readFileSync(file, 'utf8').trim();
  if (found !== major) throw new StartError(`The data folder ${dataDir} was made by Postgres ${found} and this platform runs Postgres ${major}. To start anew, losing what it holds: \`npm start -- --reset\`.`);
}

async function inUse(files: Files, pid: number, port: number, adopted: boolean): Promise<EmbeddedPostgres> {
  const session = await sessionOn(port, files);
  await session.query('select pg_advisory_lock_shared($1)', [IN_USE_LOCK]);
  const { rowCount } = await session.query('select 1 from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await session.query(`create database ${DATABASE} template template0`);
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await session.query('select pg_advisory_unlock_shared($1)', [IN_USE_LOCK]).catch(() => undefined);
    const last = await isLastSoon(session, adopted ? LINGERING_TRIES : 1).catch(() => true);
    await session.end().catch(() => undefined);
    if (last) await halt(pid);
  };
  return { url: urlOf(port, files, DATABASE), port, pid, adopted, stop: () => (stopping ??= stop()) };
}

async function sessionOn(port: number, files: Files): Promise<Client> {
  const session = new Client({ connectionString: urlOf(port, files, 'postgres') });
  // Lost when the server goes first: whoever queries next will hear of it, this session only marks the use.
  session.on('error', () => undefined);
  try {
    await session.connect();
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new StartError(`The password in ${files.password} is not the one this database was made with: restore it, or start anew with \`npm start -- --reset\`.`);
  }
  return session;
}

/** A session may outlive by a moment the killed process that it was of: where a server was found running, others are looked for more than once. */
async function isLastSoon(session: Client, tries: number): Promise<boolean> {
  for (let left = tries; ; left -= 1) {
    if (await isLast(session)) return true;
    if (left <= 1) return false;
    await sleep(LINGERING_MS);
  }
}

async function isLast(session: Client): Promise<boolean> {
  const { rows } = await session.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [IN_USE_LOCK]);
  return rows[0]?.last ?? true;
}

const urlOf = (port: number, files: Files, database: string): string => `postgresql://${SUPERUSER}:${passwordOf(files)}@127.0.0.1:${String(port)}/${database}`;

function isPassing(error: unknown): boolean {
  if (error instanceof StartError) return false;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P01' || code === '57P03' || /starting up|shutting down|still in use|terminated unexpectedly|Address already in use/.test(message);
}

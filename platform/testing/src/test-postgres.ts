/**
 * The Postgres that tests use: the server of DATABASE_URL, or one of our own that is started by the first who asks,
 * shared by all test processes of this clone, and stopped by the last run that ends. It forgets on a power cut (fsync off, its data in memory
 * where there is room); products never do.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '@pms/prisma/embedded';

const FOLDER = join(import.meta.dirname, '../../../node_modules/.cache/pms/test-postgres');
const RUN_VARIABLE = 'PMS_TEST_RUN';
/** A file system in memory: a database is some 900 files, which take a disk that is busy twenty times as long to copy. */
const MEMORY = '/dev/shm';
const MEMORY_FREE_MIN = 4 * 2 ** 30;

export interface TestPostgres {
  /** A role that may create databases. */
  readonly url: string;
  /** Ends this process's use of it. */
  stop(): Promise<void>;
}

/** Where the data are: in memory, by a name of this clone's own, or in the clone. */
function dataDir(): string {
  const inMemory = join(MEMORY, `pms-tests-${createHash('sha256').update(FOLDER).digest('hex').slice(0, 12)}`);
  if (existsSync(inMemory)) return join(inMemory, 'data');
  if (!existsSync(MEMORY)) return join(FOLDER, 'data');
  const { bavail, bsize } = statfsSync(MEMORY);
  return join(bavail * bsize >= MEMORY_FREE_MIN ? inMemory : FOLDER, 'data');
}

const usedBy = (run: string): string => join(FOLDER, `used-by-${run}`);

let current: Promise<TestPostgres> | undefined;

/** Once per process, however often it is called. */
export function testPostgres(): Promise<TestPostgres> {
  current ??= start();
  return current;
}

async function start(): Promise<TestPostgres> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: () => Promise.resolve() };
  mkdirSync(FOLDER, { recursive: true });
  const run = process.env[RUN_VARIABLE];
  if (run !== undefined) writeFileSync(usedBy(run), '');
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300', max_wal_size: '512MB' };
  const server = await startEmbeddedPostgres({ dataDir: dataDir(), settings });
  return { url: server.url, stop: () => server.stop() };
}

/** Before a run: names it, so that its test processes leave word if they need the server. */
export function beginRun(): void {
  process.env[RUN_VARIABLE] = String(process.pid);
}

/** After a run: stops the server if this run used it and no other does. Memory is not kept for the next run where nobody may ever make one. */
export async function endRun(): Promise<void> {
  const marker = usedBy(process.env[RUN_VARIABLE] ?? '');
  if (!existsSync(marker)) return;
  rmSync(marker);
  const server = await testPostgres();
  rmSync(marker, { force: true });
  await server.stop();
  if (process.env['CI'] !== undefined && dataDir().startsWith(MEMORY)) await forget(dataDir());
}

/** Refused while another run uses it. */
async function forget(data: string): Promise<void> {
  const gone = await removeEmbeddedPostgres({ dataDir: data }).then(() => true, () => false);
  if (gone) rmSync(dirname(data), { recursive: true, force: true });
}

/**
 * The Postgres that tests use: the server of DATABASE_URL, or one of our own that is started by the first who asks,
 * shared by all test processes of this clone, and stopped by the last run that ends. It forgets on a power cut (fsync off); products never do.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@pms/prisma/embedded';

const FOLDER = join(import.meta.dirname, '../../../node_modules/.cache/pms/test-postgres');
const RUN_VARIABLE = 'PMS_TEST_RUN';

export interface TestPostgres {
  /** A role that may create databases. */
  readonly url: string;
  /** Ends this process's use of it. */
  stop(): Promise<void>;
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
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };
  const server = await startEmbeddedPostgres({ dataDir: join(FOLDER, 'data'), settings });
  return { url: server.url, stop: () => server.stop() };
}

/** Before a run: names it, so that its test processes leave word if they need the server. */
export function beginRun(): void {
  process.env[RUN_VARIABLE] = String(process.pid);
}

/** After a run: stops the server if this run used it and no other does. */
export async function endRun(): Promise<void> {
  const marker = usedBy(process.env[RUN_VARIABLE] ?? '');
  if (!existsSync(marker)) return;
  rmSync(marker);
  const server = await testPostgres();
  rmSync(marker, { force: true });
  await server.stop();
}

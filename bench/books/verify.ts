/**
 * Fills a database with made-up trades and proves its books: `node bench/books/verify.ts --trades 1000000`; one portfolio in `--times` is booked, the others are
 * its copies. With `--database <url>` it proves those that are
 * there (of an earlier run with `--keep`). `pms books verify` runs in a process of its own whose heap is bounded; time and resident memory are of that process.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localLive } from '@pms/events/live';
import { newId } from '@pms/events/ids';
import { connect } from '@pms/prisma/connect';
import { catalogue } from '@pms/processes/catalogue';
import { silent } from '@pms/telemetry/logger';
import { machine } from '../machine.ts';
import { databaseSecrets, openDatabases, prepare } from '../platform/databases.ts';
import { residentMib } from '../child.ts';
import { fillBooks } from './fill.ts';
import { multiplyBooks } from './multiply.ts';

const HEAP_MAX_MIB = 256;
const SAY_EVERY = 10_000;
const LOOK_EVERY_MS = 500;
/** A statement that copies a table of a million trades takes minutes on a busy machine. */
const COPIES_MS_MAX = 3_600_000;
const program = join(import.meta.dirname, '../../processes/pms.ts');

interface Wanted { readonly trades: number; readonly portfolios: number; readonly instruments: number; readonly times: number }

async function fill(url: string, { trades, portfolios, instruments, times }: Wanted): Promise<number> {
  const database = connect(url, { poolMax: 4, answerTimeoutMs: COPIES_MS_MAX });
  const live = localLive();
  const subgraph = (await catalogue.transactional())({
    database, live, logger: silent, wake: () => undefined, newId, now: () => new Date(),
    settings: { production: false, demo: false, issuer: 'http://127.0.0.1', secret: (name) => Promise.resolve(name.padEnd(43, '.')) },
  });
  const begun = performance.now();
  let next = SAY_EVERY;
  await fillBooks(subgraph, {
    trades: trades / times, portfolios: portfolios / times, instruments,
    say: (booked) => {
      if (booked < next) return;
      next += SAY_EVERY;
      console.log(`${String(booked)} trades after ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
    },
  });
  await multiplyBooks(database, times);
  await database.query('analyze');
  await subgraph.close();
  await live.close();
  await database.close();
  return (performance.now() - begun) / 1_000;
}

async function verified(url: string): Promise<{ seconds: number; residentMib: number; said: string; code: number | null }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [`--max-old-space-size=${String(HEAP_MAX_MIB)}`, program, 'books', 'verify', '--json'], { env: { ...process.env, ...databaseSecrets(), DATABASE_URL: url, NODE_ENV: 'production' }, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let most = 0;
  child.stdout.on('data', (bytes: Buffer) => { said = (said + bytes.toString()).slice(-2_000); });
  const looking = setInterval(() => { most = Math.max(most, residentMib(child.pid) ?? 0); }, LOOK_EVERY_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(looking);
  return { seconds: (performance.now() - begun) / 1_000, residentMib: most, said, code };
}

const { values } = parseArgs({ options: {
  trades: { type: 'string', default: '1000000' }, portfolios: { type: 'string', default: '100' }, instruments: { type: 'string', default: '200' }, times: { type: 'string', default: '20' },
  database: { type: 'string' }, keep: { type: 'boolean', default: false },
} });
console.log(JSON.stringify(machine()));
const databases = await openDatabases();
try {
  const url = values.database ?? (await databases.make());
  if (values.database === undefined) console.log(`filled in ${(await fill(url, { trades: Number(values.trades), portfolios: Number(values.portfolios), instruments: Number(values.instruments), times: Number(values.times) })).toFixed(0)} s`);
  else await prepare(url);
  const { seconds, residentMib: mib, said, code } = await verified(url);
  console.log(`${said.trim()}\nverified in ${seconds.toFixed(1)} s, at most ${String(mib)} MiB resident, heap bounded to ${String(HEAP_MAX_MIB)} MiB, exit code ${String(code)}`);
  if (values.keep) {
    console.log(`kept: --database ${url}`);
    process.exit(code ?? 1); // the server goes on, so that the database stays
  }
} finally {
  await databases.close();
}

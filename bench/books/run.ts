/**
 * `pnpm bench books`: how fast trades come into the books, and how fast the books are read and rebuilt. Parts by name: `pnpm bench books single bulk`;
 * without one all of them. Results are kept in results-books.json, those of `--quick`, and of `--smoke`, which shows that it all works and no more, are not. What it is told is in bench/README.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, versions } from '../machine.ts';
import { type Databases, openDatabases } from '../platform/databases.ts';
import { measureReads, measureRebuild, type ReadFigures, type RebuildFigures } from './reads.ts';
import { bookInBulk, bookSingly, type BookedFigures, CLIENTS } from './throughput.ts';

const RESULTS = join(import.meta.dirname, '../results-books.json');
const sizes = {
  smoke: { singleSeconds: 1, calls: 2, rounds: 1, readTrades: 1_000, readTimes: 5, rebuiltTrades: 1_000, rebuiltPortfolios: 2 },
  quick: { singleSeconds: 3, calls: 4, rounds: 3, readTrades: 5_000, readTimes: 20, rebuiltTrades: 5_000, rebuiltPortfolios: 2 },
  full: { singleSeconds: 20, calls: 12, rounds: 5, readTrades: 100_000, readTimes: 200, rebuiltTrades: 1_000_000, rebuiltPortfolios: 20 },
} as const;
const PORTFOLIOS = 64;
const BULK = 1_000;
const BULK_CLIENTS = 4;
const SAY_EVERY = 100_000;

const say = (name: string, text: string): void => console.log(`${name.padEnd(44)}${text}`);
const fixed = (value: number, digits = 0): string => value.toFixed(digits);

function showBooked({ name, capturedPerSecond, bookedPerSecond, rawPerSecond, rawByTablePerSecond, rawNumberingPerSecond, ratio, ratioByTable, ratioNumbering }: BookedFigures): void {
  const numbering = rawNumberingPerSecond === null || ratioNumbering === null ? '' : `; ${fixed(ratioNumbering, 2)} of ${fixed(rawNumberingPerSecond)} where it numbers its rows itself`;
  const byTable = rawByTablePerSecond === null || ratioByTable === null ? '' : `; ${fixed(ratioByTable, 2)} of ${fixed(rawByTablePerSecond)} with a statement a table`;
  say(name, `booked ${fixed(bookedPerSecond)} trades/s (captured ${fixed(capturedPerSecond)}/s): ${fixed(ratio, 2)} of raw SQL's ${fixed(rawPerSecond)}${byTable}${numbering}`);
}

type Amounts = (typeof sizes)[keyof typeof sizes];

async function single(databases: Databases, { singleSeconds: seconds }: Amounts): Promise<BookedFigures[]> {
  const all: BookedFigures[] = [];
  for (const portfolios of [PORTFOLIOS, 1]) {
    all.push(await bookSingly(databases, { name: `one a request, ${String(CLIENTS)} clients, ${portfolios === 1 ? '1 portfolio' : `${String(portfolios)} portfolios`}`, clients: CLIENTS, portfolios, seconds }));
    all.slice(-1).forEach(showBooked);
  }
  return all;
}

async function bulk(databases: Databases, { calls, rounds }: Amounts): Promise<BookedFigures[]> {
  const all: BookedFigures[] = [];
  for (const portfolios of [BULK_CLIENTS, 1]) {
    all.push(await bookInBulk(databases, { name: `${String(BULK)} a request, ${String(BULK_CLIENTS)} clients, ${portfolios === 1 ? '1 portfolio' : `${String(portfolios)} portfolios`}`, clients: BULK_CLIENTS, portfolios, size: BULK, calls, rounds }));
    all.slice(-1).forEach(showBooked);
  }
  return all;
}

const filling = (trades: number): void => { if (trades % SAY_EVERY === 0) console.log(`  ${String(trades)} trades are in the books`); };

async function reads(databases: Databases, { readTrades, readTimes }: Amounts): Promise<ReadFigures> {
  const figures = await measureReads(databases, { trades: readTrades, times: readTimes, say: filling });
  const { trades, positions, positionsMs, answeredMs, indexedQueryMs, ratio, checkpoints, asOfMs, replayMs } = figures;
  say(`positions after ${String(trades)} trades`, `${fixed(positionsMs, 2)} ms for ${String(positions)} positions: ${fixed(ratio, 2)} of the indexed query's ${fixed(indexedQueryMs, 2)} ms (answered in ${fixed(answeredMs, 2)} ms)`);
  say('positions of a day in ten years', `${fixed(asOfMs, 1)} ms with ${String(checkpoints)} checkpoints, ${fixed(replayMs, 1)} ms replayed from the start (${fixed(replayMs / asOfMs, 1)} times)`);
  return figures;
}

async function rebuild(databases: Databases, { rebuiltTrades: trades, rebuiltPortfolios: portfolios }: Amounts): Promise<RebuildFigures> {
  const figures = await measureRebuild(databases, { trades, portfolios, say: filling });
  const { facts, rebuiltPerSecond, verifiedPerSecond, peakRssMib, differences } = figures;
  say(`rebuild of ${String(trades)} trades`, `${fixed(rebuiltPerSecond)} trades/s, verified at ${fixed(verifiedPerSecond)}/s (${String(facts)} facts), peak ${fixed(peakRssMib)} MiB, ${String(differences)} differences`);
  return figures;
}

const parts = { single, bulk, reads, rebuild } as const;
type Part = keyof typeof parts;
const isPart = (name: string): name is Part => Object.hasOwn(parts, name);

/** `args` follow the word `books`. */
export async function benchBooks(args: readonly string[]): Promise<void> {
  const { values: { quick, smoke }, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { quick: { type: 'boolean', default: false }, smoke: { type: 'boolean', default: false } } });
  const size = smoke ? 'smoke' : quick ? 'quick' : 'full';
  const unknown = positionals.filter((name) => !isPart(name));
  if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  const measuredOn = machine();
  const databases = await openDatabases();
  const used = { ...versions(), postgres: databases.postgresVersion };
  for (const [name, value] of Object.entries({ ...measuredOn, ...used })) say(name, String(value));
  if (measuredOn.loadBefore > measuredOn.cores / 2) console.log('\nThis machine is busy with other work: these figures will not be worth keeping.');
  const results: Partial<Record<Part, unknown>> = {};
  try {
    for (const part of Object.keys(parts).filter(isPart).filter((name) => positionals.length === 0 || positionals.includes(name)))
      results[part] = await parts[part](databases, sizes[size]);
  } finally {
    await databases.close();
  }
  if (size !== 'full') return;
  const earlier = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as unknown[]) : [];
  writeFileSync(RESULTS, `${JSON.stringify([...earlier, { at: new Date().toISOString(), machine: measuredOn, versions: used, ...results }], null, 2)}\n`);
}

/** `pms import trades`: a broker's file into a portfolio, over the public API. The whole file is checked before anything is written. */
import fs from 'node:fs';
import process from 'node:process';
import type { PmsClient } from '@pms/client';
import { StartError } from '@pms/prisma/embedded';
import { importKinds, layoutNamed, layoutNames, layoutOf, MappingError, type ImportFile, type Layout, readBytes } from '@pms/trade-capture/layouts';
import type { Environment } from '../environment.ts';
import { booked, type Booked } from './booking.ts';
import { connected, type Reach } from './connection.ts';
import { type FilePlan, planned, targetOf } from './plan.ts';
import { bookingLines, fileLines, planJson, problemLines } from './report.ts';

export interface ImportTradesOptions extends Reach {
  readonly portfolio: string;
  readonly layout: string;
  readonly dryRun: boolean;
  readonly partial: boolean;
  readonly json: boolean;
  /** Kinds of rows, by commas. */
  readonly leaveOut?: string;
}

const FILE_BYTES_MAX = 64 * 1024 * 1024;
const ROWS_MAX = 200_000;
/** The first places on earth to begin a day are 14 hours ahead of UTC. */
const FIRST_ZONE_AHEAD_MS = 14 * 3_600_000;

export async function importTrades(environment: Environment, path: string, options: ImportTradesOptions): Promise<void> {
  const layout = chosenLayout(options.layout);
  const leftOut = kindsOf(options.leaveOut);
  const bytes = fileBytes(path);
  const say = (line: string): void => console.error(line);
  const client = connected(environment, options);
  try {
    const target = await targetOf(client, options.portfolio);
    const today = new Date(Date.now() + FIRST_ZONE_AHEAD_MS).toISOString().slice(0, 10);
    const file = withoutKinds(readBytes(bytes, layout, { portfolioId: target.id, today, recordsMax: ROWS_MAX }), leftOut);
    await carriedOut(client, await planned(client, target, file, say), options, `import of ${path.split(/[/\\]/).at(-1) ?? path}`);
  } finally {
    await client.close();
  }
}

async function carriedOut(client: PmsClient, plan: FilePlan, { dryRun, partial, json }: ImportTradesOptions, reason: string): Promise<void> {
  const say = (line: string): void => console.error(line);
  const bad = new Set(plan.problems.map(({ row }) => row)).size;
  const refused = bad > 0 && !partial && !dryRun;
  if (json) console.log(JSON.stringify(planJson(plan), null, 2));
  else for (const line of [...fileLines(plan), ...(refused ? [] : bookingLines(plan)), ...problemLines(`${String(bad)} bad ${bad === 1 ? 'row' : 'rows'}:`, plan.problems)]) console.log(line);
  if (bad > 0) process.exitCode = 1;
  if (dryRun) return say('Nothing was written: this was a dry run.');
  if (refused) return say('Nothing was booked: mend the bad rows, or book the good ones alone with --partial.');
  const done = await booked(client, plan, reason, say);
  if (done.problems.length > 0) process.exitCode = 1;
  for (const line of problemLines('Refused after all:', done.problems)) say(line);
  say(outcome(plan.file, done));
}

const outcome = ({ layout }: ImportFile, { trades, cashRows, problems }: Booked): string => (problems.length > 0
  ? `Stopped: ${String(trades)} trades were captured, those named above are not in the books. The same command goes on where it stopped; a rejected trade needs another id.`
  : `Booked ${String(trades)} trades and ${String(cashRows)} rows of cash of the ${layout} file.`);

function kindsOf(said: string | undefined): ReadonlySet<string> {
  const kinds = (said ?? '').split(',').map((kind) => kind.trim().toUpperCase()).filter((kind) => kind !== '');
  const unknown = kinds.find((kind) => !importKinds.some((one) => one === kind));
  if (unknown !== undefined) throw new StartError(`There are no rows of ${unknown.toLowerCase()}; there are ${importKinds.map((kind) => kind.toLowerCase()).join(', ')}.`);
  return new Set(kinds);
}

/** What is left out is named, like what the layout leaves out. */
function withoutKinds(file: ImportFile, kinds: ReadonlySet<string>): ImportFile {
  if (kinds.size === 0) return file;
  const left = file.rows.filter(({ kind }) => kinds.has(kind)).map(({ row, kind, columns }) => ({ row, column: columns?.['action'] ?? 'action', reason: `a row of ${kind.toLowerCase()}: left out as asked` }));
  return { ...file, rows: file.rows.filter(({ kind }) => !kinds.has(kind)), leftOut: [...file.leftOut, ...left].toSorted((a, b) => a.row - b.row) };
}

/** A name, or the path of a mapping file. */
function chosenLayout(named: string): Layout {
  try {
    return /[./\\]/.test(named) ? layoutOf(fs.readFileSync(named, 'utf8')) : layoutNamed(named);
  } catch (error) {
    if (error instanceof MappingError) throw new StartError(`${named}: ${error.message}.`);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new StartError(`The mapping ${named} cannot be read. A layout is one of ${layoutNames().join(', ')}, or the path of a mapping file.`);
  }
}

export function fileBytes(path: string): Uint8Array {
  try {
    const { size } = fs.statSync(path);
    if (size > FILE_BYTES_MAX) throw new StartError(`${path} has ${String(size)} bytes; ${String(FILE_BYTES_MAX)} are the most: part it.`);
    return fs.readFileSync(path);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/**
 * The platform for a journey, in any of its shapes, as real processes on a database of its own: what a journey shows holds for all. With JOURNEYS_IN=cluster every
 * journey is told about a cluster, also those that are told about one process otherwise.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { keepRoleSecrets, type TestDatabase, testDatabase } from '@pms/testing/test-database';
import { vi } from 'vitest';

export type Shape = 'one process' | 'a process each' | 'a cluster';
const inCluster = process.env['JOURNEYS_IN'] === 'cluster';
export const shapes: readonly Shape[] = inCluster ? ['a cluster'] : ['one process', 'a process each'];

/** Bounds, not expectations: eleven processes start together, on a machine that may have two cores and other work. */
const START_MAX_MS = 180_000;
export const STARTS_WITHIN_MS = 240_000;
/** Of one journey. */
export const PATIENCE = { timeout: 120_000 } as const;
/** What a child has said is kept for its failure message, and no more of it than this. */
const SAID_CHARACTERS_MAX = 20_000;
const pms = path.resolve(import.meta.dirname, '../../../processes/pms.ts');
const clusterRun = path.resolve(import.meta.dirname, '../../../infra/dev/cluster/run.ts');
const domains = ['analytics', 'audit', 'auth', 'leaderboard', 'portfolio', 'rttm', 'simulation', 'trade-capture', 'transactional', 'validation'] as const;
export type Domain = (typeof domains)[number];

export interface PlatformOptions {
  /** A migrated database of the caller's, left alone at the end; without it a new one. */
  readonly databaseUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where a process each is started: these domains and no others. */
  readonly only?: readonly Domain[];
}

export interface Said {
  readonly code: number | null;
  readonly output: string;
}

export interface Platform {
  readonly shape: Shape;
  /** Without `/graphql`. */
  readonly url: string;
  /** Where one domain answers by itself; there is no such address within one process. */
  subgraphUrl(domain: Domain): string | null;
  readonly databaseUrl: string;
  /** The folder of its secrets. */
  readonly home: string;
  /** A command of `pms` beside the running platform, to its end. */
  pms(...args: readonly string[]): Promise<Said>;
  /** Ends every process at once (or one domain's), without a word: what `kill -9` does. */
  kill(domain?: Domain): Promise<void>;
  /** Starts again what `kill` ended, on the same database, secrets and addresses. */
  restart(domain?: Domain): Promise<void>;
  /** Drains, ends, and drops the database. */
  stop(): Promise<void>;
}

/** Tells its tests about a platform that runs when they do. What it makes has names of its own: other journeys are told about the same platform, before and behind it. */
export type Journey = (at: () => Platform, shape: Shape) => void;

interface Part {
  child: ChildProcess;
  readonly url: string;
}

export async function startPlatform(wanted: Shape, options: PlatformOptions = {}): Promise<Platform> {
  const shape = inCluster ? 'a cluster' : wanted;
  const database = options.databaseUrl === undefined ? await testDatabase() : { url: options.databaseUrl, drop: () => Promise.resolve() };
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-journey-'));
  keepRoleSecrets(home);
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const env = { ...withoutOwn(process.env), DATABASE_URL: database.url, PMS_HOME: home, PMS_DEMO: 'true', PUBLIC_URL: url, NODE_ENV: 'development', ...options.env };
  if (shape === 'a cluster') return clusterPlatform({ url, port, home, database, env: { ...env, KAFKA_PREFIX: `${path.basename(home)}.` } });
  const parts = await launch(shape, env, port, options.only);
  return {
    shape, url, home,
    databaseUrl: database.url,
    subgraphUrl: (domain) => parts.get(domain)?.url ?? null,
    pms: (...args) => finished(args, env),
    kill: (domain) => ended(domain === undefined ? [...parts.values()] : [part(parts, domain)], 'SIGKILL'),
    async restart(domain) {
      if (domain === undefined) return void (await launch(shape, env, port, options.only, parts));
      parts.set(domain, await spoken([pms, 'subgraph', domain, '--port', new URL(part(parts, domain).url).port], env, /answers at (\S+)/));
    },
    async stop() {
      await ended([...parts.values()], 'SIGTERM');
      await database.drop();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

interface ClusterPlace { readonly url: string; readonly port: number; readonly home: string; readonly database: TestDatabase; readonly env: NodeJS.ProcessEnv }

/** By the very command that a person gives. What it starts anew after a death it says itself. */
async function clusterPlatform({ url, port, home, database, env }: ClusterPlace): Promise<Platform> {
  const domainsAt = new Map<string, { url: string; pid: number }>();
  const args = ['--port', String(port), '--no-seed'];
  const launched = (): Promise<Part> => spoken([clusterRun, ...args], env, /The platform runs at (\S+)/, (line) => {
    const [, name = '', at = '', pid = ''] = /^(\S+) +answers at (\S+) .*\(process (\d+)\)/.exec(line) ?? [];
    if (name !== '') domainsAt.set(name, { url: `${at}/graphql`, pid: Number(pid) });
  });
  let cluster = await launched();
  const pidOf = (domain: Domain): number => {
    const found = domainsAt.get(domain);
    if (found === undefined) throw new Error(`there is no process of ${domain}`);
    return found.pid;
  };
  let killed = 0;
  return {
    shape: 'a cluster', url, home,
    databaseUrl: database.url,
    subgraphUrl: (domain) => domainsAt.get(domain)?.url ?? null,
    pms: (...command) => finished(command, env),
    async kill(domain) {
      if (domain === undefined) return ended([cluster], 'SIGKILL');
      killed = pidOf(domain);
      process.kill(killed, 'SIGKILL');
    },
    async restart(domain) {
      if (domain === undefined) cluster = await launched();
      else await vi.waitFor(() => { if (pidOf(domain) === killed) throw new Error(`${domain} has not come back`); }, { timeout: START_MAX_MS, interval: 50 });
    },
    async stop() {
      await ended([cluster], 'SIGTERM');
      await database.drop();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

function part(parts: ReadonlyMap<string, Part>, name: string): Part {
  const found = parts.get(name);
  if (found === undefined) throw new Error(`there is no process of ${name} alone in this shape`);
  return found;
}

/** Fills `parts`; those that it has already say at which ports they answered before. */
async function launch(shape: Exclude<Shape, 'a cluster'>, env: NodeJS.ProcessEnv, port: number, only: readonly Domain[] = domains, parts = new Map<string, Part>()): Promise<Map<string, Part>> {
  if (shape === 'one process') return parts.set('all', await spoken([pms, 'start', '--no-seed', '--port', String(port)], env, /The platform runs at (\S+)/));
  const started = await Promise.all(only.map(async (name) => {
    const before = parts.get(name);
    return { name, part: await spoken([pms, 'subgraph', name, '--port', before === undefined ? '0' : new URL(before.url).port], env, /answers at (\S+)/) };
  }));
  for (const { name, part: running } of started) parts.set(name, running);
  const addresses = Object.fromEntries(started.map(({ name, part: { url } }) => [`SUBGRAPH_URL_${name.toUpperCase().replaceAll('-', '_')}`, url]));
  const issuer = env['PUBLIC_URL'] ?? '';
  return parts.set('router', await spoken([pms, 'router', '--port', String(port)], { ...env, ...addresses, AUTH_ISSUER: issuer }, /The router answers at (\S+)/));
}

/** Starts a command and waits for the line that says where it answers. Throws with what it said when it ends instead. */
function spoken(args: readonly string[], env: NodeJS.ProcessEnv, awaited: RegExp, hearLine: (line: string) => void = () => undefined): Promise<Part> {
  // The channel ends the child should this process be killed.
  const child = spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${args.map((arg) => path.basename(arg)).join(' ')} ${why}:\n${said}`));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail('did not start in time');
    }, START_MAX_MS);
    const hear = (bytes: Buffer): void => {
      said = (said + bytes.toString()).slice(-SAID_CHARACTERS_MAX);
      for (const line of bytes.toString().split('\n')) hearLine(line);
      noted(env['JOURNEY_LOG'], bytes);
      const url = awaited.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      resolve({ child, url });
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(late);
      fail('ended');
    });
  });
}

/** What processes say goes to the file that JOURNEY_LOG names; to a person who looks on, where it names none. */
function noted(log: string | undefined, bytes: Buffer): void {
  if (log?.includes('/') === true) fs.appendFileSync(log, bytes);
  else if (log !== undefined) process.stderr.write(bytes);
}

async function finished(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  const child = spawn(process.execPath, [pms, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (bytes: Buffer): void => void (output += bytes.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

async function ended(parts: readonly Part[], signal: NodeJS.Signals): Promise<void> {
  await Promise.all(
    parts.map(async ({ child }) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
    }),
  );
}

/** What the test run itself was given is not meant for the platform that it starts. */
function withoutOwn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(PORT|HOST|SUPERGRAPH|AUTH_|SUBGRAPH_URL_|PMS_|VITEST|NODE_CHANNEL|NODE_OPTIONS)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

export async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

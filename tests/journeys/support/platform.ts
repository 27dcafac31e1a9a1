/** The platform for a journey, in either shape, as real processes on a database of its own: what a journey shows holds for both. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { testDatabase } from '@pms/testing/test-database';

export const shapes = ['one process', 'a process each'] as const;
export type Shape = (typeof shapes)[number];

/** Bounds, not expectations: eleven processes start together, on a machine that may have two cores and other work. */
const START_MAX_MS = 180_000;
export const STARTS_WITHIN_MS = 240_000;
/** Of one journey. */
export const PATIENCE = { timeout: 120_000 } as const;
/** What a child has said is kept for its failure message, and no more of it than this. */
const SAID_CHARACTERS_MAX = 20_000;
const pms = path.resolve(import.meta.dirname, '../../../processes/pms.ts');
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

interface Part {
  child: ChildProcess;
  readonly url: string;
}

export async function startPlatform(shape: Shape, options: PlatformOptions = {}): Promise<Platform> {
  const database = options.databaseUrl === undefined ? await testDatabase() : { url: options.databaseUrl, drop: () => Promise.resolve() };
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-journey-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const env = { ...withoutOwn(process.env), DATABASE_URL: database.url, PMS_HOME: home, PMS_DEMO: 'true', PUBLIC_URL: url, NODE_ENV: 'development', ...options.env };
  const parts = await launch(shape, env, port, options.only);
  return {
    shape, url, home,
    databaseUrl: database.url,
    subgraphUrl: (domain) => parts.get(domain)?.url ?? null,
    pms: (...args) => finished(args, env),
    kill: (domain) => ended(domain === undefined ? [...parts.values()] : [part(parts, domain)], 'SIGKILL'),
    async restart(domain) {
      if (domain === undefined) return void (await launch(shape, env, port, options.only, parts));
      parts.set(domain, await spoken(['subgraph', domain, '--port', new URL(part(parts, domain).url).port], env, /answers at (\S+)/));
    },
    async stop() {
      await ended([...parts.values()], 'SIGTERM');
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
async function launch(shape: Shape, env: NodeJS.ProcessEnv, port: number, only: readonly Domain[] = domains, parts = new Map<string, Part>()): Promise<Map<string, Part>> {
  if (shape === 'one process') return parts.set('all', await spoken(['start', '--no-seed', '--port', String(port)], env, /The platform runs at (\S+)/));
  const started = await Promise.all(only.map(async (name) => {
    const before = parts.get(name);
    return { name, part: await spoken(['subgraph', name, '--port', before === undefined ? '0' : new URL(before.url).port], env, /answers at (\S+)/) };
  }));
  for (const { name, part: running } of started) parts.set(name, running);
  const addresses = Object.fromEntries(started.map(({ name, part: { url } }) => [`SUBGRAPH_URL_${name.toUpperCase().replaceAll('-', '_')}`, url]));
  const issuer = env['PUBLIC_URL'] ?? '';
  return parts.set('router', await spoken(['router', '--port', String(port)], { ...env, ...addresses, AUTH_ISSUER: issuer }, /The router answers at (\S+)/));
}

/** Starts a command and waits for the line that says where it answers. Throws with what it said when it ends instead. */
function spoken(args: readonly string[], env: NodeJS.ProcessEnv, awaited: RegExp): Promise<Part> {
  // The channel ends the child should this process be killed.
  const child = spawn(process.execPath, [pms, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`pms ${args.join(' ')} ${why}:\n${said}`));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail('did not start in time');
    }, START_MAX_MS);
    const hear = (bytes: Buffer): void => {
      said = (said + bytes.toString()).slice(-SAID_CHARACTERS_MAX);
      if (process.env['JOURNEY_LOG'] !== undefined) process.stderr.write(bytes);
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

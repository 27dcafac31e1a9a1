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

const START_MAX_MS = 60_000;
const pms = path.resolve(import.meta.dirname, '../../../processes/pms.ts');
const domains = ['analytics', 'audit', 'auth', 'leaderboard', 'portfolio', 'rttm', 'simulation', 'trade-capture', 'transactional', 'validation'] as const;
export type Domain = (typeof domains)[number];

export interface Platform {
  /** Without `/graphql`. */
  readonly url: string;
  /** Where one domain answers by itself; there is no such address within one process. */
  subgraphUrl(domain: Domain): string | null;
  readonly databaseUrl: string;
  /** Ends every process at once, without a word: what `kill -9` does. */
  kill(): Promise<void>;
  /** Starts again after `kill`, on the same database, secrets and address. */
  restart(): Promise<void>;
  /** Drains, ends, and drops the database. */
  stop(): Promise<void>;
}

export async function startPlatform(shape: Shape): Promise<Platform> {
  const database = await testDatabase();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-journey-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const env = { ...withoutOwn(process.env), DATABASE_URL: database.url, PMS_HOME: home, PMS_DEMO: 'true', PUBLIC_URL: url, NODE_ENV: 'development' };
  let running = await launch(shape, env, port);
  return {
    url,
    databaseUrl: database.url,
    subgraphUrl: (domain) => running.urls.get(domain) ?? null,
    kill: () => ended(running.children, 'SIGKILL'),
    async restart() {
      running = await launch(shape, env, port);
    },
    async stop() {
      await ended(running.children, 'SIGTERM');
      await database.drop();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

interface Running {
  readonly children: readonly ChildProcess[];
  readonly urls: ReadonlyMap<string, string>;
}

async function launch(shape: Shape, env: NodeJS.ProcessEnv, port: number): Promise<Running> {
  if (shape === 'one process') {
    const { child } = await spoken(['start', '--no-seed', '--port', String(port)], env, /The platform runs at (\S+)/);
    return { children: [child], urls: new Map() };
  }
  const subgraphs = await Promise.all(domains.map(async (name) => ({ name, ...(await spoken(['subgraph', name, '--port', '0'], env, /answers at (\S+)/)) })));
  const addresses = Object.fromEntries(subgraphs.map(({ name, url }) => [`SUBGRAPH_URL_${name.toUpperCase().replaceAll('-', '_')}`, url]));
  const router = await spoken(['router', '--port', String(port)], { ...env, ...addresses }, /The router answers at (\S+)/);
  return { children: [router.child, ...subgraphs.map(({ child }) => child)], urls: new Map(subgraphs.map(({ name, url }) => [name, url])) };
}

/** Starts a command and waits for the line that says where it answers. Throws with all that it said when it ends instead. */
function spoken(args: readonly string[], env: NodeJS.ProcessEnv, awaited: RegExp): Promise<{ child: ChildProcess; url: string }> {
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
      said += bytes.toString();
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

async function ended(children: readonly ChildProcess[], signal: NodeJS.Signals): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
    }),
  );
}

/** What the test run itself was given is not meant for the platform that it starts. */
function withoutOwn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(PORT|HOST|SUPERGRAPH|AUTH_|SUBGRAPH_URL_|PMS_|VITEST|NODE_CHANNEL)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * The platform as a cluster has it: a process a domain and the router, each under an orchestrator, on a real Postgres, Kafka and Redis. Every connection to
 * these three goes through a proxy of ours: of Postgres one for each process, of Kafka one for each broker.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { domainNames, type DomainName } from '@pms/processes/catalogue';
import { type Brokers, startBrokers } from '../../../infra/dev/kafka/brokers.ts';
import { freePorts } from './ports.ts';
import { databaseUrl, type Postgres, startPostgres } from './postgres.ts';
import { type Redis, startRedis } from './redis.ts';
import { type Supervised, supervised } from './supervised.ts';
import { tcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { until } from './until.ts';

const READY_MS_MAX = 600_000;
/** Of topics and groups. */
export const PREFIX = 'pms.';
const pms = path.resolve(import.meta.dirname, '../../../processes/pms.ts');

export interface ClusterOptions {
  readonly domains?: readonly DomainName[];
  readonly brokers?: number;
  readonly say?: (line: string) => void;
}

/** The primary as it is now, past the proxies. */
export const databaseNow = ({ postgres }: Pick<Cluster, 'postgres'>): string => databaseUrl(postgres.port());

export interface Said { readonly code: number | null; readonly output: string }

export interface Cluster {
  /** Where clients are. */
  readonly url: string;
  readonly folder: string;
  readonly domains: readonly DomainName[];
  readonly postgres: Postgres;
  readonly brokers: Brokers;
  readonly redis: Redis;
  /** Domains and the router, by name. */
  readonly processes: ReadonlyMap<string, Supervised>;
  readonly proxies: { readonly postgres: ReadonlyMap<string, TcpProxy>; readonly kafka: readonly TcpProxy[]; readonly redis: TcpProxy };
  /** Addresses past the proxies; brokers name the proxies all the same. */
  readonly kafkaBrokers: readonly string[];
  /** The environment of a process of the platform that is told of the real addresses. */
  environment(): NodeJS.ProcessEnv;
  pms(...args: readonly string[]): Promise<Said>;
  /** Those of the processes that are not ready. */
  unready(): Promise<readonly string[]>;
  /** With `keep` its folder stays, with what the processes have said. */
  stop(keep?: boolean): Promise<void>;
}

export async function startCluster({ domains = domainNames, brokers: count = 3, say = () => undefined }: ClusterOptions = {}): Promise<Cluster> {
  // not in the folder for temporary files, which the account that runs Postgres may not be let into
  const folder = fs.mkdtempSync(path.join(process.platform === 'win32' ? os.tmpdir() : '/var/tmp', 'pms-chaos-'));
  fs.chmodSync(folder, 0o755);
  const closers: (() => Promise<unknown>)[] = [];
  const opened: Opened = async (opening, close) => {
    const made = await opening;
    closers.push(() => close(made));
    return made;
  };
  const stop = async (keep = false): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
    if (!keep) fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    const below = await startBelow(folder, count, opened);
    say('Postgres, Kafka and Redis are up');
    const names = [...domains, 'router'];
    const ports = new Map((await freePorts(names.length)).map((port, at) => [names[at] ?? '', port] as const));
    const url = `http://127.0.0.1:${String(ports.get('router'))}`;
    const common = environmentOf({ folder, url, ports, domains });
    const direct = (): NodeJS.ProcessEnv => ({ ...common, DATABASE_URL: databaseUrl(below.postgres.port()), KAFKA_BROKERS: below.brokers.addresses.join(',') });
    const run = (...args: readonly string[]): Promise<Said> => finished(args, direct());
    for (const command of [['migrate'], ['topics', 'apply']]) {
      const { code, output } = await run(...command);
      if (code !== 0) throw new Error(`pms ${command.join(' ')} failed:\n${output}`);
    }
    say('tables and topics are made');
    const toPostgres = new Map(await Promise.all(names.map(async (name) => [name, await opened(tcpProxy(below.postgres.port()), (proxy) => proxy.close())] as const)));
    const processes = new Map(names.map((name) => [name, processOf(name, { folder, url, below, common, port: ports.get(name) ?? 0, database: toPostgres.get(name)?.port ?? 0 })] as const));
    closers.push(() => Promise.all([...processes.values()].map((one) => one.stop())));
    const unready = async (): Promise<readonly string[]> => (await Promise.all([...processes.values()].map(async (one) => ((await isReady(one.url)) ? [] : [one.name])))).flat();
    await until(`all processes are ready (what they say is in ${folder})`, READY_MS_MAX, async () => {
      const waiting = await unready();
      if (waiting.length > 0) throw new Error(`not ready: ${waiting.join(', ')}`);
      return true;
    });
    say(`${String(names.length)} processes are ready`);
    const { postgres, brokers, redis } = below;
    return { url, folder, domains, postgres, brokers, redis, processes, unready, stop, pms: run, environment: direct, kafkaBrokers: brokers.addresses, proxies: { postgres: toPostgres, kafka: below.kafkaProxies, redis: below.redisProxy } };
  } catch (error) {
    await stop(true);
    throw error;
  }
}

/** Opens something, and has it closed at the end. */
type Opened = <T>(opening: Promise<T>, close: (made: T) => Promise<unknown>) => Promise<T>;

interface Below extends Pick<Cluster, 'postgres' | 'brokers' | 'redis'> {
  readonly kafkaProxies: readonly TcpProxy[];
  readonly redisProxy: TcpProxy;
}

/** What the platform stands on. */
async function startBelow(folder: string, count: number, opened: Opened): Promise<Below> {
  const kafkaProxies = await Promise.all(Array.from({ length: count }, () => opened(tcpProxy(0), (proxy) => proxy.close())));
  const [postgres, brokers, redis] = await Promise.all([
    opened(startPostgres(folder), (server) => server.stop()),
    opened(startBrokers({ brokers: count, folder: path.join(folder, 'kafka'), advertised: kafkaProxies.map(({ port }) => port) }), killed),
    opened(startRedis(), (server) => server.kill()),
  ]);
  kafkaProxies.forEach((proxy, at) => proxy.target(Number(brokers.addresses[at]?.split(':')[1])));
  return { postgres, brokers, redis, kafkaProxies, redisProxy: await opened(tcpProxy(redis.port), (proxy) => proxy.close()) };
}

async function killed(brokers: Brokers): Promise<void> {
  await Promise.all(brokers.addresses.map((_, at) => brokers.kill(at)));
  await brokers.stop();
}

interface Making { readonly folder: string; readonly url: string; readonly below: Below; readonly common: NodeJS.ProcessEnv; readonly port: number; readonly database: number }

function processOf(name: string, { folder, url, below, common, port, database }: Making): Supervised {
  const env = {
    ...common, DATABASE_URL: databaseUrl(database), REDIS_URL: `redis://127.0.0.1:${String(below.redisProxy.port)}`, KAFKA_BROKERS: below.kafkaProxies.map((proxy) => `127.0.0.1:${String(proxy.port)}`).join(','),
  };
  if (name === 'router') return supervised({ name, args: ['router'], port, folder, env: { ...env, AUTH_ISSUER: url } });
  return supervised({ name, args: ['subgraph', name], port, folder, env });
}

function environmentOf({ folder, url, ports, domains }: { folder: string; url: string; ports: ReadonlyMap<string, number>; domains: readonly string[] }): NodeJS.ProcessEnv {
  const foreign = /^(PORT|HOST|SUPERGRAPH|AUTH_|SUBGRAPH_URL_|PMS_|VITEST|NODE_CHANNEL|NODE_OPTIONS|DATABASE_URL|KAFKA_|REDIS_)/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const addresses = Object.fromEntries(domains.map((name) => [`SUBGRAPH_URL_${name.toUpperCase().replaceAll('-', '_')}`, `http://127.0.0.1:${String(ports.get(name))}/graphql`]));
  return { ...own, ...addresses, PMS_HOME: path.join(folder, 'home'), PMS_DEMO: 'true', PUBLIC_URL: url, NODE_ENV: 'development', PMS_RATE_LIMIT: '1000000/10' };
}

const isReady = (url: string): Promise<boolean> => fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(5_000) }).then(({ ok }) => ok, () => false);

async function finished(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  const child = spawn(process.execPath, [pms, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (bytes: Buffer): void => void (output += bytes.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

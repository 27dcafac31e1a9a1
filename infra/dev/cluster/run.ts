/**
 * `pnpm dev:cluster`: the platform as it runs on a cluster, on this machine: ten domains, a router, and FIX sessions where FIX_CONFIG names some, each in a process
 * of its own, over Kafka, Redis and Postgres. What the environment names (KAFKA_BROKERS, REDIS_URL, DATABASE_URL) is used; the rest is started, with its data in
 * .pms/cluster, apart from that of `npm start`: events on their way belong to one bus. Ctrl-C ends all of it, those first that use the others.
 */
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { domainNames } from '@pms/processes/catalogue';
import { startAnew } from '@pms/processes/database';
import { type Environment, environment, shown } from '@pms/processes/environment';
import { generateStale } from '@pms/processes/generate';
import { type Lifetime, living } from '@pms/processes/lifetime';
import { migrateAll } from '@pms/processes/migrate';
import { availablePort } from '@pms/processes/port';
import { welcome } from '@pms/processes/welcome';
import { StartError, startEmbeddedPostgres } from '@pms/prisma/embedded';
import { logger } from '@pms/telemetry/logger';
import fs from 'node:fs';
import { noKafka, startBrokers } from '../kafka/brokers.ts';
import { watchHealth } from './health.ts';
import { type PartPlan, type Parts, parts } from './parts.ts';
import { startRedis } from './redis.ts';

/** Ten processes with some forty connections each at most, a few besides. */
const MAX_CONNECTIONS = '600';
const AT_ONCE = 4;
const ROUTER = 'router';
const FIX = 'fix';

const { values: wanted } = parseArgs({
  options: {
    port: { type: 'string', short: 'p' }, brokers: { type: 'string', default: '1' }, reset: { type: 'boolean', default: false },
    'no-demo': { type: 'boolean', default: false }, 'no-seed': { type: 'boolean', default: false },
  },
});

const home = path.resolve(process.env['PMS_HOME'] ?? path.join(import.meta.dirname, '../../../.pms/cluster'));
const log = logger({ level: 'warn', process: 'cluster' });
const say = (line: string): void => console.log(line);

interface Servers { readonly databaseUrl: string; readonly redisUrl: string; readonly brokers: string }

await living({ logger: log, say }, async (life) => {
  const chosen = { ...(wanted.port === undefined ? {} : { port: Number(wanted.port) }), ...(wanted['no-demo'] ? { demo: false } : {}) };
  const asked = environment({ ...process.env, PMS_HOME: home }, chosen);
  const port = await availablePort(asked);
  const settings = { ...asked, port, publicUrl: asked.publicUrl.replace(/:0$/, `:${String(port)}`) };
  for (const line of shown(settings)) say(line);
  if (wanted.reset) await startedAnew(settings);
  const servers = await openServers(life, settings);
  await generateStale();
  await step('migrate', async () => `${String(await migrateAll(settings, servers.databaseUrl))} applied`);
  const env = {
    ...process.env, PMS_HOME: home, PMS_DEMO: String(settings.demo), DATABASE_URL: servers.databaseUrl, REDIS_URL: servers.redisUrl, KAFKA_BROKERS: servers.brokers, PUBLIC_URL: settings.publicUrl,
  };
  await step('topics', async () => `${String((await (await import('@pms/processes/topics')).topicsApplied(environment(env))).made.length)} made`);
  await openParts(life, settings, env);
  if (settings.demo && !wanted['no-seed'])
    await step('demo world', async () => (await import('@pms/processes/demo/seed')).seedDemo({ url: settings.publicUrl, signal: life.ended, say: (line) => say(`  ${line}`) }));
  say(welcome(settings));
});

async function startedAnew(settings: Environment): Promise<void> {
  await startAnew(settings);
  for (const made of ['kafka', 'logs']) fs.rmSync(path.join(home, made), { recursive: true, force: true });
}

/** Those that the environment names, and for the rest ones of our own. */
async function openServers(life: Lifetime, settings: Environment): Promise<Servers> {
  const [databaseUrl, redisUrl, brokers] = await Promise.all([
    settings.databaseUrl ?? step('Postgres', async () => (await life.open(
      () => startEmbeddedPostgres({ dataDir: path.join(home, 'postgres'), settings: { max_connections: MAX_CONNECTIONS } }), (server) => server.stop())).url, () => 'started'),
    settings.redisUrl ?? step('Redis', async () => (await life.open(() => startRedis(path.join(home, 'redis.json')), (server) => server.stop())).url),
    settings.kafka?.brokers.join() ?? step('Kafka', () => openKafka(life)),
  ]);
  return { databaseUrl, redisUrl, brokers };
}

async function openKafka(life: Lifetime): Promise<string> {
  const absent = await noKafka();
  if (absent !== null) throw new StartError(`Kafka cannot be started: ${absent}. Install it, or name brokers in KAFKA_BROKERS.`);
  const { addresses } = await life.open(() => startBrokers({ brokers: Number(wanted.brokers), folder: path.join(home, wanted.brokers === '1' ? 'kafka' : `kafka-${wanted.brokers}`) }), (opened) => opened.stop());
  return addresses.join();
}

/** The domains, a few at once; then the router, which needs their addresses; each line says where one answers. */
async function openParts(life: Lifetime, { publicUrl, port, fixConfig }: Environment, env: NodeJS.ProcessEnv): Promise<void> {
  const all = await life.open(
    () => Promise.resolve(parts({ folder: path.join(home, 'logs'), say, hopeless: () => void life.end(1) })),
    (opened: Parts) => opened.stop([[ROUTER, FIX], domainNames]));
  const waiting: PartPlan[] = domainNames.map((name) => ({ name, command: ['subgraph', name], port: 0, awaited: /answers at (\S+)/, env }));
  const told = async (plan: PartPlan): Promise<string> => {
    const { name, url, pid } = await all.start(plan);
    say(`${name.padEnd(16)}answers at ${url} (process ${String(pid)})`);
    return url;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let plan = waiting.shift(); plan !== undefined && !life.ended.aborted; plan = waiting.shift()) await told(plan);
  }));
  const addresses = Object.fromEntries(all.all().map(({ name, url }) => [`SUBGRAPH_URL_${name.toUpperCase().replaceAll('-', '_')}`, `${url}/graphql`]));
  const behind = { ...env, ...addresses, AUTH_ISSUER: publicUrl };
  await told({ name: ROUTER, command: ['router'], port, awaited: /The router answers at (\S+)/, env: behind });
  if (fixConfig !== null) await told({ name: FIX, command: ['fix'], port: await availablePort({ host: '127.0.0.1', port: 0, home }), awaited: /Health is at (\S+)/, env: behind });
  await life.open(() => Promise.resolve(watchHealth({ parts: all.all, say })), (watching) => watching.stop());
}

async function step<T>(name: string, work: () => Promise<T>, shownAs: (result: T) => string = String): Promise<T> {
  const begun = performance.now();
  const result = await work();
  say(`${name.padEnd(16)}${((performance.now() - begun) / 1_000).toFixed(1)} s, ${shownAs(result)}`);
  return result;
}

/**
 * Several router processes on one port. They share nothing but Redis, where there is one: without it each keeps limits, plans and caches by itself. A worker
 * that dies is replaced; they are told to end together. Metrics are asked of all and answered as one.
 */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { StartError } from '@pms/prisma/embedded';
import { type Logger, logger } from '@pms/telemetry/logger';
import { metricsOfWorkers } from '@pms/telemetry/workers';
import { type Environment, shown } from './environment.ts';
import { living, type Lifetime } from './lifetime.ts';
import { availablePort } from './port.ts';
import nodeOptions from '../scripts/start/node-options.json' with { type: 'json' };

const DEATHS_PER_MINUTE_MAX = 10;
const MINUTE_MS = 60_000;

export async function runWorkers(wanted: Environment, count: number): Promise<void> {
  const log = logger({ level: wanted.logLevel, process: 'router' });
  await living({ logger: log, say: console.log }, async (life) => {
    const environment = { ...wanted, port: await availablePort(wanted) };
    for (const line of shown(environment)) console.log(line);
    metricsOfWorkers();
    cluster.setupPrimary({ args: ['router', '--port', String(environment.port)], execArgv: [...new Set([...nodeOptions, ...process.execArgv])] });
    await life.open(() => opened(count, { life, log }), closed);
    console.log(`The router answers at http://${environment.host}:${String(environment.port)}, in ${String(count)} processes`);
  });
}

interface Surroundings { readonly life: Lifetime; readonly log: Logger }

/** Resolves when all of them listen. Throws StartError when one ends before it does. */
async function opened(count: number, { life, log }: Surroundings): Promise<void> {
  let deaths: number[] = [];
  const fork = (): Worker => cluster.fork();
  const listening = Array.from({ length: count }, () => starting(fork()));
  await Promise.all(listening);
  cluster.on('exit', (worker, code, signal) => {
    if (life.ended.aborted) return;
    deaths = [...deaths.filter((at) => at > Date.now() - MINUTE_MS), Date.now()];
    log.error({ worker: worker.process.pid, code, signal }, 'a worker ended, and another takes its place');
    if (deaths.length > DEATHS_PER_MINUTE_MAX) void life.end(1);
    else fork();
  });
}

async function starting(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit').then(() => {
    throw new StartError('A worker of the router ended before it listened; what it said is above.');
  });
  await Promise.race([once(worker, 'listening'), ended]);
  ended.catch(() => {}); // what happens to it later is heard elsewhere
}

/** Each drains by itself. */
async function closed(): Promise<void> {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !worker.isDead()) as Worker[];
  await Promise.all(workers.map(async (worker) => {
    const exit = once(worker, 'exit');
    worker.process.kill('SIGTERM');
    await exit;
  }));
}

/**
 * Requests per second of our router and of the stock ApolloGateway: same subgraphs, same query, same answer; each gateway, the
 * subgraphs and the load in processes of their own; rounds in turn (ours, stock, stock, ours, …), so that a drift of the machine meets both.
 */
import { deepStrictEqual } from 'node:assert';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { type Child, child, cpuMs, residentMib } from '../child.ts';
import { startIssuer } from './issuer.ts';
import type { Job, Measured } from './load.ts';
import { query, sdls } from './schemas.ts';

/** Each may ask 200 times a second, so together more than a machine answers. */
const CLIENTS = 200;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 4;
const here = import.meta.dirname;

export interface GatewayOptions {
  readonly rounds: number;
  readonly seconds: number;
}

export interface GatewayFigures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the gateway's own process for one request; null where the system does not tell. */
  readonly cpuMsPerRequest: number | null;
  readonly residentMib: number | null;
  /** Requests per second of each round. */
  readonly rounds: readonly number[];
}

export interface GatewayReport {
  readonly ours: GatewayFigures;
  readonly stock: GatewayFigures;
  readonly ratio: number;
  readonly answerBytes: number;
}

interface Contestant {
  readonly child: Child;
  readonly job: Job;
  readonly measured: Measured[];
  cpuMs: number;
}

export async function measureGateways({ rounds, seconds }: GatewayOptions): Promise<GatewayReport> {
  const folder = mkdtempSync(join(tmpdir(), 'pms-bench-'));
  const issuer = await startIssuer();
  const children: Child[] = [];
  const start = async (...args: Parameters<typeof child>): Promise<Child> => {
    const started = await child(...args);
    children.push(started);
    return started;
  };
  try {
    const subgraphs = await start(join(here, 'subgraphs.ts'), [], /subgraphs at (\S+)/);
    const supergraph = join(folder, 'supergraph.graphql');
    writeFileSync(supergraph, composed(subgraphs.said));
    const load = await start(join(here, 'load.ts'), [], /(load ready)/);
    const router = await start(resolve(here, '../../processes/pms.ts'), ['router', '--port', '0'], /The router answers at (\S+)/,
      { SUPERGRAPH: supergraph, AUTH_ISSUER: issuer.url, AUTH_JWKS_URL: issuer.url, NODE_ENV: 'production', LOG_LEVEL: 'warn' });
    const stock = await start(join(here, 'stock.ts'), [supergraph], /stock gateway at (\S+)/, { NODE_ENV: 'production' });
    const ours = await contestant(router, `${router.said}/graphql`, await issuer.tokens(CLIENTS));
    const theirs = await contestant(stock, `${stock.said}/`, []);
    deepStrictEqual(ours.answer, theirs.answer);
    for (const one of [ours, theirs]) await under(load, { ...one.job, seconds: WARM_UP_SECONDS });
    for (let round = 0; round < rounds; round += 1)
      for (const one of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await measured(load, one, seconds);
    const [we, they] = [figures(ours), figures(theirs)];
    return { ours: we, stock: they, ratio: we.requestsPerSecond / they.requestsPerSecond, answerBytes: ours.job.bytes };
  } finally {
    await Promise.all(children.map((one) => one.stop()));
    await issuer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function composed(base: string): string {
  const { supergraphSdl, errors } = composeServices(Object.entries(sdls).map(([name, sdl]) => ({ name, url: `${base}/${name}`, typeDefs: parse(sdl) })));
  if (supergraphSdl === undefined) throw new Error(`the subgraphs do not compose: ${errors?.join('; ') ?? ''}`);
  return supergraphSdl;
}

async function contestant(started: Child, url: string, tokens: readonly string[]): Promise<Contestant & { readonly answer: unknown }> {
  const headers = { 'content-type': 'application/json', ...(tokens[0] === undefined ? {} : { authorization: `Bearer ${tokens[0]}` }) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown };
  if (errors !== undefined || data === undefined) throw new Error(`${url} answered ${String(response.status)} ${text.slice(0, 500)}`);
  return { child: started, answer: data, job: { url, query, tokens, connections: CONNECTIONS, seconds: 0, bytes: Buffer.byteLength(text) }, measured: [], cpuMs: 0 };
}

async function under(load: Child, job: Job): Promise<Measured> {
  load.process.send?.(job);
  const [message] = (await once(load.process, 'message')) as [Measured | { error: string }];
  if ('error' in message) throw new Error(message.error);
  if (message.wrong > 0) throw new Error(`${String(message.wrong)} of ${String(message.requests)} answers of ${job.url} were not the right one`);
  return message;
}

async function measured(load: Child, one: Contestant, seconds: number): Promise<void> {
  const before = cpuMs(one.child.process.pid) ?? 0;
  one.measured.push(await under(load, { ...one.job, seconds }));
  one.cpuMs += (cpuMs(one.child.process.pid) ?? 0) - before;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

function figures({ child: { process: { pid } }, measured: rounds, cpuMs: cpu }: Contestant): GatewayFigures {
  const requests = rounds.reduce((sum, round) => sum + round.requests, 0);
  return {
    requestsPerSecond: requests / rounds.reduce((sum, round) => sum + round.seconds, 0),
    p50Ms: mean(rounds.map(({ p50Ms }) => p50Ms)), p99Ms: mean(rounds.map(({ p99Ms }) => p99Ms)),
    cpuMsPerRequest: cpuMs(pid) === null ? null : cpu / requests, residentMib: residentMib(pid),
    rounds: rounds.map((round) => round.requests / round.seconds),
  };
}

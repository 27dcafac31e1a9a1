/** The contestants, each as its documentation says to run it in production, on the same supergraph. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { RouterSettingsInput } from '../../../router/src/settings.ts';
import type { Child } from '../../child.ts';
import { PEERS } from '../peers.ts';
import type { Processes } from '../processes.ts';

const here = import.meta.dirname;
const ANSWER_MAX_MS = 60_000;

export interface Place {
  readonly processes: Processes;
  readonly folder: string;
  readonly supergraph: string;
  readonly share: boolean;
}

export interface Running {
  readonly child: Child & { readonly log?: string };
  /** Where operations are sent. */
  readonly url: string;
}

export interface OursOptions {
  readonly issuer: string;
  readonly collector: string;
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: RouterSettingsInput;
}

/** Our router, with the address of its metrics. */
export interface Ours extends Running {
  readonly admin: string;
}

/** More than one client uses in a run: limits are on and count, and nobody is refused. */
const POINTS_A_CLIENT = '1000000000/10';

/** `pms router` with everything on: tokens, limits, metrics, a line of log for each request, traces of one request in a hundred. */
export async function ours({ processes, folder, supergraph, share }: Place, { issuer, collector, node, env, settings: more }: OursOptions): Promise<Ours> {
  const adminPort = await freePort(); // in production the main port has no metrics
  const settings = join(folder, `router-${share ? 'sharing' : 'alone'}.json`);
  writeFileSync(settings, JSON.stringify({ ...routerSettings(share), telemetry: { adminPort }, ...more }));
  const child = await processes.start({
    file: resolve(here, '../../../processes/pms.ts'), args: ['router', '--port', '0'], awaited: /The router answers at (\S+)/, ...(node === undefined ? {} : { node }),
    env: {
      SUPERGRAPH: supergraph, ROUTER_CONFIG: settings, NODE_ENV: 'production', LOG_LEVEL: 'info', AUTH_ISSUER: issuer, AUTH_JWKS_URL: issuer, PMS_RATE_LIMIT: POINTS_A_CLIENT,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01', OTEL_SERVICE_NAME: 'router', ...env,
    },
  });
  return { child, url: `${child.said}/graphql`, admin: `http://127.0.0.1:${String(adminPort)}` };
}

/** What differs from the defaults: equal reads are shared or not, of operations and of subgraph requests. */
const routerSettings = (share: boolean): RouterSettingsInput => ({ subgraphs: { all: { shareReads: share } } });

/** A sample of our router's metrics; 0 where there is none. */
export async function metricOf(admin: string, sample: string): Promise<number> {
  const response = await fetch(`${admin}/metrics`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${admin}/metrics answered ${String(response.status)} ${text.slice(0, 200)}`);
  return Number(text.split('\n').find((line) => line.startsWith(`${sample} `))?.slice(sample.length + 1) ?? 0);
}

export async function stockApollo({ processes, supergraph }: Place): Promise<Running> {
  const child = await processes.start({ file: resolve(here, '../../gateways/stock.ts'), args: [supergraph], awaited: /stock gateway at (\S+)/, env: { NODE_ENV: 'production' } });
  return { child, url: `${child.said}/` };
}

/** In one process: it would fork one for each core otherwise. */
export async function hive({ processes, supergraph, share }: Place, native: boolean): Promise<Running> {
  const port = await freePort();
  const child = await processes.start({
    file: join(PEERS, 'node_modules/@graphql-hive/gateway/dist/bin.js'), cwd: PEERS,
    args: ['supergraph', supergraph, '--config-path', join(PEERS, 'hive.mjs'), '--host', '127.0.0.1', '--port', String(port), '--fork', '1'],
    awaited: /(Starting Hive Gateway)/, env: { NODE_ENV: 'production', BENCH_SHARE: share ? '1' : '0', ...(native ? { HIVE_ROUTER_RUNTIME: '1' } : {}) },
  });
  const url = `http://127.0.0.1:${String(port)}/graphql`;
  await answering(url, child.log);
  if (native && !readFileSync(child.log, 'utf8').includes('Hive Router Runtime')) throw new Error('Hive Gateway does not say that it uses the router runtime');
  return { child, url };
}

async function answering(url: string, log: string): Promise<void> {
  for (const end = Date.now() + ANSWER_MAX_MS; ;) {
    const answered = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{__typename}"}' }).then(({ ok }) => ok, () => false);
    if (answered) return;
    if (Date.now() > end) throw new Error(`${url} does not answer:\n${readFileSync(log, 'utf8')}`);
    await new Promise((resolved) => void setTimeout(resolved, 100));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolved) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolved(port));
    });
  });
}

export async function bare({ processes, share }: Place, script: string): Promise<Running> {
  const child = await processes.start({ file: join(here, 'bare.ts'), args: [script], awaited: /bare server at (\S+)/, env: { NODE_ENV: 'production', BENCH_SHARE: share ? '1' : '0' } });
  return { child, url: `${child.said}/` };
}

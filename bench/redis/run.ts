/**
 * `pnpm bench redis`: what Redis costs on the way of a request. One router, one subgraph in the same process that answers at once, a closed loop of requests over
 * HTTP from the same process: what differs between two rounds is what Redis does. Rounds alternate, so that a busy machine disturbs all alike.
 */
import { composeServices } from '@apollo/composition';
import { redisServer } from '@pms/testing/redis-server';
import { parse } from 'graphql';
import { Registry } from 'prom-client';
import { Pool } from 'undici';
import type { Dial } from '../../router/src/dial/transport.ts';
import { startRouter } from '../../router/src/router.ts';
import type { RouterSettingsInput } from '../../router/src/settings.ts';
import { supergraphText } from '../../router/src/supergraph/source.ts';
import { machine, versions } from '../machine.ts';

const WARM_UP_ROUNDS = 2;
const ROUNDS = 4;
const ROUND_MS = 700;
const CONNECTIONS = 16;
const PRODUCTS = 100;
const MICROSECONDS_PER_MS = 1_000;
const PLENTY = 1_000_000_000;
const SDL = 'type Query { products: [Product!]! } type Product @key(fields: "id") { id: ID! name: String! note: String! }';

interface Figures { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly cpuMs: number }

const kept = { enabled: true, hints: { 'Query.products': { maxAgeSeconds: 600, scope: 'PUBLIC' as const } } };
const rate = { capacity: PLENTY, refillPerSecond: PLENTY };

/** Of each pair the first is without Redis. */
const cases: readonly { readonly name: string; readonly redis: boolean; readonly settings: RouterSettingsInput }[] = [
  { name: 'rates in memory', redis: false, settings: { rate } },
  { name: 'rates in Redis', redis: true, settings: { rate } },
  { name: 'kept answers in memory', redis: false, settings: { rate: { ...rate, store: 'memory' }, cache: kept } },
  { name: 'kept answers, Redis asked each time', redis: true, settings: { rate: { ...rate, store: 'memory' }, cache: kept } },
  { name: 'kept answers, Redis trusted 5 s', redis: true, settings: { rate: { ...rate, store: 'memory' }, cache: { ...kept, memoryTrustMs: 5_000 } } },
  { name: 'rates and kept answers in Redis', redis: true, settings: { rate, cache: kept } },
];

export async function benchRedis(): Promise<void> {
  for (const [name, value] of Object.entries({ ...machine(), ...versions() })) console.log(`${name.padEnd(38)}${String(value)}`);
  const { supergraphSdl } = composeServices([{ name: 'products', url: 'http://products.example', typeDefs: parse(SDL) }]);
  if (supergraphSdl === undefined) throw new Error('the schema does not compose');
  const server = await redisServer();
  const products = Array.from({ length: PRODUCTS }, (_, id) => ({ __typename: 'Product', id: String(id), name: `product ${String(id)}`, note: 'x'.repeat(40) }));
  const dial: Dial = () => ({ execute: async () => ({ data: { products } }), subscribe: () => Promise.reject(new Error('nothing is subscribed here')) });
  const routers = await Promise.all(cases.map(({ redis, settings }) => startRouter({
    supergraph: supergraphText(supergraphSdl), dial, host: '127.0.0.1', port: 0, logger: { debug() {}, info() {}, warn() {}, error() {} }, metricsRegistry: new Registry(), production: false,
    settings: { ...settings, telemetry: { requestLog: 'none' } }, ...(redis ? { redis: server.url } : {}),
  })));
  const rounds = cases.map((): Figures[] => []);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1)
    for (const [index, { url }] of routers.entries()) {
      const figures = await measured(url, ROUND_MS);
      if (round >= 0) rounds[index]?.push(figures);
    }
  for (const [index, { name }] of cases.entries()) {
    const [least] = (rounds[index] ?? []).toSorted((left, right) => left.cpuMs - right.cpuMs); // the round that was disturbed least
    if (least !== undefined) console.log(`${name.padEnd(38)}${least.perSecond.toFixed(0)} requests/s, p50 ${least.p50Ms.toFixed(2)} ms, p99 ${least.p99Ms.toFixed(2)} ms, CPU ${(least.cpuMs * MICROSECONDS_PER_MS).toFixed(0)} µs a request with its client`);
  }
  await Promise.all(routers.map((router) => router.close()));
  await server.stop();
}

async function measured(url: string, forMs: number): Promise<Figures> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const took: number[] = [];
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const body = JSON.stringify({ query: '{ products { id name note } }' });
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (performance.now() - begun < forMs) {
      const at = performance.now();
      const response = await pool.request({ path: '/graphql', method: 'POST', headers, body });
      await response.body.text();
      if (response.statusCode !== 200) throw new Error(`the router answered ${String(response.statusCode)}`);
      took.push(performance.now() - at);
    }
  }));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begun) / 1_000;
  await pool.close();
  const sorted = took.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
  return { perSecond: took.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), cpuMs: (user + system) / MICROSECONDS_PER_MS / took.length };
}

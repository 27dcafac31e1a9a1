/**
 * `pnpm bench:smoke` (a short run) or `pnpm bench` (a longer one): the router against the stock gateway, captures against raw SQL, and
 * the latency of subscriptions. Parts by name: `node bench/run.ts smoke router capture latency`. Results are kept in results.json.
 * `pnpm bench router` is the larger benchmark of the router alone, in bench/router; `pnpm bench books` that of the books, in bench/books,
 * `pnpm bench redis` that of what Redis costs, `pnpm bench rls` of what row-level security costs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GatewayReport, measureGateways } from './gateways/measure.ts';
import { benchBooks } from './books/run.ts';
import { benchEvents } from './events/run.ts';
import { machine, versions } from './machine.ts';
import { type CaptureFigures, measureBulk, measureSingly } from './platform/capture.ts';
import { type LatencyFigures, measureLatency } from './platform/latency.ts';
import { openWorld } from './platform/world.ts';
import { benchRedis } from './redis/run.ts';
import { benchRls } from './rls/run.ts';
import { benchRouter } from './router/run.ts';

const RESULTS = join(import.meta.dirname, 'results.json');
const PORTFOLIOS = 16;
const sizes = {
  smoke: { rounds: 4, roundSeconds: 4, singleSeconds: 5, thousands: 5, tenThousands: 1, latencyTrades: 100 },
  full: { rounds: 8, roundSeconds: 10, singleSeconds: 20, thousands: 30, tenThousands: 5, latencyTrades: 1_000 },
} as const;
const parts = ['router', 'capture', 'latency'] as const;

interface Results {
  router?: GatewayReport;
  captures?: CaptureFigures[];
  latency?: LatencyFigures;
  postgres?: string;
}

const given = process.argv.slice(2);
const larger = new Map([['router', benchRouter], ['books', benchBooks], ['events', benchEvents], ['redis', benchRedis], ['rls', benchRls]]).get(given[0] ?? '');
if (larger !== undefined) {
  await larger(given.slice(1));
  process.exit();
}
const size = given.includes('smoke') ? 'smoke' : 'full';
const unknown = given.filter((name) => name !== 'smoke' && !parts.some((part) => part === name));
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; there are ${parts.join(', ')}`);
const asked = (part: (typeof parts)[number]): boolean => given.every((name) => name === 'smoke') || given.includes(part);

const fixed = (value: number, digits = 0): string => value.toFixed(digits);
const say = (name: string, text: string): void => console.log(`${name.padEnd(34)}${text}`);
const results: Results = {};
const amounts = sizes[size];
const measuredOn = machine();
for (const [name, value] of Object.entries({ ...measuredOn, ...versions() })) say(name, String(value));
if (measuredOn.loadBefore > measuredOn.cores / 2) console.log('\nThis machine is busy with other work: these figures will not be worth keeping.');

if (asked('router')) {
  console.log('\nRouter: one query over four subgraphs, 32 connections; ours verifies tokens and applies limits, the stock gateway does not');
  results.router = await measureGateways({ rounds: amounts.rounds, seconds: amounts.roundSeconds });
  const { ours, stock, ratio } = results.router;
  for (const [name, figures] of Object.entries({ 'our router': ours, 'stock ApolloGateway': stock }))
    say(name, `${fixed(figures.requestsPerSecond)} requests/s, p50 ${fixed(figures.p50Ms, 1)} ms, p99 ${fixed(figures.p99Ms, 1)} ms, CPU ${figures.cpuMsPerRequest === null ? '?' : fixed(figures.cpuMsPerRequest, 2)} ms a request, ${String(figures.residentMib ?? '?')} MiB`);
  say('ours / stock', `${fixed(ratio, 2)} in requests/s${ours.cpuMsPerRequest === null || stock.cpuMsPerRequest === null ? '' : `, ${fixed(stock.cpuMsPerRequest / ours.cpuMsPerRequest, 2)} in requests per CPU second`}`);
}

if (asked('capture') || asked('latency')) {
  const world = await openWorld(PORTFOLIOS);
  results.postgres = world.postgresVersion;
  try {
    if (asked('latency')) {
      results.latency = await measureLatency(world, amounts.latencyTrades);
      const { p50Ms, p99Ms, bookedP50Ms, bookedP99Ms, answerP50Ms } = results.latency;
      console.log('\nLatency: from sending captureTrade to the message at the subscriber');
      say('CAPTURED arrives', `p50 ${fixed(p50Ms, 1)} ms, p99 ${fixed(p99Ms, 1)} ms (the mutation's own answer: p50 ${fixed(answerP50Ms, 1)} ms)`);
      say('BOOKED arrives', `p50 ${fixed(bookedP50Ms, 1)} ms, p99 ${fixed(bookedP99Ms, 1)} ms`);
    }
    if (asked('capture')) {
      console.log(`\nCaptures: durable, through the public API, Postgres ${world.postgresVersion}; beside them the same rows by SQL alone`);
      results.captures = [await measureSingly(world, amounts.singleSeconds), await measureBulk(world, 1_000, amounts.thousands), await measureBulk(world, 10_000, amounts.tenThousands)];
      for (const { name, tradesPerSecond, rawTradesPerSecond, ratio, bookedPerSecond } of results.captures)
        say(name, `${fixed(tradesPerSecond)} trades/s, raw SQL ${fixed(rawTradesPerSecond)} trades/s, ratio ${fixed(ratio, 2)}; booked ${fixed(bookedPerSecond)} trades/s`);
    }
  } finally {
    await world.close();
  }
}

const earlier = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as unknown[]) : [];
writeFileSync(RESULTS, `${JSON.stringify([...earlier, { at: new Date().toISOString(), size, machine: measuredOn, versions: versions(), ...results }], null, 2)}\n`);

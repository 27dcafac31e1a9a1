/** Ten thousand websocket clients on one stream of ticks: how long each is on its way, what a client costs in memory, what a message costs in CPU time. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { type Child, cpuMs, residentMib } from '../child.ts';
import { metricOf, ours } from './contestants/start.ts';
import type { ClientsJob, FromClients } from './fanout-clients.ts';
import { fixed, say } from './print.ts';
import { supergraphAt } from './shop/schemas.ts';
import { ticksQuery, ticksSdl } from './shop/tick-schema.ts';
import type { TickOrder } from './shop/ticks.ts';
import type { World } from './world.ts';

const PROCESSES = 4;
const KIB_PER_MIB = 1_024;
const WARM_UP_SECONDS = 3;
/** What the last tick may still take. */
const SETTLE_MS = 3_000;

export interface FanoutReport {
  readonly clients: number;
  readonly perSecond: number;
  /** Who the clients are: as many access tokens. */
  readonly principals: number;
  readonly expected: number;
  readonly messages: number;
  /** That a later tick replaced before a slow client took them. */
  readonly replaced: number;
  readonly lost: number;
  /** Subscriptions at the source. */
  readonly upstream: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly kibPerClient: number | null;
  readonly cpuMicrosecondsPerMessage: number | null;
  readonly openedPerSecond: number;
}

export interface FanoutOptions {
  readonly clients: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly principals: number;
}

export async function measureFanout(world: World, { clients, seconds, perSecond, principals }: FanoutOptions): Promise<FanoutReport> {
  console.log(`\nFan-out: ${String(clients)} websocket clients of ${String(principals)} principals on one stream of ticks, ${String(perSecond)} a second for ${String(seconds)} s`);
  const ticks = await world.processes.start({ file: join(import.meta.dirname, 'shop/ticks.ts'), awaited: /ticks at (\S+)/ });
  const supergraph = join(world.folder, 'with-ticks.graphql');
  writeFileSync(supergraph, supergraphAt(world.subgraphs, { ticks: ticksSdl }));
  const router = await ours({ ...world, supergraph, share: false }, { issuer: world.issuer.url, collector: world.collector.url, env: { SUBGRAPH_URL_TICKS: `${ticks.said}/ticks` }, settings: { subscriptions: { conflate: { tick: [] }, perClientMax: 100_000, eventsPerSecondMax: 10_000_000 } } });
  const pid = router.child.process.pid;
  const tokens = await world.issuer.tokens(principals);
  const programs = await Promise.all(Array.from({ length: PROCESSES }, () => world.processes.start({ file: join(import.meta.dirname, 'fanout-clients.ts'), awaited: /(clients ready)/ })));
  const before = residentMib(pid);
  const begun = performance.now();
  const opened = await Promise.all(programs.map((program, at) => told(program, job(router.url, tokens, Math.ceil(clients / PROCESSES), at))));
  const openSeconds = (performance.now() - begun) / 1_000;
  const count = opened.reduce((sum, one) => sum + (one.kind === 'open' ? one.clients : 0), 0);
  const { listeners } = await tick(ticks, { seconds: WARM_UP_SECONDS, perSecond });
  await settle();
  await Promise.all(programs.map((program) => told(program, 'tell')));
  const replacedBefore = await replacedAt(router.admin);
  const cpu = cpuMs(pid);
  const { count: sent } = await tick(ticks, { seconds, perSecond });
  await settle();
  const used = cpuMs(pid);
  const after = residentMib(pid);
  const heard = (await Promise.all(programs.map((program) => told(program, 'tell')))).filter((one) => one.kind === 'heard');
  const messages = heard.reduce((sum, one) => sum + one.messages, 0);
  const report: FanoutReport = {
    clients: count, perSecond, principals, expected: sent * count, messages, replaced: await replacedAt(router.admin) - replacedBefore, lost: heard.reduce((sum, one) => sum + one.lost, 0), upstream: listeners, ...percentiles(heard.flatMap((one) => one.tenths)),
    kibPerClient: before === null || after === null ? null : ((after - before) * KIB_PER_MIB) / count,
    cpuMicrosecondsPerMessage: cpu === null || used === null ? null : ((used - cpu) * 1_000) / messages, openedPerSecond: count / openSeconds,
  };
  print(report, heard.find((one) => one.why !== null)?.why ?? null);
  if (report.messages + report.replaced < report.expected || count < clients) process.exitCode = 1;
  return report;
}

function print({ clients, expected, messages, replaced, lost, upstream, p50Ms, p99Ms, maxMs, kibPerClient, cpuMicrosecondsPerMessage, openedPerSecond }: FanoutReport, why: string | null): void {
  say('clients', `${String(clients)} open, ${fixed(openedPerSecond)} opened a second, ${String(lost)} lost${why === null ? '' : ` (${why})`}; ${String(upstream)} subscriptions at the source`);
  say('messages', `${String(messages)} of ${String(expected)} arrived, ${String(replaced)} were replaced by a later one on the way`);
  say('from the source to the client', `p50 ${fixed(p50Ms, 1)} ms, p99 ${fixed(p99Ms, 1)} ms, longest ${fixed(maxMs, 1)} ms`);
  say('the router', `${fixed(kibPerClient, 1)} KiB a client, ${fixed(cpuMicrosecondsPerMessage, 1)} µs of CPU a message`);
}

const replacedAt = (admin: string): Promise<number> => metricOf(admin, 'pms_router_subscription_events_replaced_total');

const settle = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, SETTLE_MS));

const job = (url: string, tokens: readonly string[], clients: number, at: number): ClientsJob => ({
  url, query: ticksQuery, clients, tokens: [...tokens.slice(at), ...tokens.slice(0, at)], ...(platform() === 'linux' ? { from: `127.0.0.${String(2 + at)}` } : {}),
});

async function told(program: Child, message: ClientsJob | 'tell'): Promise<FromClients> {
  program.process.send?.(message);
  const [answer] = (await once(program.process, 'message')) as [FromClients];
  return answer;
}

async function tick(ticks: Child, order: TickOrder): Promise<{ readonly count: number; readonly listeners: number }> {
  ticks.process.send?.(order);
  const [answer] = (await once(ticks.process, 'message')) as [{ count: number; listeners: number }];
  return answer;
}

function percentiles(tenths: readonly (readonly [number, number])[]): { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number } {
  const counts = new Map<number, number>();
  for (const [tenth, count] of tenths) counts.set(tenth, (counts.get(tenth) ?? 0) + count);
  const sorted = [...counts].toSorted(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const at = (part: number): number => {
    let left = total * part;
    return (sorted.find(([, count]) => (left -= count) < 0)?.[0] ?? sorted.at(-1)?.[0] ?? 0) / 10;
  };
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: (sorted.at(-1)?.[0] ?? 0) / 10 };
}

/**
 * How long an operation takes that was never seen: planned by the native planner in a process of its own, the way to it and back included; by Apollo's
 * planner in this process, without any way; and answered over HTTP by either router, from parsing to the last byte.
 */
import { apolloPlanner } from '../../router/src/planner/apollo.ts';
import { isolatedPlanner } from '../../router/src/planner/isolated.ts';
import { PLAIN, type PlanOperation } from '../../router/src/planner/plan.ts';
import { readFileSync } from 'node:fs';
import { ours, type Place, type Running, stockApollo } from './contestants/start.ts';
import { percentile } from './load.ts';
import { fixed, row } from './print.ts';
import { type Operation, variedOperations } from './shop/varied.ts';
import { ask, type World } from './world.ts';

/** Other operations than those that are timed, so that the planner's code is as warm as in a router that runs. */
const WARM_UP_SEED = 1;
const WARM_UP = 200;
const SEED = 2;

export interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface PlanningReport {
  readonly operations: number;
  readonly nativePlanner: Times;
  readonly apolloPlanner: Times;
  readonly ours: Times;
  readonly stock: Times;
}

export async function measurePlanning(world: World, { operations: count }: { readonly operations: number }): Promise<PlanningReport> {
  console.log(`\nCold planning: ${String(count)} operations, each for the first time, one after another`);
  const sdl = readFileSync(world.supergraph, 'utf8');
  const operations = variedOperations(SEED, count);
  const native = await isolatedPlanner('native', sdl);
  const nativeTimes = await timed(operations, plans(native.plan));
  native.close();
  const apolloTimes = await timed(operations, plans(apolloPlanner(sdl)));
  const place: Place = { ...world, share: false };
  const [token] = await world.issuer.tokens(1);
  const report: PlanningReport = {
    operations: count, nativePlanner: nativeTimes, apolloPlanner: apolloTimes,
    ours: await overHttp(operations, () => ours(place, { issuer: world.issuer.url, collector: world.collector.url }), token),
    stock: await overHttp(operations, () => stockApollo(place), undefined),
  };
  row('', ['p50 ms', 'p99 ms', 'max ms']);
  const lines: readonly [string, Times][] = [
    ['native planner, with the way to it', report.nativePlanner], ['Apollo’s planner, no way', report.apolloPlanner],
    ['our router, a first answer', report.ours], ['stock ApolloGateway, a first answer', report.stock],
  ];
  for (const [name, { p50Ms, p99Ms, maxMs }] of lines) row(name, [p50Ms, p99Ms, maxMs].map((ms) => fixed(ms, 2)));
  return report;
}

const plans = (plan: PlanOperation) => async ({ query }: Operation): Promise<void> => void (await plan(query, PLAIN));

async function timed(operations: readonly Operation[], run: (operation: Operation) => Promise<void>): Promise<Times> {
  for (const operation of variedOperations(WARM_UP_SEED, WARM_UP)) await run(operation);
  const took: number[] = [];
  for (const operation of operations) {
    const begun = performance.now();
    await run(operation);
    took.push(performance.now() - begun);
  }
  const sorted = took.toSorted((a, b) => a - b);
  return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99), maxMs: sorted.at(-1) ?? 0 };
}

/** Twice, by two processes: after the first the subgraphs know their answers by heart, so that the second shows the gateway's time. */
async function overHttp(operations: readonly Operation[], start: () => Promise<Running>, token: string | undefined): Promise<Times> {
  const once = async (): Promise<Times> => {
    const { child, url } = await start();
    try {
      return await timed(operations, async ({ query, variables }) => {
        const { errors, text } = await ask(url, JSON.stringify({ query, variables }), token);
        if (errors !== undefined) throw new Error(`${url} answers with errors: ${text.slice(0, 500)}`);
      });
    } finally {
      await child.stop();
    }
  };
  await once();
  return once();
}

/** `pnpm chaos --minutes 5 --seed 7`: a cluster under load and under fault, then everything that must hold. Exit code 1 when something did not. */
import { randomInt } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { domainNames, isDomain } from '@pms/processes/catalogue';
import { checks } from './checks/all.ts';
import { type Hearing, hearingOf } from './checks/hearing.ts';
import { healed, settled } from './checks/settled.ts';
import { faults } from './faults/all.ts';
import { type Load, startLoad } from './load/load.ts';
import type { Violation } from './load/recorded.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { randomOf } from './support/random.ts';
import { scheduled } from './support/schedule.ts';
import { strike } from './support/strikes.ts';

const SEED_MAX = 1_000_000_000;
const MINUTE_MS = 60_000;
const SETTLES_MS_MAX = 600_000;
const SHOWN_MAX = 10;

const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' }, seed: { type: 'string' }, faults: { type: 'string' }, domains: { type: 'string' }, brokers: { type: 'string', default: '3' },
    workers: { type: 'string', default: '4' }, keep: { type: 'boolean', default: false },
  },
});
const seed = given.seed === undefined ? randomInt(SEED_MAX) : Number(given.seed);
const lengthMs = Number(given.minutes) * MINUTE_MS;
const kinds = given.faults?.split(',') ?? faults.map(({ name }) => name);
const unknown = kinds.filter((name) => faults.every((fault) => fault.name !== name));
if (!Number.isSafeInteger(seed) || !(lengthMs > 0)) throw new Error('--minutes and --seed are numbers');
if (unknown.length > 0) throw new Error(`there is no fault ${unknown.join(', ')}; there are ${faults.map(({ name }) => name).join(', ')}`);

const begun = performance.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const since = (from: number): string => ((performance.now() - from) / 1_000).toFixed(1).padStart(6);

interface Outcome { readonly name: string; readonly violations: readonly Violation[] }

/** Load and faults, then rest: what was found by then. */
async function run(cluster: Cluster, hearing: readonly Hearing[]): Promise<{ load: Load; outcomes: Outcome[]; injected: ReadonlyMap<string, number>; steps: number }> {
  const random = randomOf(seed);
  if (kinds.includes('failover')) await cluster.postgres.replicate();
  const load = await startLoad({ url: cluster.url, random: random.fork('load'), workers: Number(given.workers), readers: 2 });
  say(`${since(begun)} s  the load begins`);
  const schedule = scheduled(random.fork('faults'), faults.filter(({ name }) => kinds.includes(name)), lengthMs);
  const { injected, violations } = await strike(cluster, schedule, lengthMs, say);
  healed(cluster);
  const rested = performance.now();
  const steps = await load.stop(SETTLES_MS_MAX);
  const restless = await settled(cluster, hearing, SETTLES_MS_MAX).then((): Violation[] => [], (error: unknown) => [{ name: 'not healthy by itself', detail: error instanceof Error ? error.message : String(error) }]);
  say(`at rest after ${since(rested).trim()} s`);
  await load.readAll();
  const outcomes: Outcome[] = [{ name: 'healthy again without a human: ready, nothing behind, nothing waiting', violations: [...violations, ...restless] }];
  for (const check of checks) outcomes.push({ name: check.name, violations: await check.find({ cluster, load, hearing }) });
  return { load, outcomes, injected, steps };
}

function summarised(cluster: Cluster, { load, outcomes, injected, steps }: Awaited<ReturnType<typeof run>>): boolean {
  for (const { name, violations } of outcomes) {
    say(`${violations.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    for (const violation of violations.slice(0, SHOWN_MAX)) say(`         ${violation.name}: ${violation.detail}`);
    if (violations.length > SHOWN_MAX) say(`         and ${String(violations.length - SHOWN_MAX)} more`);
  }
  const { writes, reads } = load.history;
  const count = (outcome: string): string => String(writes.filter((write) => write.outcome === outcome).length);
  const listed = (counts: Iterable<readonly [string, number]>): string => [...counts].map(([name, times]) => `${name} ${String(times)}`).join(', ');
  const crashed = [...cluster.processes.values()].filter((one) => one.crashes().length > 0).map((one) => [one.name, one.crashes().length] as const);
  const repeated = writes.filter(({ attempts, outcome }) => outcome === 'acknowledged' && attempts > 1).length;
  const holding = outcomes.filter(({ violations }) => violations.length === 0).length;
  say('');
  say(`acknowledged writes  ${count('acknowledged')} (${String(repeated)} of them sent more than once), refused ${count('refused')}, unknown ${count('unknown')}, in ${String(steps)} steps; readings ${String(reads.length)}`);
  say(`not answered         ${listed(load.problems) || 'never'}`);
  say(`faults injected      ${listed(injected) || 'none'}`);
  say(`invariants checked   ${String(outcomes.length)}, ${String(holding)} hold`);
  say(`ended by themselves  ${listed(crashed) || 'no process'}`);
  for (const one of cluster.processes.values()) for (const words of new Set(one.crashes())) say(`                     ${one.name}: ${words}`);
  return holding === outcomes.length;
}

say(`chaos --minutes ${given.minutes} --seed ${String(seed)} --faults ${kinds.join(',')}${given.domains === undefined ? '' : ` --domains ${given.domains}`}`);
const domains = (given.domains?.split(',') ?? domainNames).filter(isDomain);
const heard = await hearingOf(domains);
const cluster = await startCluster({ domains, brokers: Number(given.brokers), say: (line) => say(`${since(begun)} s  ${line}`) });
const interrupted = (): void => void cluster.stop(given.keep).finally(() => process.exit(1));
process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
let passed = false;
try {
  passed = summarised(cluster, await run(cluster, heard));
} finally {
  if (given.keep && !passed) say(`what the processes said is kept in ${cluster.folder}`);
  await cluster.stop(given.keep && !passed);
}
say(`${passed ? 'passed' : 'FAILED'}, seed ${String(seed)}, ${since(begun).trim()} s`);
process.exit(passed ? 0 : 1);

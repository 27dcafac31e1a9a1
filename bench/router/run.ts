/**
 * `pnpm bench router`: our router beside other gateways and the limit of this runtime. Parts by name: `pnpm bench router speed planning reload fanout soak`;
 * without one, `speed`, `planning`, `reload` and `fanout`. Results are kept in results-router.json.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, versions } from '../machine.ts';
import { installPeers, peerVersion } from './peers.ts';
import { profileOurs } from './profile.ts';
import { type Figures, measureSpeed, type Name, type SpeedReport } from './speed.ts';
import { inWorld, type World } from './world.ts';

const RESULTS = join(import.meta.dirname, '../results-router.json');
const parts = ['speed'] as const;
type Part = (typeof parts)[number];

const titles: Readonly<Record<Name, string>> = {
  ours: 'our router', stock: 'stock ApolloGateway', hive: 'Hive Gateway (JavaScript)', hiveNative: 'Hive Gateway (Rust planner)', bare: 'bare Node server, the limit',
};
const everybody = Object.keys(titles) as Name[];

export interface Flags {
  readonly quick: boolean;
  readonly sharing: 'off' | 'on' | 'both';
  readonly set: 'fixed' | 'varied' | 'both';
  readonly contestants: readonly Name[];
}

const fixed = (value: number | null, digits: number): string => (value === null ? '?' : value.toFixed(digits));

function show({ sharing, set, operations, meanAnswerBytes, figures, traceMessages }: SpeedReport): void {
  console.log(`\nIn-flight sharing ${sharing ? 'on' : 'off'}, ${set === 'fixed' ? 'one operation' : `${String(operations)} operations, some oftener`}, answers of ${fixed(meanAnswerBytes / 1_000, 1)} kB`);
  console.log(`${''.padEnd(30)}${['requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'MiB', 'fetches'].map((head) => head.padStart(11)).join('')}`);
  for (const [name, { requestsPerSecond, p50Ms, p99Ms, cpuMsPerRequest, residentMib, fetches }] of Object.entries(figures) as [Name, Figures][])
    console.log(titles[name].padEnd(30) + [fixed(requestsPerSecond, 1), fixed(p50Ms, 1), fixed(p99Ms, 1), fixed(cpuMsPerRequest, 2), String(residentMib ?? '?'), fixed(fetches, 1)].map((text) => text.padStart(11)).join(''));
  const { ours, ...others } = figures;
  if (ours === undefined) return;
  for (const [name, theirs] of Object.entries(others) as [Name, Figures][])
    console.log(`ours / ${titles[name]}`.padEnd(40) + `${fixed(ours.requestsPerSecond / theirs.requestsPerSecond, 2)} in requests/s, ${fixed(ours.cpuMsPerRequest === null || theirs.cpuMsPerRequest === null ? null : theirs.cpuMsPerRequest / ours.cpuMsPerRequest, 2)} in requests per CPU second`);
  console.log(`traces: ${String(traceMessages)} messages to the collector`);
}

async function speed(world: World, { quick, sharing, set, contestants }: Flags): Promise<SpeedReport[]> {
  installPeers();
  return measureSpeed(world, {
    ...(quick ? { rounds: 1, seconds: 2, warmUpSeconds: 2 } : { rounds: 4, seconds: 8, warmUpSeconds: 8 }), contestants,
    sharing: sharing === 'both' ? [false, true] : [sharing === 'on'], sets: set === 'both' ? ['fixed', 'varied'] : [set],
  }, show);
}

async function profile({ quick, sharing, set }: Flags): Promise<void> {
  const what = { share: sharing === 'on', set: set === 'varied' ? 'varied' : 'fixed' } as const;
  console.log(`\nProfile of our router: ${what.set} operations, in-flight sharing ${what.share ? 'on' : 'off'}`);
  await inWorld((world) => profileOurs(world, { ...what, ...(quick ? { seconds: 3, warmUpSeconds: 3 } : { seconds: 8, warmUpSeconds: 8 }), file: join(process.cwd(), 'router.cpuprofile') }));
}

/** `args` follow the word `router`. */
export async function benchRouter(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: { profile: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false }, sharing: { type: 'string', default: 'both' }, set: { type: 'string', default: 'both' }, against: { type: 'string', default: everybody.join(',') } },
  });
  const flags = { quick: values.quick, sharing: oneOf('sharing', values.sharing, ['off', 'on', 'both']), set: oneOf('set', values.set, ['fixed', 'varied', 'both']), contestants: values.against.split(',').filter((name) => name !== '').map((name) => oneOf('against', name, everybody)) };
  if (values.profile) {
    await profile(flags);
    return;
  }
  const asked = positionals.length === 0 ? [...parts] : positionals.map((name) => oneOf('part', name, parts));
  const measuredOn = machine();
  const used = { ...versions(), ...(asked.includes('speed') ? peerVersions() : {}) };
  for (const [name, value] of Object.entries({ ...measuredOn, ...used })) console.log(name.padEnd(34) + String(value));
  const busy = measuredOn.loadBefore > measuredOn.cores / 2;
  if (busy) console.log('\nThis machine is busy with other work: these figures will not be worth keeping. CPU ms is the one to look at.');
  const run: Readonly<Record<Part, (world: World) => Promise<unknown>>> = { speed: (world) => speed(world, flags) };
  const results: Partial<Record<Part, unknown>> = {};
  for (const part of asked) results[part] = await inWorld(run[part]);
  keep({ at: new Date().toISOString(), quick: flags.quick, busy, machine: measuredOn, versions: used, ...results });
}

function peerVersions(): Record<string, string> {
  installPeers();
  return Object.fromEntries(['@graphql-hive/gateway', '@graphql-hive/router-runtime'].map((name) => [name, peerVersion(name)]));
}

function keep(result: object): void {
  const earlier = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as unknown[]) : [];
  writeFileSync(RESULTS, `${JSON.stringify([...earlier, result], null, 2)}\n`);
}

function oneOf<T extends string>(what: string, given: string, known: readonly T[]): T {
  const found = known.find((one) => one === given);
  if (found === undefined) throw new Error(`there is no ${what} "${given}"; there are ${known.join(', ')}`);
  return found;
}

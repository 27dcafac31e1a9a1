/**
 * `pnpm bench router`: our router beside other gateways and the limit of this runtime. Parts by name: `pnpm bench router speed planning reload fanout soak`;
 * without one all but the soak. Results are kept in results-router.json, those of `--quick` are not. What it is told is in bench/README.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, versions } from '../machine.ts';
import { measureFanout } from './fanout.ts';
import { installPeers, peerVersion } from './peers.ts';
import { measurePlanning } from './planning.ts';
import { say } from './print.ts';
import { profileOurs } from './profile.ts';
import { measureReload } from './reload.ts';
import { showSpeed, titles } from './show-speed.ts';
import { measureSoak } from './soak.ts';
import { measureSpeed, type Name, type SetName } from './speed.ts';
import { inWorld, type World } from './world.ts';

const RESULTS = join(import.meta.dirname, '../results-router.json');
const parts = ['speed', 'planning', 'reload', 'fanout', 'soak'] as const;
type Part = (typeof parts)[number];
const standard: readonly Part[] = ['speed', 'planning', 'reload', 'fanout'];

interface Flags {
  readonly quick: boolean;
  readonly sharing: 'off' | 'on' | 'both';
  readonly set: SetName | 'all';
  readonly against: readonly Name[];
  readonly minutes: number;
  readonly perSecond: number;
  readonly clients: number;
  readonly principals: number;
}

const run: Readonly<Record<Part, (world: World, flags: Flags) => Promise<unknown>>> = {
  speed: (world, { quick, sharing, set, against }) => measureSpeed(world, {
    ...(quick ? { rounds: 1, seconds: 2, warmUpSeconds: 2 } : { rounds: 4, seconds: 8, warmUpSeconds: 10 }), contestants: against,
    sharing: sharing === 'both' ? [false, true] : [sharing === 'on'], sets: set === 'all' ? ['fixed', 'changing', 'varied'] : [set],
  }, showSpeed),
  planning: (world, { quick }) => measurePlanning(world, { operations: quick ? 200 : 1_000 }),
  reload: (world, { quick }) => measureReload(world, quick ? { seconds: 5, warmUpSeconds: 2 } : { seconds: 20, warmUpSeconds: 8 }),
  fanout: (world, { quick, clients, principals }) => measureFanout(world, { clients, principals, seconds: quick ? 4 : 30, perSecond: 1 }),
  soak: (world, { minutes, perSecond }) => measureSoak(world, { minutes, perSecondMax: perSecond }),
};

/** `args` follow the word `router`. */
export async function benchRouter(args: readonly string[]): Promise<void> {
  const { flags, asked, profile } = read(args);
  if (profile) {
    await profiled(flags);
    return;
  }
  if (asked.includes('speed')) installPeers();
  const measuredOn = machine();
  const used = { ...versions(), ...(asked.includes('speed') ? Object.fromEntries(['@graphql-hive/gateway', '@graphql-hive/router-runtime'].map((name) => [name, peerVersion(name)])) : {}) };
  for (const [name, value] of Object.entries({ ...measuredOn, ...used })) say(name, String(value));
  const busy = measuredOn.loadBefore > measuredOn.cores / 2;
  if (busy) console.log('\nThis machine is busy with other work: these figures will not be worth keeping. CPU ms is the one to look at.');
  const results: Partial<Record<Part, unknown>> = {};
  for (const part of asked) results[part] = await inWorld((world) => run[part](world, flags));
  if (!flags.quick) keep({ at: new Date().toISOString(), busy, machine: measuredOn, versions: used, ...results });
}

function read(args: readonly string[]): { readonly flags: Flags; readonly asked: readonly Part[]; readonly profile: boolean } {
  const everybody = Object.keys(titles) as Name[];
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: {
      profile: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false },
      sharing: { type: 'string', default: 'both' }, set: { type: 'string', default: 'all' }, against: { type: 'string', default: everybody.join(',') },
      minutes: { type: 'string', default: '60' }, 'per-second': { type: 'string', default: 'Infinity' }, clients: { type: 'string', default: '10000' }, principals: { type: 'string', default: '100' },
    },
  });
  return {
    asked: positionals.length === 0 ? standard : positionals.map((name) => oneOf('part', name, parts)), profile: values.profile,
    flags: {
      quick: values.quick, sharing: oneOf('sharing', values.sharing, ['off', 'on', 'both']), set: oneOf('set', values.set, ['fixed', 'changing', 'varied', 'all']),
      against: values.against.split(',').filter((name) => name !== '').map((name) => oneOf('contestant', name, everybody)),
      minutes: positive('minutes', values.minutes), perSecond: positive('per-second', values['per-second']), clients: positive('clients', values.clients), principals: positive('principals', values.principals),
    },
  };
}

async function profiled({ quick, sharing, set }: Flags): Promise<void> {
  const what = { share: sharing === 'on', set: set === 'all' ? 'fixed' : set } as const;
  console.log(`\nProfile of our router: ${what.set === 'varied' ? 'varied operations' : `the ${what.set} operation`}, in-flight sharing ${what.share ? 'on' : 'off'}`);
  await inWorld((world) => profileOurs(world, { ...what, ...(quick ? { seconds: 3, warmUpSeconds: 3 } : { seconds: 8, warmUpSeconds: 8 }), file: join(process.cwd(), 'router.cpuprofile') }));
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

function positive(what: string, given: string): number {
  const number = Number(given);
  if (!(number > 0)) throw new Error(`${what} is a number above 0`);
  return number;
}

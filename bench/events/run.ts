/**
 * `pnpm bench events`: events from an outbox over Kafka into an inbox, beside kafkajs alone with the same messages, in the same run. Parts by name: `pnpm bench events
 * throughput latency catchup`; `--lag N` events to catch up with. Results are kept in results-events.json, those of `--quick` are not. What it is told is in bench/README.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, versions } from '../machine.ts';
import { catchUp, type CatchUpFigures } from './catch-up.ts';
import { cpuTimes, type CpuTimes, medianOf, perEvent, shown, whole } from './cpu.ts';
import { DATA_DIR } from '../platform/databases.ts';
import { type ReadCost, readCosts, readSizes } from '../rls/run.ts';
import { type Contestant, type EventsWorld, openWorld, timed } from './world.ts';

const RESULTS = join(import.meta.dirname, '../results-events.json');
const sizes = {
  quick: { events: 20_000, rounds: 1, paced: 200, lag: 20_000, reads: readSizes.quick },
  full: { events: 40_000, rounds: 5, paced: 2_000, lag: 1_000_000, reads: readSizes.full },
} as const;
interface Amounts { readonly events: number; readonly rounds: number; readonly paced: number; readonly lag: number; readonly reads: { readonly trades: number; readonly times: number } }
/** Events in a transaction of ours; messages in a set of the yardstick's. */
const BATCHES = [10, 100, 500] as const;
const WARM_UP = 80_000;
const PER_SECOND = 200;
const MS = 1_000;

const say = (name: string, text: string): void => console.log(`${name.padEnd(44)}${text}`);
const fixed = (value: number, digits = 0): string => value.toFixed(digits);
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const quantile = (values: readonly number[], part: number): number => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
const median = (values: readonly number[]): number => quantile(values, 0.5);

export interface ThroughputFigures {
  readonly events: number;
  /** Written together. */
  readonly batch: number;
  readonly oursPerSecond: readonly number[];
  readonly barePerSecond: readonly number[];
  /** Of the medians. */
  readonly ratio: number;
  /** CPU time of an event by where it goes, in microseconds: medians. */
  readonly oursCpu: CpuTimes;
  readonly bareCpu: CpuTimes;
  /** What kafkajs alone needs of it, as a part of what ours does. */
  readonly cpuRatio: number;
}

async function throughput(world: EventsWorld, { events, rounds }: Amounts): Promise<ThroughputFigures[]> {
  const [ours, bare] = [await world.ours(), await world.bare()];
  const [oursHears, bareHears] = [await ours.consumer(), await bare.consumer()];
  const round = async (which: 'ours' | 'bare', count: number, batch: number): Promise<{ readonly perSecond: number; readonly cpu: CpuTimes }> => {
    const [publisher, consumer] = which === 'ours' ? [ours.publisher, oursHears] : [bare.publisher, bareHears];
    const pids = { publisher: publisher.process.pid, consumer: consumer.process.pid };
    const before = cpuTimes(pids, DATA_DIR);
    const { ms } = await timed(publisher, consumer, { do: 'write', events: count, batch });
    return { perSecond: (count * MS) / ms, cpu: perEvent(before, cpuTimes(pids, DATA_DIR), count) };
  };
  const measured = async (batch: number): Promise<ThroughputFigures> => {
    const found = { ours: [] as Awaited<ReturnType<typeof round>>[], bare: [] as Awaited<ReturnType<typeof round>>[] };
    for (const which of ['ours', 'bare'] as const) await round(which, WARM_UP, batch);
    for (let number = 0; number < rounds; number += 1)
      for (const which of number % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) found[which].push(await round(which, events, batch));
    const [oursPerSecond, barePerSecond] = [found.ours, found.bare].map((all) => all.map(({ perSecond }) => perSecond)) as [number[], number[]];
    const [oursCpu, bareCpu] = [found.ours, found.bare].map((all) => medianOf(all.map(({ cpu }) => cpu))) as [CpuTimes, CpuTimes];
    const [ratio, cpuRatio] = [median(oursPerSecond) / median(barePerSecond), whole(bareCpu) / whole(oursCpu)];
    say(`outbox → Kafka → inbox, ${String(batch)} events at once`, `${fixed(median(oursPerSecond))} events/s: ${fixed(ratio, 2)} of kafkajs' bare ${fixed(median(barePerSecond))}`);
    say('  CPU time of an event', `${shown(oursCpu)}; kafkajs alone ${shown(bareCpu)}, which is ${fixed(cpuRatio, 2)} of it`);
    return { events, batch, oursPerSecond, barePerSecond, ratio, oursCpu, bareCpu, cpuRatio };
  };
  try {
    const all: ThroughputFigures[] = [];
    for (const batch of BATCHES) all.push(await measured(batch));
    return all;
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

export interface LatencyFigures {
  readonly events: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bareP50Ms: number;
  readonly bareP99Ms: number;
}

async function latency(world: EventsWorld, { paced }: Amounts): Promise<LatencyFigures> {
  const delays = async (contestant: Contestant): Promise<readonly number[]> => {
    try {
      const consumer = await contestant.consumer();
      await timed(contestant.publisher, consumer, { do: 'pace', events: PER_SECOND, perSecond: PER_SECOND });
      return (await timed(contestant.publisher, consumer, { do: 'pace', events: paced, perSecond: PER_SECOND })).arrived.delaysMs;
    } finally {
      await contestant.stop();
    }
  };
  const ours = await delays(await world.ours());
  const bare = await delays(await world.bare());
  const figures = { events: paced, perSecond: PER_SECOND, p50Ms: median(ours), p99Ms: quantile(ours, 0.99), bareP50Ms: median(bare), bareP99Ms: quantile(bare, 0.99) };
  say(`from writing to handled, ${String(PER_SECOND)} events/s`, `p50 ${fixed(figures.p50Ms, 1)} ms, p99 ${fixed(figures.p99Ms, 1)} ms; kafkajs alone p50 ${fixed(figures.bareP50Ms, 1)} ms, p99 ${fixed(figures.bareP99Ms, 1)} ms`);
  return figures;
}

async function catchup(world: EventsWorld, { lag }: Amounts): Promise<CatchUpFigures> {
  const figures = await catchUp(world, lag);
  say(`${String(lag)} events behind`, `relayed at ${fixed(figures.relayedPerSecond)} events/s, handled at ${fixed(figures.handledPerSecond)} events/s; the relaying process held ${String(figures.publisherMib)} MiB, the consuming one ${String(figures.consumerMib)}`);
  return figures;
}

/** What row-level security costs on hot reads: without Kafka, and of the same run. */
const rls = ({ databases }: EventsWorld, { reads }: Amounts): Promise<ReadCost[]> => readCosts(databases, reads);

const parts = { throughput, latency, catchup, rls } as const;
type Part = keyof typeof parts;
const isPart = (name: string): name is Part => Object.hasOwn(parts, name);

/** `args` follow the word `events`. */
export async function benchEvents(args: readonly string[]): Promise<void> {
  const { values: { quick, lag }, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { quick: { type: 'boolean', default: false }, lag: { type: 'string' } } });
  const amounts: Amounts = { ...sizes[quick ? 'quick' : 'full'], ...(lag === undefined ? {} : { lag: Number(lag) }) };
  const unknown = positionals.filter((name) => !isPart(name));
  if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  const measuredOn = machine();
  const world = await openWorld();
  const used = { ...versions(), postgres: world.postgresVersion };
  for (const [name, value] of Object.entries({ ...measuredOn, ...used })) say(name, String(value));
  if (measuredOn.loadBefore > measuredOn.cores / 2) console.log('\nThis machine is busy with other work: these figures will not be worth keeping.');
  const results: Partial<Record<Part, unknown>> = {};
  try {
    for (const part of Object.keys(parts).filter(isPart).filter((name) => positionals.length === 0 || positionals.includes(name)))
      results[part] = await parts[part](world, amounts);
  } finally {
    await world.close();
  }
  if (quick) return;
  const earlier = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as unknown[]) : [];
  writeFileSync(RESULTS, `${JSON.stringify([...earlier, { at: new Date().toISOString(), machine: measuredOn, versions: used, ...results }], null, 2)}\n`);
}

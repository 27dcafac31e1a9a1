/**
 * Requests per second of our router, of the gateways beside it and of the limit of this runtime: same subgraphs, same supergraph, same operations, same
 * answers; one process each, one of them under load at a time, rounds in turn, so that a drift of the machine meets all.
 */
import { isDeepStrictEqual } from 'node:util';
import { cpuMs, machineCpuMs, residentMib } from '../child.ts';
import { bare, hive, ours, type Place, type Running, stockApollo } from './contestants/start.ts';
import { record } from './record.ts';
import type { Measured, Target } from './load.ts';
import { fixedQuery } from './shop/schemas.ts';
import { drawn, variedOperations } from './shop/varied.ts';
import { ask, type World } from './world.ts';

const CLIENTS = 200;
const CONNECTIONS = 50;
const VARIED = 200;
const VARIED_SEED = 2026;
const ORDER_LENGTH = 4_096;
const names = ['ours', 'stock', 'hive', 'hiveNative', 'bare'] as const;
export type Name = (typeof names)[number];
/** `changing` is the fixed operation, while no two answers of a subgraph are the same. */
export type SetName = 'fixed' | 'changing' | 'varied';

export interface SpeedOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly sharing: readonly boolean[];
  readonly sets: readonly SetName[];
  readonly contestants: readonly Name[];
}

export interface Figures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the gateway's own process for one request; null where the system does not tell. */
  readonly cpuMsPerRequest: number | null;
  readonly residentMib: number | null;
  /** Subgraph requests for one request. */
  readonly fetches: number;
  /** Requests per second of each round. */
  readonly rounds: readonly number[];
}

export interface SpeedReport {
  readonly sharing: boolean;
  readonly set: SetName;
  readonly operations: number;
  readonly meanAnswerBytes: number;
  readonly figures: Readonly<Partial<Record<Name, Figures>>>;
  /** Cores that others on this machine used meanwhile; null where the system does not tell. */
  readonly othersCores: number | null;
  /** Messages of spans that our router sent in this part. */
  readonly traceMessages: number;
}

interface Contestant extends Running {
  readonly name: Name;
  readonly target: string;
  readonly measured: Measured[];
  cpuMs: number;
  othersCpuMs: number;
  fetches: number;
}

interface Workload {
  readonly set: SetName;
  readonly bodies: readonly string[];
  readonly weights: readonly number[];
}

const workload = (set: SetName): Workload => {
  if (set !== 'varied') return { set, bodies: [JSON.stringify({ query: fixedQuery })], weights: [1] };
  const operations = variedOperations(VARIED_SEED, VARIED);
  return { set, bodies: operations.map(({ query, variables }) => JSON.stringify({ query, variables })), weights: operations.map(({ weight }) => weight) };
};

export async function measureSpeed(world: World, options: SpeedOptions, told: (report: SpeedReport) => void): Promise<SpeedReport[]> {
  const reports: SpeedReport[] = [];
  for (const share of options.sharing)
    for (const set of options.sets) {
      const report = await measured(world, { ...options, share }, workload(set));
      reports.push(report);
      told(report);
    }
  return reports;
}

type Part = SpeedOptions & { readonly share: boolean };

async function measured(world: World, part: Part, work: Workload): Promise<SpeedReport> {
  // With sharing one client asks: reads are shared between equal principals alone, and the public benchmark has but one.
  const tokens = await world.issuer.tokens(part.share ? 1 : CLIENTS);
  const place: Place = { ...world, share: part.share };
  const traced = world.collector.messages();
  await fetch(`${world.subgraphs}/${work.set === 'changing' ? 'changing' : 'steady'}`);
  const running = await started(world, place, part, work, tokens);
  try {
    const contestants = await compared(world, running, work, tokens);
    for (const one of contestants) await round(world, one, part.warmUpSeconds);
    for (const one of contestants) Object.assign(one, { measured: [], cpuMs: 0, othersCpuMs: 0, fetches: 0 });
    for (let at = 0; at < part.rounds; at += 1) for (const one of at % 2 === 0 ? contestants : contestants.toReversed()) await round(world, one, part.seconds);
    const all = contestants.flatMap((one) => one.measured);
    return {
      sharing: part.share, set: work.set, operations: work.bodies.length,
      meanAnswerBytes: sum(all.map(({ bytes }) => bytes)) / sum(all.map(({ requests }) => requests)),
      figures: Object.fromEntries(contestants.map((one) => [one.name, figuresOf(one)])),
      othersCores: machineCpuMs() === null ? null : sum(contestants.map((one) => one.othersCpuMs)) / 1_000 / sum(all.map(({ seconds }) => seconds)),
      traceMessages: world.collector.messages() - traced,
    };
  } finally {
    await Promise.all(running.map(({ child }) => child.stop()));
  }
}

/** What one contestant alone is asked, its own answers being the right ones. */
export async function targetOf(world: World, url: string, set: SetName, share: boolean): Promise<Target> {
  const { bodies, weights } = workload(set);
  const tokens = await world.issuer.tokens(share ? 1 : CLIENTS);
  const lengths: number[] = [];
  for (const body of bodies) lengths.push(Buffer.byteLength((await ask(url, body, tokens[0])).text));
  return { bodies, lengths, order: orderOf(set, weights), tokens };
}

const orderOf = (set: SetName, weights: readonly number[]): number[] => drawn(weights, set === 'varied' ? ORDER_LENGTH : 1, VARIED_SEED);

type Started = Running & { readonly name: Name };

/** Ours first: what it asks of the subgraphs is what the bare server will. */
async function started(world: World, place: Place, { contestants }: Part, work: Workload, tokens: readonly string[]): Promise<Started[]> {
  const router = await ours(place, { issuer: world.issuer.url, collector: world.collector.url });
  const start: Readonly<Record<Name, () => Promise<Running>>> = {
    ours: () => Promise.resolve(router),
    stock: () => stockApollo(place),
    hive: () => hive(place, false),
    hiveNative: () => hive(place, true),
    bare: async () => bare(place, await record(world, router.url, work.bodies, tokens[0])),
  };
  const all: Started[] = [];
  for (const name of names) if (name === 'ours' || contestants.includes(name)) all.push({ ...(await start[name]()), name });
  return all;
}

/** Asks each for every operation; what any of them answers otherwise than ours stops the benchmark. */
async function compared(world: World, running: readonly Started[], { set, bodies, weights }: Workload, tokens: readonly string[]): Promise<Contestant[]> {
  const order = orderOf(set, weights);
  const right: unknown[] = [];
  const contestants: Contestant[] = [];
  for (const one of running) {
    const theirs = one.name === 'ours' ? tokens : [];
    const lengths: number[] = [];
    for (const [at, body] of bodies.entries()) {
      const { text, data, errors } = await ask(one.url, body, theirs[at % theirs.length]);
      if (errors !== undefined) throw new Error(`${one.name} answers an operation with errors: ${text.slice(0, 500)}\n${body}`);
      right[at] ??= data;
      if (!isDeepStrictEqual(right[at], data)) throw new Error(`${one.name} answers an operation otherwise than ours\n${body}\n${JSON.stringify(right[at])}\n${text}`);
      lengths.push(Buffer.byteLength(text));
    }
    const target: Target = { bodies, lengths, order, tokens: theirs };
    contestants.push({ ...one, target: world.keep(`target-${one.name}`, target), measured: [], cpuMs: 0, othersCpuMs: 0, fetches: 0 });
  }
  return contestants;
}

async function round(world: World, one: Contestant, seconds: number): Promise<void> {
  await counted(world);
  const before = cpuMs(one.child.process.pid) ?? 0;
  const others = (): number => (machineCpuMs() ?? 0) - world.processes.cpuMs();
  const othersBefore = others();
  const result = await world.load({ url: one.url, target: one.target, connections: CONNECTIONS, seconds });
  if (result.wrong > 0) throw new Error(`${String(result.wrong)} of ${String(result.requests)} answers of ${one.name} were not the right one: ${result.example ?? ''}`);
  one.othersCpuMs += Math.max(0, others() - othersBefore);
  one.cpuMs += (cpuMs(one.child.process.pid) ?? 0) - before;
  one.fetches += await counted(world);
  one.measured.push(result);
}

/** Requests at the subgraphs since the last time. */
const counted = async ({ subgraphs }: World): Promise<number> => ((await (await fetch(`${subgraphs}/counts`)).json()) as { count: number }).count;

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;

function figuresOf({ child: { process: { pid } }, measured: rounds, cpuMs: cpu, fetches }: Contestant): Figures {
  const requests = sum(rounds.map((one) => one.requests));
  return {
    requestsPerSecond: requests / sum(rounds.map(({ seconds }) => seconds)),
    p50Ms: mean(rounds.map(({ p50Ms }) => p50Ms)), p99Ms: mean(rounds.map(({ p99Ms }) => p99Ms)),
    cpuMsPerRequest: cpuMs(pid) === null ? null : cpu / requests, residentMib: residentMib(pid), fetches: fetches / requests,
    rounds: rounds.map((one) => one.requests / one.seconds),
  };
}

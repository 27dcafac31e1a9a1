/**
 * Varied operations for a long time: does memory stay flat? The caches are filled first, by more operations than they hold; then, at even intervals, the
 * live heap is measured after a collection, and the resident memory. What grows beyond a bound after the warm-up fails the run, and
 * is told by the functions that allocated it.
 */
import { residentMib } from '../child.ts';
import { ours } from './contestants/start.ts';
import { inspectable, type Inspector, inspectorOf } from './inspector.ts';
import { fixed, row, say } from './print.ts';
import { type Allocating, reportAllocations, sampleEvery } from './profile.ts';
import { targetOf } from './speed.ts';
import { drawn, variedOperations } from './shop/varied.ts';
import type { World } from './world.ts';

const CONNECTIONS = 16;
/** More than the router keeps prepared and planned. */
const RARE = 6_000;
const RARE_SEED = 77;
/** Of the requests, those for operations that are met once in a long while. */
const RARE_PART = 0.2;
const ORDER_LENGTH = 60_000;
const FILL_SECONDS_MAX = 300;
const SAMPLES_PER_MINUTE = 6;
const SAMPLES_MIN = 8;
const SAMPLES_MAX = 60;
/** Of the samples, those that may still grow. */
const WARM_UP_PART = 0.2;
const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;
const BYTES_PER_MIB = 2 ** 20;
/** What may be grown between the warm-up and the end: a part of what there was, and always so much. */
const HEAP_GROWTH_PART_MAX = 0.1;
const HEAP_GROWTH_MIB_MIN = 8;
const RESIDENT_GROWTH_PART_MAX = 0.2;
const RESIDENT_GROWTH_MIB_MIN = 64;

interface Sample {
  readonly minute: number;
  readonly heapMib: number;
  readonly residentMib: number | null;
}

interface Growth {
  readonly startMib: number;
  readonly endMib: number;
  /** Of a straight line through the samples after the warm-up. */
  readonly mibPerHour: number;
  readonly boundMib: number;
  readonly passed: boolean;
}

export interface SoakReport {
  readonly minutes: number;
  readonly requests: number;
  readonly failed: number;
  readonly heap: Growth;
  readonly resident: Growth | null;
  readonly samples: readonly Sample[];
}

export interface SoakOptions {
  readonly minutes: number;
  /** Infinity for as many as there can be. */
  readonly perSecondMax: number;
}

export async function measureSoak(world: World, { minutes, perSecondMax }: SoakOptions): Promise<SoakReport> {
  announce(minutes, perSecondMax);
  const { child, url } = await ours({ ...world, share: false }, { issuer: world.issuer.url, collector: world.collector.url, node: inspectable });
  const common = await targetOf(world, url, 'varied', false);
  const rare = variedOperations(RARE_SEED, RARE).map(({ query, variables }) => JSON.stringify({ query, variables }));
  const bodies = [...common.bodies, ...rare];
  const lengths = [...common.lengths, ...rare.map(() => 0)]; // their status alone is looked at
  const rareOrder = rare.map((_, at) => common.bodies.length + at);
  const isRare = drawn([1 - RARE_PART, RARE_PART], ORDER_LENGTH, RARE_SEED);
  let met = 0; // one after another, so that each was forgotten by the time it comes again
  const order = isRare.map((yes, at) => (yes === 1 ? rareOrder[met++ % RARE] : common.order[at % common.order.length]) ?? 0);
  await filled(world, url, { ...common, bodies, lengths, order: rareOrder });
  const inspector = await inspectorOf(child.log ?? '');
  const target = world.keep('soak', { ...common, bodies, lengths, order });
  await inspector.call('HeapProfiler.startSampling', sampleEvery);
  const load = world.load({ url, target, connections: CONNECTIONS, seconds: minutes * 60, ...paced(perSecondMax) });
  row('', ['heap MiB', 'resident MiB']);
  const samples = await sampled(inspector, child.process.pid, minutes);
  const { requests, wrong, example } = await load;
  await inspector.call('HeapProfiler.collectGarbage');
  const { profile } = await inspector.call<{ profile: { head: Allocating } }>('HeapProfiler.stopSampling');
  inspector.close();
  const resident = samples.every((sample) => sample.residentMib !== null) ? growth(samples.map((sample) => [sample.minute, sample.residentMib ?? 0]), RESIDENT_GROWTH_PART_MAX, RESIDENT_GROWTH_MIB_MIN) : null;
  const heap = growth(samples.map((sample) => [sample.minute, sample.heapMib]), HEAP_GROWTH_PART_MAX, HEAP_GROWTH_MIB_MIN);
  say('requests failed', `${String(wrong)} of ${String(requests)}${example === null ? '' : ` (${example})`}`);
  for (const [name, one] of Object.entries({ 'live heap': heap, resident })) if (one !== null) say(name, told(one));
  if (!heap.passed) reportAllocations(profile.head, requests, 'alive');
  if (wrong > 0 || !heap.passed || resident?.passed === false) process.exitCode = 1;
  return { minutes, requests, failed: wrong, heap, resident, samples };
}

const announce = (minutes: number, perSecondMax: number): void =>
  console.log(`\nSoak: varied operations for ${String(minutes)} minutes, ${String(RARE)} of them rare${perSecondMax === Infinity ? '' : `, ${String(perSecondMax)} a second`}`);

/** Infinity does not go over the channel to the load. */
const paced = (perSecondMax: number): { perSecondMax?: number } => (perSecondMax === Infinity ? {} : { perSecondMax });

const told = ({ startMib, endMib, mibPerHour, boundMib, passed }: Growth): string =>
  `${fixed(startMib, 1)} → ${fixed(endMib, 1)} MiB after the warm-up, ${fixed(mibPerHour, 1)} MiB an hour: ${passed ? 'flat' : `grown by more than ${fixed(boundMib, 1)} MiB`}`;

/** Each rare operation once, so that the caches are full before anything is measured. */
async function filled(world: World, url: string, target: Parameters<World['keep']>[1]): Promise<void> {
  const file = world.keep('rare', target);
  await world.load({ url, target: file, connections: CONNECTIONS, seconds: FILL_SECONDS_MAX, requestsMax: RARE });
}

async function sampled(inspector: Inspector, pid: number | undefined, minutes: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const begun = Date.now();
  const count = Math.min(SAMPLES_MAX, Math.max(SAMPLES_MIN, Math.round(minutes * SAMPLES_PER_MINUTE)));
  for (let at = 1; at <= count; at += 1) {
    await new Promise((resolve) => void setTimeout(resolve, Math.max(0, begun + (at * minutes * MS_PER_MINUTE) / (count + 1) - Date.now())));
    await inspector.call('HeapProfiler.collectGarbage');
    const { usedSize } = await inspector.call<{ usedSize: number }>('Runtime.getHeapUsage');
    const sample = { minute: (Date.now() - begun) / MS_PER_MINUTE, heapMib: usedSize / BYTES_PER_MIB, residentMib: residentMib(pid) };
    samples.push(sample);
    row(`minute ${fixed(sample.minute, 1)}`, [fixed(sample.heapMib, 1), String(sample.residentMib ?? '?')]);
  }
  return samples;
}

/** Between a straight line's start and end, so that one sample taken at a bad moment decides nothing. */
function growth(all: readonly (readonly [minute: number, mib: number])[], partMax: number, mibMin: number): Growth {
  const points = all.slice(Math.floor(all.length * WARM_UP_PART));
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const at = (minute: number): number => meanY + slope * (minute - meanX);
  const [startMib, endMib] = [at(points[0]?.[0] ?? 0), at(points.at(-1)?.[0] ?? 0)];
  const boundMib = Math.max(mibMin, startMib * partMax);
  return { startMib, endMib, mibPerHour: slope * MINUTES_PER_HOUR, boundMib, passed: endMib - startMib <= boundMib };
}

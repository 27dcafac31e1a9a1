/**
 * Profiles our router under load: writes a .cpuprofile (a flame graph in Chrome's developer tools or speedscope) and says where the time goes; then,
 * under load again, which functions make the garbage.
 */
import { writeFileSync } from 'node:fs';
import { ours } from './contestants/start.ts';
import { inspectable, inspectorOf } from './inspector.ts';
import { type SetName, targetOf } from './speed.ts';
import type { World } from './world.ts';

const SAMPLE_EVERY_US = 250;
const SAMPLE_EVERY_BYTES = 16_384;
const CONNECTIONS = 50;
const LINES_MAX = 40;
const FRAMES_BELOW_MAX = 200;

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}
export interface Allocating {
  readonly callFrame: Node['callFrame'];
  readonly selfSize: number;
  readonly children: readonly Allocating[];
}
interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly share: boolean;
  readonly set: SetName;
  readonly file: string;
}

export async function profileOurs(world: World, { seconds, warmUpSeconds, share, set, file }: ProfileOptions): Promise<void> {
  const { child, url } = await ours({ ...world, share }, { issuer: world.issuer.url, collector: world.collector.url, node: inspectable });
  const target = world.keep('profiled', await targetOf(world, url, set, share));
  const inspector = await inspectorOf(child.log ?? '');
  await world.load({ url, target, connections: CONNECTIONS, seconds: warmUpSeconds });
  await inspector.call('Profiler.enable');
  await inspector.call('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
  await inspector.call('Profiler.start');
  const { requests } = await world.load({ url, target, connections: CONNECTIONS, seconds });
  const { profile } = await inspector.call<{ profile: Profile }>('Profiler.stop');
  await inspector.call('HeapProfiler.startSampling', { ...sampleEvery, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
  const again = await world.load({ url, target, connections: CONNECTIONS, seconds });
  const { profile: heap } = await inspector.call<{ profile: { head: Allocating } }>('HeapProfiler.stopSampling');
  inspector.close();
  writeFileSync(file, JSON.stringify(profile));
  report(profile, requests);
  reportAllocations(heap.head, again.requests, 'allocated');
  console.log(`\nwritten to ${file}`);
}

/** From the repository's root or the package's name on. */
function short({ functionName, url, lineNumber }: Node['callFrame']): string {
  const place = url.replace(/^file:\/\//, '').replace(/^.*\/node_modules\/(?=[^/]*$|@?[^.])/, '').replace(/^.*?\/(?=(router|platform|processes)\/)/, '');
  return `${functionName === '' ? '(anonymous)' : functionName} ${place}${url === '' ? '' : `:${String(lineNumber + 1)}`}`;
}

const isOurs = ({ url }: Node['callFrame']): boolean => url.startsWith('file:') && !url.includes('/node_modules/');

function report({ nodes, samples, timeDeltas }: Profile, requests: number): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parent = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const self = new Map<number, number>();
  for (const [at, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  const charged = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, us: number): void => void map.set(key, (map.get(key) ?? 0) + us);
  for (const [id, us] of self) {
    const node = byId.get(id);
    if (node === undefined) continue;
    add(functions, short(node.callFrame), us);
    add(files, fileOf(node.callFrame), us);
    add(charged, chargedTo(node, byId, parent), us);
  }
  const idle = functions.get('(idle) ') ?? 0;
  const busy = [...self.values()].reduce((sum, us) => sum + us, 0) - idle;
  console.log(`${String(requests)} requests, ${(busy / 1_000 / requests).toFixed(3)} ms of the main thread each; idle is left out`);
  print('self time by function', functions, busy);
  print('self time by file', files, busy);
  print('by the function of ours that asked for it (what Node and packages do below it counts as its own)', charged, busy);
}

export const sampleEvery = { samplingInterval: SAMPLE_EVERY_BYTES };

/** What was sampled: allocated in all, or of what still lives. */
export function reportAllocations(head: Allocating, requests: number, what: 'allocated' | 'alive'): void {
  const functions = new Map<string, number>();
  const charged = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, bytes: number): void => void map.set(key, (map.get(key) ?? 0) + bytes);
  const walk = ({ callFrame, selfSize, children }: Allocating, owner: string): void => {
    const mine = isOurs(callFrame) ? short(callFrame) : owner;
    add(functions, short(callFrame), selfSize);
    add(charged, mine, selfSize);
    for (const child of children) walk(child, mine);
  };
  walk(head, 'outside');
  const total = [...functions.values()].reduce((sum, bytes) => sum + bytes, 0);
  console.log(`\n${(total / 1_024 / requests).toFixed(1)} KiB of the heap ${what} for each request`);
  print(`${what} by function`, functions, total);
  print(`${what} by the function of ours that asked for it`, charged, total);
}

const fileOf = (frame: Node['callFrame']): string => (frame.url === '' ? `${frame.functionName} (native)` : short({ ...frame, functionName: '' }).replace(/^\(anonymous\) /, '').replace(/:\d+$/, ''));

function chargedTo(node: Node, byId: ReadonlyMap<number, Node>, parent: ReadonlyMap<number, number>): string {
  let at: Node | undefined = node;
  for (let steps = 0; at !== undefined && steps < FRAMES_BELOW_MAX; steps += 1) {
    if (isOurs(at.callFrame)) return short(at.callFrame);
    at = byId.get(parent.get(at.id) ?? -1);
  }
  return node.callFrame.url === '' && node.callFrame.functionName.startsWith('(') ? node.callFrame.functionName : `outside: ${fileOf(node.callFrame)}`;
}

function print(title: string, times: ReadonlyMap<string, number>, total: number): void {
  console.log(`\n${title}`);
  for (const [name, us] of [...times].filter(([key]) => !key.startsWith('(idle)')).toSorted(([, a], [, b]) => b - a).slice(0, LINES_MAX))
    console.log(`${((100 * us) / total).toFixed(1).padStart(6)} %  ${name}`);
}

/** Runs targets, each input bounded in processor time and memory, and goes on with the others when one of them hangs or takes too much. */
import { Worker } from 'node:worker_threads';
import type { Failure, Order, Told } from './worker.ts';

export interface RunOptions {
  readonly names: readonly string[];
  readonly seed: number;
  /** Inputs of each target. */
  readonly runs: number;
  readonly path?: string | null;
  /** Whether the work for growing inputs is counted as well. */
  readonly growth: boolean;
  /** The module that has them; all parsers unless given. */
  readonly targets?: URL;
  /** Of one input, in processor time. */
  readonly cpuMsMax?: number;
  readonly heapMegabytesMax?: number;
}

export interface Report {
  readonly target: string;
  readonly runs: number;
  readonly failures: readonly Failure[];
  /** Of growing inputs, by how much more the work grew than the input; 1 is in proportion. */
  readonly steepest: number;
}

const ALL = new URL('../targets/all.ts', import.meta.url);
/** Of one input, in processor time: a busy machine makes nothing hang. */
const CPU_MS_MAX = 20_000;
/** One that waits for what never comes uses no processor time. */
const IDLE_MS_MAX = 300_000;
const HEAP_MEGABYTES_MAX = 768;
/** What a process has for its main thread; a thread beside it would have four times as much. */
const STACK_MEGABYTES = 1;
const LOOK_EVERY_MS = 500;

export async function runTargets(options: RunOptions, heard: (report: Report) => void = () => {}): Promise<readonly Report[]> {
  const reports: Report[] = [];
  let names = options.names;
  while (names.length > 0) {
    const { ended, broken } = await once({ ...options, names }, (report) => {
      reports.push(report);
      heard(report);
    });
    if (broken === null) break;
    reports.push(broken);
    heard(broken);
    names = names.filter((name) => name !== broken.target && !ended.has(name));
  }
  return reports;
}

interface Outcome { readonly ended: ReadonlySet<string>; readonly broken: Report | null }

function once({ names, seed, runs, path = null, growth, targets = ALL, cpuMsMax = CPU_MS_MAX, heapMegabytesMax = HEAP_MEGABYTES_MAX }: RunOptions, report: (of: Report) => void): Promise<Outcome> {
  const begun = new SharedArrayBuffer(4);
  const inputs = new Int32Array(begun);
  const order: Order = { names, seed, runs, path, growth, begun, targets: targets.href };
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: order, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax, stackSizeMb: STACK_MEGABYTES } });
  const ended = new Set<string>();
  let current: Pick<Told & { readonly kind: 'begins' }, 'target' | 'part' | 'from'> = { target: names[0] ?? '', part: 'start', from: 0 };
  return new Promise((resolve) => {
    let settled = false;
    const end = (broken: Report | null): void => {
      if (settled) return;
      settled = true;
      clearInterval(watch);
      void worker.terminate().then(() => resolve({ ended, broken }));
    };
    const fail = (what: string): void => {
      const at = Atomics.load(inputs, 0) - current.from - 1;
      end({ target: current.target, runs: at + 1, steepest: 0, failures: [{ path: current.part === 'inputs' && at >= 0 ? String(at) : null, what: `${current.part}: ${what}` }] });
    };
    const watch = watching(worker, { inputs, cpuMsMax, fail });
    worker.on('message', (told: Told) => {
      if (told.kind === 'begins') {
        current = told;
        return;
      }
      ended.add(told.target);
      report({ target: told.target, runs: told.runs, failures: told.failures, steepest: told.steepest });
    });
    worker.on('error', (error: NodeJS.ErrnoException) => fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `more than ${heapMegabytesMax} MB of memory` : `it ended its thread: ${error.stack ?? error.message}`));
    worker.on('exit', () => end(null));
  });
}

interface Watching {
  readonly inputs: Int32Array<SharedArrayBuffer>;
  readonly cpuMsMax: number;
  fail(what: string): void;
}

function watching(worker: Worker, { inputs, cpuMsMax, fail }: Watching): NodeJS.Timeout {
  let last = { input: -1, cpuMs: 0, at: performance.now() };
  const look = async (): Promise<void> => {
    const { user, system } = await worker.cpuUsage();
    const [input, cpuMs, at] = [Atomics.load(inputs, 0), (user + system) / 1_000, performance.now()];
    if (input !== last.input) last = { input, cpuMs, at };
    else if (input > 0 && cpuMs - last.cpuMs > cpuMsMax) fail(`more than ${cpuMsMax} ms of processor time for one input`);
    else if (at - last.at > IDLE_MS_MAX) fail(`no end after ${IDLE_MS_MAX} ms`);
  };
  return setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
}

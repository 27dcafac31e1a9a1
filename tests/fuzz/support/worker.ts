/** Runs targets in a thread of its own, whose memory is bounded and which can be ended when it hangs. Says what it begins and what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { type Counter, stepCounter } from './steps.ts';
import type { Target } from './target.ts';

export interface Order {
  readonly names: readonly string[];
  readonly seed: number;
  readonly runs: number;
  /** Of one input that failed before. */
  readonly path: string | null;
  readonly growth: boolean;
  /** The address of the module that has them. */
  readonly targets: string;
  /** Counts inputs, so that who watches sees that it goes on. */
  readonly begun: SharedArrayBuffer;
}

export interface Failure {
  /** To run this input again; null for growth, which has no chance in it. */
  readonly path: string | null;
  readonly what: string;
}

export type Told = { readonly kind: 'begins'; readonly target: string; readonly part: string; readonly from: number } | { readonly kind: 'ends'; readonly target: string; readonly runs: number; readonly failures: readonly Failure[]; readonly steepest: number };

const SHOWN_MAX = 1_500;
/** Sizes are four times each other; the work may be so many times more beyond that, for what grows with the logarithm. */
const SIZE = 200;
const TIMES = 4;
const SLACK = 1.5;
const STEPS_FLOOR = 5_000;

const order = workerData as Order;
/** Before anything is loaded that is to be counted. */
const counter = order.growth ? await stepCounter() : null;
const { targets } = (await import(order.targets)) as { readonly targets: readonly Target[] };
const begun = new Int32Array(order.begun);
const tell = (told: Told): void => parentPort?.postMessage(told); // oxlint-disable-line unicorn/require-post-message-target-origin -- of a thread, not of a window
const shown = (value: unknown): string => fc.stringify(value).slice(0, SHOWN_MAX);

async function fuzzed({ name, inputs, holds }: Target): Promise<readonly Failure[]> {
  tell({ kind: 'begins', target: name, part: 'inputs', from: Atomics.load(begun, 0) });
  const property = fc.asyncProperty(inputs, async (input) => {
    Atomics.add(begun, 0, 1);
    await holds(input);
  });
  const found = await fc.check(property, { seed: order.seed, numRuns: order.path === null ? order.runs : 1, ...(order.path === null ? {} : { path: order.path }) });
  if (!found.failed) return [];
  const error = found.errorInstance instanceof Error ? found.errorInstance : new Error(String(found.errorInstance));
  return [{ path: found.counterexamplePath, what: `${error.stack?.split('\n').slice(0, 6).join('\n') ?? error.message}\ninput: ${shown(found.counterexample?.[0])}` }];
}

interface Growth {
  readonly failures: readonly Failure[];
  readonly steepest: number;
}

async function grown({ name, growing, holds }: Target, steps: Counter): Promise<Growth> {
  const failures: Failure[] = [];
  let steepest = 0;
  for (const [family, make] of Object.entries(growing)) {
    tell({ kind: 'begins', target: name, part: `growth: ${family}`, from: Atomics.load(begun, 0) });
    Atomics.add(begun, 0, 1);
    const stepsOf = async (size: number): Promise<number> => {
      const input = make(size);
      return steps.of(() => holds(input));
    };
    try {
      await stepsOf(SIZE / 2); // what is made once is made now; what is kept is kept for another input
      const [small, large] = [await stepsOf(SIZE), await stepsOf(SIZE * TIMES)];
      const ratio = large / (small + STEPS_FLOOR);
      steepest = Math.max(steepest, ratio / TIMES);
      if (ratio > TIMES * SLACK) failures.push({ path: null, what: `“${family}”: ${TIMES} times the size takes ${ratio.toFixed(1)} times the steps (${small} and ${large})` });
    } catch (error) {
      failures.push({ path: null, what: `“${family}”: ${error instanceof Error ? error.stack?.split('\n').slice(0, 6).join('\n') ?? '' : String(error)}` });
    }
  }
  return { failures, steepest };
}

const wanted = order.names.map((name) => {
  const found = targets.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no target ${name}`);
  return found;
});
const growth = new Map<Target, Growth>();
if (counter !== null) {
  for (const one of wanted) growth.set(one, await grown(one, counter));
  await counter.close();
}
for (const one of wanted) {
  const { failures, steepest } = growth.get(one) ?? { failures: [], steepest: 0 };
  tell({ kind: 'ends', target: one.name, runs: order.runs, failures: [...failures, ...await fuzzed(one)], steepest });
}

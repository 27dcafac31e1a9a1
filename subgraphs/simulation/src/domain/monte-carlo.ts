/**
 * Monte Carlo of a portfolio's value. Floats throughout: the result is an estimate. Values are in base currency, returns
 * are per step (a trading day, say) as fractions, and the portfolio is left alone: nothing is rebalanced, so each asset
 * grows by itself. The same input and seed give the same figures, whatever the chunk size.
 *
 * GEOMETRIC_BROWNIAN: log returns are normal, with the drift and covariance of the history, correlated by Cholesky.
 * BLOCK_BOOTSTRAP: runs of `blockSteps` consecutive days of the history are drawn whole, for all assets at once, so that
 * correlations, fat tails and the memory of volatility within a block are the real ones.
 */
import { badInput } from '@pms/errors';
import { cholesky } from './cholesky.ts';
import { randomFrom } from './random.ts';
import type { Random } from './random.ts';

export type Model = { readonly kind: 'GEOMETRIC_BROWNIAN' } | { readonly kind: 'BLOCK_BOOTSTRAP'; readonly blockSteps: number };

export interface MonteCarloInput {
  /** What each asset is worth today; negative for a short one. */
  readonly values: readonly number[];
  /** What does not move: cash. */
  readonly cash: number;
  /** Past returns of each asset, step by step; all of one length, at least HISTORY_STEPS_MIN. */
  readonly history: readonly (readonly number[])[];
  readonly model: Model;
  readonly steps: number;
  readonly paths: number;
  readonly seed: number;
  /** Replaces the mean log return per step of every asset in the Brownian model; the history's own where left out. */
  readonly driftPerStep?: number;
}

export interface MonteCarloResult {
  readonly paths: number;
  readonly startValue: number;
  readonly meanTerminalValue: number;
  /** Terminal values, by probability. */
  readonly quantiles: readonly { readonly probability: number; readonly value: number }[];
  /** The part of paths that end below the start value. */
  readonly probabilityOfLoss: number;
  /** At 95 and 99 %: how much is lost, in base currency, as a positive amount; negative where even that is a gain. */
  readonly risk: readonly { readonly confidence: number; readonly valueAtRisk: number; readonly expectedShortfall: number }[];
  /** Of the value after each step, for a fan chart; `steps` + 1 entries, the first the start. */
  readonly fan: readonly { readonly step: number; readonly low: number; readonly median: number; readonly high: number }[];
}

export interface Progress {
  readonly done: number;
  readonly of: number;
}

export const PATHS_MAX = 200_000;
export const STEPS_MAX = 2_600;
export const HISTORY_STEPS_MIN = 20;
/** Path steps × assets of one simulation: some minutes of one core. */
export const WORK_MAX = 5_000_000_000;
export const CHUNK_PATHS = 500;

const QUANTILES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
const CONFIDENCES = [0.95, 0.99];
/** Steps of the fan that are kept, evenly spaced: what a chart can show. */
const FAN_POINTS_MAX = 60;
/** Paths that the fan is drawn from: enough for its 5 % and 95 %. */
const FAN_PATHS_MAX = 5_000;

/** Throws BAD_USER_INPUT with what is wrong; a simulation that passes can run. */
export function checkMonteCarlo({ values, history, model, steps, paths }: MonteCarloInput): void {
  checkCount('steps', steps, STEPS_MAX);
  checkCount('paths', paths, PATHS_MAX);
  if (model.kind === 'BLOCK_BOOTSTRAP') checkCount('blockSteps', model.blockSteps, STEPS_MAX);
  if (values.length !== history.length) throw badInput(`${values.length} assets and ${history.length} histories`);
  checkHistory(history);
  if (steps * paths * Math.max(1, values.length) > WORK_MAX) throw badInput('paths × steps × assets is more work than one simulation may be');
}

function checkCount(name: string, count: number, max: number): void {
  if (!Number.isInteger(count) || count < 1 || count > max) throw badInput(`${name} must be from 1 to ${max}`);
}

function checkHistory(history: MonteCarloInput['history']): void {
  const lengths = history.map((series) => series.length);
  const shortest = Math.min(...lengths);
  if (lengths.some((length) => length !== shortest)) throw badInput('the histories of the assets differ in length');
  if (shortest < HISTORY_STEPS_MIN) throw badInput(`a history of ${shortest} steps is too short: it needs ${HISTORY_STEPS_MIN}`);
  if (history.some((series) => series.some((each) => !(each > -1)))) throw badInput('a return of −100 % or less, or none, cannot be simulated');
}

/** Adds one step's log returns to each asset's growth so far. */
type Step = (logGrowth: Float64Array, at: number) => void;

/** Makes the step function of one path, from that path's own random numbers. */
type PathMaker = (random: Random) => Step;

const logReturns = (history: MonteCarloInput['history']): Float64Array[] => history.map((series) => Float64Array.from(series, Math.log1p));

function brownian({ history, driftPerStep }: MonteCarloInput): PathMaker {
  const logs = logReturns(history);
  const means = logs.map((series) => series.reduce((sum, each) => sum + each, 0) / series.length);
  const covariance = logs.map((a, i) => logs.map((b, j) => a.reduce((sum, each, at) => sum + (each - (means[i] ?? 0)) * ((b[at] ?? 0) - (means[j] ?? 0)), 0) / (a.length - 1)));
  const factor = cholesky(covariance);
  const drift = means.map((each) => driftPerStep ?? each);
  const shocks = new Float64Array(logs.length);
  return (random) => (logGrowth) => {
    for (let i = 0; i < shocks.length; i++) shocks[i] = random.normal();
    for (let i = 0; i < shocks.length; i++) {
      const row = factor[i] ?? [];
      let move = drift[i] ?? 0;
      for (let j = 0; j <= i; j++) move += (row[j] ?? 0) * (shocks[j] ?? 0);
      logGrowth[i] = (logGrowth[i] ?? 0) + move;
    }
  };
}

function bootstrap({ history }: MonteCarloInput, blockSteps: number): PathMaker {
  const logs = logReturns(history);
  const length = logs[0]?.length ?? 1;
  return (random) => {
    let day = 0;
    return (logGrowth, at) => {
      // the history is a circle, so that its first and last days are drawn as often as the others
      day = at % blockSteps === 0 ? random.index(length) : (day + 1) % length;
      for (let i = 0; i < logs.length; i++) logGrowth[i] = (logGrowth[i] ?? 0) + (logs[i]?.[day] ?? 0);
    };
  };
}

/**
 * Runs the simulation CHUNK_PATHS paths at a time, yielding how far it is in between, so that a worker can report, breathe
 * and be cancelled; returns the result. Throws BAD_USER_INPUT before the first chunk for what checkMonteCarlo refuses.
 */
export function* monteCarlo(input: MonteCarloInput, chunkPaths = CHUNK_PATHS): Generator<Progress, MonteCarloResult, void> {
  checkMonteCarlo(input);
  const { values, cash, steps, paths, seed, model } = input;
  const makePath = model.kind === 'BLOCK_BOOTSTRAP' ? bootstrap(input, model.blockSteps) : brownian(input);
  const terminal = new Float64Array(paths);
  const fan = fanOf(steps, Math.min(paths, FAN_PATHS_MAX));
  const logGrowth = new Float64Array(values.length);
  const worth = (): number => values.reduce((sum, value, i) => sum + value * Math.exp(logGrowth[i] ?? 0), cash);
  for (let path = 0; path < paths; path++) {
    const step = makePath(randomFrom(seed, path));
    logGrowth.fill(0);
    for (let at = 0; at < steps; at++) {
      step(logGrowth, at);
      if (path < FAN_PATHS_MAX) fan.keep(path, at + 1, worth);
    }
    terminal[path] = worth();
    if ((path + 1) % chunkPaths === 0 && path + 1 < paths) yield { done: path + 1, of: paths };
  }
  yield { done: paths, of: paths };
  const startValue = values.reduce((sum, value) => sum + value, cash);
  return summarise(terminal, startValue, fan.points(startValue));
}

/** The values of some paths at evenly spaced steps. */
function fanOf(steps: number, paths: number): {
  keep: (path: number, step: number, worth: () => number) => void;
  points: (startValue: number) => MonteCarloResult['fan'];
} {
  const every = Math.ceil(steps / FAN_POINTS_MAX);
  const kept = Array.from({ length: steps }, (_, at) => at + 1).filter((step) => step % every === 0 || step === steps);
  const values = new Map(kept.map((step) => [step, new Float64Array(paths)]));
  return {
    keep: (path, step, worth) => {
      const row = values.get(step);
      if (row) row[path] = worth();
    },
    points: (startValue) => [
      { step: 0, low: startValue, median: startValue, high: startValue },
      ...kept.map((step) => {
        const sorted = (values.get(step) ?? new Float64Array()).toSorted();
        return { step, low: quantileOf(sorted, 0.05), median: quantileOf(sorted, 0.5), high: quantileOf(sorted, 0.95) };
      }),
    ],
  };
}

/** Of sorted values, by linear interpolation (type 7). */
function quantileOf(sorted: Float64Array, probability: number): number {
  const at = (sorted.length - 1) * probability;
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (high - low) * (at - Math.floor(at));
}

function summarise(terminal: Float64Array, startValue: number, fan: MonteCarloResult['fan']): MonteCarloResult {
  const sorted = terminal.toSorted();
  const mean = (values: Float64Array): number => values.reduce((sum, each) => sum + each, 0) / values.length;
  const losing = sorted.findIndex((value) => value >= startValue);
  return {
    paths: terminal.length, startValue, meanTerminalValue: mean(sorted), fan,
    quantiles: QUANTILES.map((probability) => ({ probability, value: quantileOf(sorted, probability) })),
    probabilityOfLoss: (losing < 0 ? sorted.length : losing) / sorted.length,
    risk: CONFIDENCES.map((confidence) => {
      const limit = quantileOf(sorted, 1 - confidence);
      const tail = sorted.filter((value) => value <= limit);
      return { confidence, valueAtRisk: startValue - limit, expectedShortfall: startValue - mean(tail) };
    }),
  };
}

/** The whole simulation at once, for callers that need no progress. */
export function runMonteCarlo(input: MonteCarloInput): MonteCarloResult {
  const running = monteCarlo(input);
  for (;;) {
    const { done, value } = running.next();
    if (done) return value;
  }
}

/**
 * Which weights to hold: mean-variance, minimum variance, maximum Sharpe ratio, risk parity. Floats; covariances and expected
 * returns are of one and the same period, annual say. Weights add up to 1 and stay within bounds except where said otherwise.
 * Sources: Markowitz 1952; Sharpe 1966; Spinu 2013 (risk parity as a convex problem); sequential minimal optimisation, Platt 1998.
 */
import { badInput } from '@pms/errors';
import { dot, solve, times } from './linear-algebra.ts';
import type { Matrix, Vector } from './linear-algebra.ts';

export interface Bounds {
  /** Of each weight; negative allows short positions. */
  readonly low: number;
  readonly high: number;
}

export interface Allocation {
  readonly weights: readonly number[];
  readonly expectedReturn: number;
  readonly volatility: number;
  /** (expectedReturn − riskFree) / volatility; null without volatility. */
  readonly sharpe: number | null;
}

const PAIR_STEPS_MAX = 200_000;
/** Difference of marginal utility, relative to the largest variance, at which no pair of weights is worth moving. */
const PAIR_TOLERANCE_RELATIVE = 1e-11;
const SWEEPS_MAX = 10_000;
const SWEEP_TOLERANCE = 1e-14;
const SEARCH_STEPS = 120;
/** Less is no return. */
const RETURN_MIN = 1e-12;
/** ln of the trade-off between return and risk, from almost none of the one to almost none of the other. */
const LOG_TRADE_OFF = { low: -12, high: 8 };

/** Covariance⁻¹ × expected returns: the unbounded optimum of return less half the variance; its weights need not add up to 1. */
export function meanVariance(covariance: Matrix, expected: Vector): number[] {
  const weights = solve(covariance, expected);
  if (!weights) throw badInput('the covariance of these assets is singular: some of them depend on the others');
  return weights;
}

/**
 * The weights within bounds that are best for tradeOff × expected return − ½ variance. Moves weight between the two assets
 * that gain most from it until no pair gains.
 */
export function boundedMeanVariance(covariance: Matrix, expected: Vector, tradeOff: number, bounds: Bounds): number[] {
  const count = covariance.length;
  if (count === 0 || bounds.low * count > 1 || bounds.high * count < 1) throw badInput('no weights within these bounds add up to 1');
  const weights = Float64Array.from(covariance, () => 1 / count);
  const gradient = Float64Array.from(times(covariance, [...weights]), (each, at) => each - tradeOff * at0(expected, at));
  const tolerance = PAIR_TOLERANCE_RELATIVE * Math.max(...covariance.map(at0));
  for (let step = 0; step < PAIR_STEPS_MAX; step++) {
    const [up, down] = bestPair(weights, gradient, bounds);
    const gain = at0(gradient, down) - at0(gradient, up);
    if (up === down || gain <= tolerance) break;
    const [rowUp, rowDown] = [covariance[up] ?? [], covariance[down] ?? []];
    const curvature = at0(rowUp, up) + at0(rowDown, down) - 2 * at0(rowUp, down);
    const room = Math.min(bounds.high - at0(weights, up), at0(weights, down) - bounds.low);
    const move = curvature > 0 ? Math.min(gain / curvature, room) : room;
    weights[up] = at0(weights, up) + move;
    weights[down] = at0(weights, down) - move;
    gradient.forEach((each, at) => (gradient[at] = each + move * (at0(rowUp, at) - at0(rowDown, at))));
  }
  return [...weights];
}

/** Of an index that is known to be there. */
const at0 = (values: ArrayLike<number>, at: number): number => values[at] ?? 0;

/** The asset with most to gain from more weight, and the one with most to gain from less; the same one where there is none. */
function bestPair(weights: Float64Array, gradient: Float64Array, { low, high }: Bounds): readonly [number, number] {
  let [up, down] = [-1, -1];
  gradient.forEach((slope, at) => {
    const weight = at0(weights, at);
    if (weight < high && (up < 0 || slope < at0(gradient, up))) up = at;
    if (weight > low && (down < 0 || slope > at0(gradient, down))) down = at;
  });
  return up < 0 || down < 0 ? [0, 0] : [up, down];
}

/** What weights promise. */
export function allocationOf(weights: Vector, covariance: Matrix, expected: Vector, riskFree = 0): Allocation {
  const expectedReturn = dot(weights, expected);
  const volatility = Math.sqrt(Math.max(0, dot(weights, times(covariance, weights))));
  return { weights, expectedReturn, volatility, sharpe: volatility === 0 ? null : (expectedReturn - riskFree) / volatility };
}

export const minimumVariance = (covariance: Matrix, expected: Vector, bounds: Bounds, riskFree = 0): Allocation =>
  allocationOf(boundedMeanVariance(covariance, expected, 0, bounds), covariance, expected, riskFree);

/**
 * The best of the efficient frontier, along which the Sharpe ratio rises to one top: a golden-section search over the trade-off, in units of risk for
 * return, so that the same market in other units (a day's returns for a year's) has the same answer.
 */
export function maximumSharpe(covariance: Matrix, expected: Vector, bounds: Bounds, riskFree = 0): Allocation {
  const unit = unitOf(covariance, expected, riskFree);
  const at = (log: number): Allocation => allocationOf(boundedMeanVariance(covariance, expected, Math.exp(log) * unit, bounds), covariance, expected, riskFree);
  const worth = ({ sharpe }: Allocation): number => sharpe ?? Number.NEGATIVE_INFINITY;
  const golden = (Math.sqrt(5) - 1) / 2;
  let { low, high } = LOG_TRADE_OFF;
  let best = at(high);
  for (let step = 0; step < SEARCH_STEPS && high - low > 1e-9; step++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    const [a, b] = [at(left), at(right)];
    if (worth(a) >= worth(b)) high = right;
    else low = left;
    for (const each of [a, b]) if (worth(each) > worth(best)) best = each;
  }
  return best;
}

/** The largest variance through the largest excess return, one that is gained if there is any; 1 where there is none. */
function unitOf(covariance: Matrix, expected: Vector, riskFree: number): number {
  const variance = Math.max(...covariance.map((row, at) => row[at] ?? 0));
  const gained = Math.max(...expected) - riskFree;
  const excess = gained > RETURN_MIN ? gained : Math.max(...expected.map((each) => riskFree - each));
  return variance > 0 && excess > RETURN_MIN ? variance / excess : 1;
}

/**
 * Weights of which each contributes to risk in proportion to its budget, long only: the x that minimises
 * ½ x′Cx − Σ budget × ln x, by coordinate descent, and x brought to a sum of 1. Refuses budgets that are not positive.
 */
export function riskParity(covariance: Matrix, budget: Vector): { readonly weights: readonly number[]; readonly unnormalised: readonly number[] } {
  if (budget.length !== covariance.length || budget.some((each) => !(each > 0))) throw badInput('each asset needs a positive risk budget');
  const found = budget.map((each, at) => Math.sqrt(each / (covariance[at]?.[at] ?? 1)));
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let moved = 0;
    covariance.forEach((row, at) => {
      const [own, before] = [row[at] ?? 0, found[at] ?? 0];
      const others = dot(row, found) - own * before;
      const next = (-others + Math.sqrt(others * others + 4 * own * (budget[at] ?? 0))) / (2 * own);
      found[at] = next;
      moved = Math.max(moved, Math.abs(next - before) / next);
    });
    if (moved < SWEEP_TOLERANCE) break;
  }
  const sum = found.reduce((all, each) => all + each, 0);
  return { weights: found.map((each) => each / sum), unnormalised: found };
}

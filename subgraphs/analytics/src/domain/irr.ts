/**
 * Money-weighted returns: internal rates of return of dated and of equally spaced flows, and present values. Rates are
 * yearly (or per period) floats, 0.05 for 5 %. Signs are the investor's: paid in is negative, received positive.
 *
 * XIRR is Excel's: sum of amount / (1 + r)^(days / 365) = 0, days from the earliest flow (ACT/365F); another day count may
 * be given. Every root is looked for, since flows that change sign more than once can have several: `roots` holds them all
 * and `rate` the one nearest to zero growth, |ln(1 + r)|. No root, as with flows of one sign, gives a null rate.
 */
import { yearFraction } from './day-count.ts';
import type { Day, DayCount } from './day-count.ts';

export interface DatedFlow {
  readonly date: Day;
  readonly amount: number;
}

/** A flow at a time in years (or periods) from the start. */
export interface TimedFlow {
  readonly time: number;
  readonly amount: number;
}

export interface RateOfReturn {
  /** Null where no rate solves the equation. */
  readonly rate: number | null;
  /** Every rate found that does, lowest first. */
  readonly roots: readonly number[];
  /** True where there are several: the flows alone do not say which. */
  readonly ambiguous: boolean;
}

/** Where roots are looked for, in y = ln(1 + r) × span: beyond, one flow outweighs the others by e^500. */
const SPAN_LOG_MAX = 500;
/** Grid steps: fine about zero, where rates are told apart, and growing by GROWTH outwards. */
const FIRST_STEP = 0.005;
const GROWTH = 1.01;
const REFINE_STEPS_MAX = 200;

/** Present value at time zero. */
const presentValue = (flows: readonly TimedFlow[], logRate: number): number =>
  flows.reduce((sum, { time, amount }) => sum + amount * Math.exp(-time * logRate), 0);

/** The same, scaled so that the weight that exceeds all others is 1: its sign is right where the value itself would overflow. */
function scaledValue(flows: readonly TimedFlow[], logRate: number): number {
  const peak = Math.max(...flows.map(({ time }) => -time * logRate));
  return flows.reduce((sum, { time, amount }) => sum + amount * Math.exp(-time * logRate - peak), 0);
}

/** Newton's step where it stays inside the bracket, bisection where it does not; to the last digits of a float. */
function refine(flows: readonly TimedFlow[], from: number, to: number): number {
  let [low, high] = [from, to];
  const lowIsNegative = scaledValue(flows, low) < 0;
  let x = (low + high) / 2;
  for (let step = 0; step < REFINE_STEPS_MAX; step++) {
    const value = scaledValue(flows, x);
    if (value === 0) return x;
    if (value < 0 === lowIsNegative) low = x;
    else high = x;
    const peak = Math.max(...flows.map(({ time }) => -time * x));
    const slope = flows.reduce((sum, { time, amount }) => sum - time * amount * Math.exp(-time * x - peak), 0);
    const newton = x - value / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= Number.EPSILON * Math.max(1e-3, Math.abs(x))) return next;
    x = next;
  }
  return x;
}

function grid(): number[] {
  const right: number[] = [];
  for (let at = 0, step = FIRST_STEP; at < SPAN_LOG_MAX; at += step, step *= GROWTH) right.push(at);
  return [...right.slice(1).map((at) => -at).toReversed(), ...right];
}

/** In the same units of y, lowest first: wherever the sign of the worth changes between neighbours of the grid. */
function rootsOf(flows: readonly TimedFlow[]): number[] {
  const found: number[] = [];
  let before = { at: 0, value: 0 };
  for (const at of grid()) {
    const value = scaledValue(flows, at);
    if (value === 0) found.push(at);
    else if (before.value * value < 0) found.push(refine(flows, before.at, at));
    before = { at, value };
  }
  return found;
}

const NO_RATE: RateOfReturn = { rate: null, roots: [], ambiguous: false };

/** Every rate at which flows at given times are worth nothing. */
export function ratesOfReturn(given: readonly TimedFlow[]): RateOfReturn {
  const flows = given.filter(({ amount }) => amount !== 0);
  const times = flows.map(({ time }) => time);
  const start = Math.min(...times);
  const span = Math.max(...times) - start;
  const isTwoWay = flows.some(({ amount }) => amount > 0) && flows.some(({ amount }) => amount < 0);
  if (!isTwoWay || span === 0) return NO_RATE;
  const logs = rootsOf(flows.map(({ time, amount }) => ({ time: (time - start) / span, amount })));
  const roots = logs.map((log) => Math.expm1(log / span));
  const nearest = logs.reduce((best, log, at) => (Math.abs(log) < Math.abs(logs[best] ?? 0) ? at : best), 0);
  return { rate: roots[nearest] ?? null, roots, ambiguous: roots.length > 1 };
}

const timed = (flows: readonly DatedFlow[], dayCount: DayCount): TimedFlow[] => {
  const first = flows.reduce((earliest, { date }) => (date < earliest ? date : earliest), flows[0]?.date ?? '');
  return flows.map(({ date, amount }) => ({ time: yearFraction(dayCount, first, date), amount }));
};

export const xirr = (flows: readonly DatedFlow[], dayCount: DayCount = 'ACT/365F'): RateOfReturn => ratesOfReturn(timed(flows, dayCount));

/** Of flows one period apart, the first now. */
export const irr = (amounts: readonly number[]): RateOfReturn => ratesOfReturn(amounts.map((amount, time) => ({ time, amount })));

/** Worth at the date of the earliest flow. */
export const xnpv = (rate: number, flows: readonly DatedFlow[], dayCount: DayCount = 'ACT/365F'): number =>
  presentValue(timed(flows, dayCount), Math.log1p(rate));

/** Worth at the date of the latest flow. */
export function xnfv(rate: number, flows: readonly DatedFlow[], dayCount: DayCount = 'ACT/365F'): number {
  const times = timed(flows, dayCount);
  const last = Math.max(...times.map(({ time }) => time));
  return presentValue(times.map(({ time, amount }) => ({ time: time - last, amount })), Math.log1p(rate));
}

/** Of flows one period apart; the first is at time zero and is not discounted (Excel's NPV discounts it). */
export const npv = (rate: number, amounts: readonly number[]): number =>
  presentValue(amounts.map((amount, time) => ({ time, amount })), Math.log1p(rate));

/**
 * Modified internal rate of return: what is paid in is discounted at `financeRate`, what is received grows at `reinvestRate`
 * to the last period. Null unless there are flows of both signs.
 */
export function mirr(amounts: readonly number[], { financeRate, reinvestRate }: { readonly financeRate: number; readonly reinvestRate: number }): number | null {
  const periods = amounts.length - 1;
  const received = npv(reinvestRate, amounts.map((amount) => Math.max(amount, 0)));
  const paid = -npv(financeRate, amounts.map((amount) => Math.min(amount, 0)));
  if (received === 0 || paid === 0 || periods < 1) return null;
  return (received / paid) ** (1 / periods) * (1 + reinvestRate) - 1;
}

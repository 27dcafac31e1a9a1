/**
 * Returns of a portfolio over time. Floats, 0.05 for 5 %; amounts may be in any one currency.
 *
 * Time-weighted return, the default convention: inflows count at the start of their day and outflows at its end, so that a
 * day's growth is (value + outflow) / (value of the day before + inflow), and days are linked. A day that starts without
 * capital has a return of 0, with a warning where something was gained or lost on it all the same.
 */
import { daysBetween } from './day-count.ts';
import type { Day } from './day-count.ts';

export interface ValuationDay {
  readonly date: Day;
  /** Worth at the end of the day, after the day's flows. */
  readonly value: number;
  /** Paid in and taken out by the investor on that day, both unsigned. */
  readonly inflow: number;
  readonly outflow: number;
}

/** AT_CLOSE values just before a flow: a flow of the day has no part in the day's growth. */
export type FlowTiming = 'IN_AT_START_OUT_AT_END' | 'AT_CLOSE';

export interface TimeWeightedReturn {
  readonly rate: number;
  /** Linked return up to and including each day; the first day, which has no day before it, is 0. */
  readonly series: readonly { readonly date: Day; readonly rate: number }[];
  /** Days whose gain has no capital to be measured by. */
  readonly warnings: readonly { readonly date: Day; readonly gain: number }[];
}

/** `days` in order of date; the first holds the value that the period starts with, and its own flows are part of it. */
export function timeWeightedReturn(days: readonly ValuationDay[], timing: FlowTiming = 'IN_AT_START_OUT_AT_END'): TimeWeightedReturn {
  const series: { date: Day; rate: number }[] = [];
  const warnings: { date: Day; gain: number }[] = [];
  let growth = 1;
  days.forEach((day, at) => {
    const before = days[at - 1];
    if (before) {
      const start = timing === 'AT_CLOSE' ? before.value : before.value + day.inflow;
      const end = timing === 'AT_CLOSE' ? day.value - day.inflow + day.outflow : day.value + day.outflow;
      if (start !== 0) growth *= end / start;
      else if (end !== 0) warnings.push({ date: day.date, gain: end });
    }
    series.push({ date: day.date, rate: growth - 1 });
  });
  return { rate: growth - 1, series, warnings };
}

/** Compounds returns of consecutive periods. */
export const link = (rates: readonly number[]): number => rates.reduce((growth, rate) => growth * (1 + rate), 1) - 1;

/** The linked return after each period. */
export function cumulative(rates: readonly number[]): number[] {
  let growth = 1;
  return rates.map((rate) => (growth *= 1 + rate) - 1);
}

/** A flow on day `day` of a period, from 0 (its start) to its last day; signed, paid in positive. */
export interface DietzFlow {
  readonly day: number;
  readonly amount: number;
}

/**
 * Modified Dietz: gain over begin value plus flows weighted by the part of the period that they were there, (T − t) / T.
 * Null where no capital was invested.
 */
export function modifiedDietz({ begin, end, days, flows }: {
  readonly begin: number; readonly end: number; readonly days: number; readonly flows: readonly DietzFlow[];
}): number | null {
  const paidIn = flows.reduce((sum, { amount }) => sum + amount, 0);
  const weighted = flows.reduce((sum, { day, amount }) => sum + amount * ((days - day) / days), 0);
  return begin + weighted === 0 ? null : (end - begin - paidIn) / (begin + weighted);
}

/** (1 + r)^(yearDays / days) − 1; a period of no days is not annualised, and a loss of everything stays one. */
export function annualised(rate: number, days: number, yearDays: 365 | 365.25 = 365): number {
  return days <= 0 ? rate : rate <= -1 ? -1 : (1 + rate) ** (yearDays / days) - 1;
}

/** Geometric mean of periodic returns, per year: (product of 1 + r)^(periodsPerYear / periods) − 1. Null for no returns. */
export function annualReturn(rates: readonly number[], periodsPerYear: number, periods = rates.length): number | null {
  if (periods === 0) return null;
  const growth = 1 + link(rates);
  return growth <= 0 ? -1 : growth ** (periodsPerYear / periods) - 1;
}

/** The returns between prices; one fewer than prices. */
export const returnsOf = (prices: readonly number[]): number[] => prices.slice(1).map((price, at) => price / (prices[at] ?? Number.NaN) - 1);

/** A cash dividend or split of a share, on its ex date. */
export type ShareEvent = { readonly exDate: Day; readonly cashPerShare: number } | { readonly exDate: Day; readonly newPerOld: number };

/** Total return of a share with dividends reinvested at the close of their ex date; `closeOn` gives unadjusted closes. */
export function totalReturn({ from, to, events, closeOn }: {
  readonly from: Day; readonly to: Day; readonly events: readonly ShareEvent[]; readonly closeOn: (day: Day) => number;
}): number {
  let shares = 1;
  for (const event of events.toSorted((a, b) => daysBetween(b.exDate, a.exDate))) {
    if (event.exDate <= from || event.exDate > to) continue;
    shares *= 'newPerOld' in event ? event.newPerOld : 1 + event.cashPerShare / closeOn(event.exDate);
  }
  return (shares * closeOn(to)) / closeOn(from) - 1;
}

/** Weights of assets after they grew, nothing being rebalanced; they add up to 1. */
export function driftedWeights(weights: readonly number[], returns: readonly number[]): number[] {
  const grown = weights.map((weight, at) => weight * (1 + (returns[at] ?? 0)));
  const sum = grown.reduce((all, each) => all + each, 0);
  return grown.map((each) => each / sum);
}

/** (1 + arithmetic mean)^periodsPerYear − 1: what some report instead of the geometric mean, and always above it. Null for no returns. */
export const annualReturnOfMean = (rates: readonly number[], periodsPerYear: number): number | null =>
  rates.length === 0 ? null : (1 + rates.reduce((sum, rate) => sum + rate, 0) / rates.length) ** periodsPerYear - 1;

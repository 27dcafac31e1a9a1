/**
 * Measures of one series of periodic returns. Floats; null where the series does not determine the figure: a flat series has
 * no Sharpe ratio, rather than an infinite one. Deviations are of a sample (ddof 1) and annualised by √periodsPerYear;
 * downside deviation divides by ALL observations. Sources: Bacon, "Practical Portfolio Performance", 2nd ed.; Sharpe 1994.
 */
import { drawdowns, maxDrawdown } from './drawdown.ts';
import { annualReturn } from './returns.ts';
import { deviation, kurtosis, mean, ratio, skewness, total } from './statistics.ts';
import type { Series } from './statistics.ts';

export const volatility = (returns: Series, periodsPerYear: number): number | null => {
  const found = deviation(returns);
  return found === null ? null : found * Math.sqrt(periodsPerYear);
};

/** mean(excess) / deviation(excess) × √periodsPerYear; `riskFree` is per period, one number or one for each return. */
export function sharpe(returns: Series, periodsPerYear: number, riskFree: number | Series = 0): number | null {
  const excess = over(returns, riskFree);
  const found = ratio(mean(excess), deviation(excess));
  return found === null ? null : found * Math.sqrt(periodsPerYear);
}

/** Returns less a rate per period, or less a series of them. */
export const over = (returns: Series, riskFree: number | Series): number[] =>
  returns.map((each, at) => each - (typeof riskFree === 'number' ? riskFree : (riskFree[at] ?? 0)));

/** Mean of max(threshold − r, 0)^order over all observations: the lower partial moment. */
export const lowerPartialMoment = (returns: Series, threshold: number, order: number): number =>
  mean(returns.map((each) => Math.max(threshold - each, 0) ** order));

export const upperPartialMoment = (returns: Series, threshold: number, order: number): number =>
  mean(returns.map((each) => Math.max(each - threshold, 0) ** order));

/** √ of the mean of squared shortfalls below the required return per period, annualised. */
export const downsideDeviation = (returns: Series, required = 0, periodsPerYear = 1): number =>
  Math.sqrt(lowerPartialMoment(returns, required, 2) * periodsPerYear);

/** Mean excess over the required return, annualised by count, over annualised downside deviation. */
export const sortino = (returns: Series, periodsPerYear: number, required = 0): number | null =>
  returns.length === 0 ? null : ratio((mean(returns) - required) * periodsPerYear, downsideDeviation(returns, required, periodsPerYear));

/** Geometric annual return over the largest drawdown; null without a drawdown. */
export const calmar = (returns: Series, periodsPerYear: number): number | null =>
  ratio(annualReturn(returns, periodsPerYear), Math.abs(maxDrawdown(returns)));

/**
 * Gains over losses about a threshold per period: the risk-free rate plus the required annual return brought to a period,
 * (1 + a)^(1/periodsPerYear) − 1.
 */
export function omega(returns: Series, periodsPerYear: number, { riskFree = 0, requiredAnnual = 0 }: { readonly riskFree?: number; readonly requiredAnnual?: number } = {}): number | null {
  const threshold = riskFree + (1 + requiredAnnual) ** (1 / periodsPerYear) - 1;
  return ratio(upperPartialMoment(returns, threshold, 1), lowerPartialMoment(returns, threshold, 1));
}

/** Semi-deviation of log returns below their mean over the whole period: √(n/(n−1) × sum of squares). */
export function semiDeviationOfPeriod(returns: Series): number | null {
  const centre = mean(returns);
  const n = returns.length;
  return n < 2 ? null : Math.sqrt((total(returns.map((each) => Math.min(each - centre, 0) ** 2)) * n) / (n - 1));
}

/** Sum of gains over sum of losses (Bernardo and Ledoit). */
export const gainLossRatio = (returns: Series): number | null => ratio(upperPartialMoment(returns, 0, 1), lowerPartialMoment(returns, 0, 1));

/** Losses weighted by their number over gains weighted by theirs: 0 is all gains. */
export function dRatio(returns: Series): number | null {
  const losses = returns.filter((each) => each < 0).length * lowerPartialMoment(returns, 0, 1);
  return ratio(losses, returns.filter((each) => each > 0).length * upperPartialMoment(returns, 0, 1));
}

export const downsidePotential = (returns: Series, required: number): number => lowerPartialMoment(returns, required, 1);
export const upsidePotential = (returns: Series, required: number): number => upperPartialMoment(returns, required, 1);
export const upsideRisk = (returns: Series, required: number): number => Math.sqrt(upperPartialMoment(returns, required, 2));

/** The part of observations that fall short of the required return. */
export const downsideFrequency = (returns: Series, required: number): number => mean(returns.map((each) => (each < required ? 1 : 0)));
export const upsideFrequency = (returns: Series, required: number): number => mean(returns.map((each) => (each > required ? 1 : 0)));

/** Mean excess over the order-th root of the lower partial moment of that order; of order 2 it is Sortino's, not annualised. */
export const kappa = (returns: Series, required: number, order: number): number | null =>
  ratio(mean(returns) - required, lowerPartialMoment(returns, required, order) ** (1 / order));

/** Omega − 1. */
export const omegaSharpe = (returns: Series, required: number): number | null => ratio(mean(returns) - required, downsidePotential(returns, required));

/** Upside potential over downside deviation. */
export const upsidePotentialRatio = (returns: Series, required: number): number | null =>
  ratio(upsidePotential(returns, required), downsideDeviation(returns, required));

export function meanAbsoluteDeviation(returns: Series): number {
  const centre = mean(returns);
  return mean(returns.map((each) => Math.abs(each - centre)));
}

/** Of the population's moments. */
export const skewnessKurtosisRatio = (returns: Series): number | null => ratio(skewness(returns), kurtosis(returns));

/** Upside over downside variance about the required return; VARIABILITY takes the deviations instead. */
export function volatilitySkewness(returns: Series, required: number, of: 'VOLATILITY' | 'VARIABILITY' = 'VOLATILITY'): number | null {
  const found = ratio(upperPartialMoment(returns, required, 2), lowerPartialMoment(returns, required, 2));
  return found === null || of === 'VOLATILITY' ? found : Math.sqrt(found);
}

/** Mean depth below the peak so far. */
export const painIndex = (returns: Series): number => mean(drawdowns(returns).slice(1).map(Math.abs));

/** Root mean square depth below the peak so far. */
export const ulcerIndex = (returns: Series): number => Math.sqrt(mean(drawdowns(returns).slice(1).map((depth) => depth ** 2)));

const annualExcess = (returns: Series, periodsPerYear: number, annualRiskFree: number): number | null => {
  const found = annualReturn(returns, periodsPerYear);
  return found === null ? null : found - annualRiskFree;
};

export const painRatio = (returns: Series, periodsPerYear: number, annualRiskFree = 0): number | null =>
  ratio(annualExcess(returns, periodsPerYear, annualRiskFree), painIndex(returns));

export const martinRatio = (returns: Series, periodsPerYear: number, annualRiskFree = 0): number | null =>
  ratio(annualExcess(returns, periodsPerYear, annualRiskFree), ulcerIndex(returns));

/** A figure over each window of so many consecutive items. */
export const rolling = <T, R>(items: readonly T[], window: number, figure: (part: readonly T[]) => R): R[] =>
  items.length < window ? [] : Array.from({ length: items.length - window + 1 }, (_, at) => figure(items.slice(at, at + window)));

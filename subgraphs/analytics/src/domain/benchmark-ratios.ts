/**
 * Measures of a series of periodic returns against a benchmark's, period by period (series of one length). Floats; null where
 * the figure is not determined: beta to a flat benchmark. `riskFree` is per period, one number or one for each.
 * Sources: Bacon, "Practical Portfolio Performance", 2nd ed.; Fama 1972; Modigliani and Modigliani 1997.
 */
import { annualReturn } from './returns.ts';
import { over } from './ratios.ts';
import { covariance, deviation, mean, ratio, variance } from './statistics.ts';
import type { Series } from './statistics.ts';

const active = (returns: Series, benchmark: Series): number[] => over(returns, benchmark);

/** Slope of excess returns on the benchmark's (ordinary least squares). */
export function beta(returns: Series, benchmark: Series, riskFree: number | Series = 0): number | null {
  const market = over(benchmark, riskFree);
  return ratio(covariance(over(returns, riskFree), market), variance(market));
}

/** Intercept per period of the same regression. */
export function alpha(returns: Series, benchmark: Series, riskFree: number | Series = 0): number | null {
  const slope = beta(returns, benchmark, riskFree);
  return slope === null ? null : mean(over(returns, riskFree)) - slope * mean(over(benchmark, riskFree));
}

/** The same per year, compounded: (1 + alpha)^periodsPerYear − 1. */
export function annualAlpha(returns: Series, benchmark: Series, periodsPerYear: number, riskFree: number | Series = 0): number | null {
  const found = alpha(returns, benchmark, riskFree);
  return found === null ? null : (1 + found) ** periodsPerYear - 1;
}

/** Deviation of active returns (ddof 1), annualised. */
export const trackingError = (returns: Series, benchmark: Series, periodsPerYear: number): number | null => {
  const found = deviation(active(returns, benchmark));
  return found === null ? null : found * Math.sqrt(periodsPerYear);
};

/** mean(active) / deviation(active), times √periodsPerYear; give 1 for the figure per period. */
export function informationRatio(returns: Series, benchmark: Series, periodsPerYear = 1): number | null {
  const excess = active(returns, benchmark);
  const found = ratio(mean(excess), deviation(excess));
  return found === null ? null : found * Math.sqrt(periodsPerYear);
}

/** The difference of the annual returns over the tracking error: Bacon's information ratio. */
export function annualInformationRatio(returns: Series, benchmark: Series, periodsPerYear: number): number | null {
  const { own, market } = annual(returns, benchmark, periodsPerYear, 0);
  return ratio(own - market, trackingError(returns, benchmark, periodsPerYear));
}

/** Annual return over the benchmark's. */
export const captureRatio = (returns: Series, benchmark: Series, periodsPerYear: number, periods = { returns: returns.length, benchmark: benchmark.length }): number | null =>
  ratio(annualReturn(returns, periodsPerYear, periods.returns), annualReturn(benchmark, periodsPerYear, periods.benchmark));

function captureWhere(returns: Series, benchmark: Series, periodsPerYear: number, counts: (market: number) => boolean): number | null {
  const kept = benchmark.flatMap((market, at) => (counts(market) ? [at] : []));
  const pick = (series: Series): number[] => kept.map((at) => series[at] ?? 0);
  return captureRatio(pick(returns), pick(benchmark), periodsPerYear);
}

/** In the periods in which the benchmark rose (or stood still, for up; fell or stood still, for down). */
export const upCapture = (returns: Series, benchmark: Series, periodsPerYear: number): number | null => captureWhere(returns, benchmark, periodsPerYear, (market) => market >= 0);
export const downCapture = (returns: Series, benchmark: Series, periodsPerYear: number): number | null => captureWhere(returns, benchmark, periodsPerYear, (market) => market <= 0);

/** Annual returns of both and an annual risk-free rate, from a rate per period, all compounded. */
function annual(returns: Series, benchmark: Series, periodsPerYear: number, riskFree: number): { own: number; market: number; free: number } {
  return {
    own: annualReturn(returns, periodsPerYear) ?? 0, market: annualReturn(benchmark, periodsPerYear) ?? 0,
    free: (1 + riskFree) ** periodsPerYear - 1,
  };
}

/** Annual excess return per unit of beta; beta is of the returns as they are. */
export function treynor(returns: Series, benchmark: Series, periodsPerYear: number, riskFree = 0): number | null {
  const { own, free } = annual(returns, benchmark, periodsPerYear, riskFree);
  return ratio(own - free, beta(returns, benchmark));
}

/** Annual return less what beta alone would have earned, own − free − beta × (market − free); Fama calls it selectivity. */
export function jensenAlpha(returns: Series, benchmark: Series, periodsPerYear: number, riskFree = 0): number | null {
  const { own, market, free } = annual(returns, benchmark, periodsPerYear, riskFree);
  const slope = beta(returns, benchmark, riskFree);
  return slope === null ? null : own - free - slope * (market - free);
}

/** Ratio of the deviations: the beta that total risk would need. */
export const famaBeta = (returns: Series, benchmark: Series): number | null => ratio(deviation(returns), deviation(benchmark));

/** Selectivity less what is owed for the risk that was not diversified away. */
export function netSelectivity(returns: Series, benchmark: Series, periodsPerYear: number, riskFree = 0): number | null {
  const gained = jensenAlpha(returns, benchmark, periodsPerYear, riskFree);
  const [needed, slope] = [famaBeta(returns, benchmark), beta(returns, benchmark, riskFree)];
  if (gained === null || needed === null || slope === null) return null;
  const { market, free } = annual(returns, benchmark, periodsPerYear, riskFree);
  return gained - (needed - slope) * (market - free);
}

/** M²: the annual return at the benchmark's risk, (own − free) × σ(market) / σ(own) + free. */
export function mSquared(returns: Series, benchmark: Series, periodsPerYear: number, riskFree = 0): number | null {
  const { own, free } = annual(returns, benchmark, periodsPerYear, riskFree);
  const scale = ratio(deviation(benchmark), deviation(returns));
  return scale === null ? null : (own - free) * scale + free;
}

/** Deviation of the residuals of the regression (population, ddof 0), annualised. */
export function specificRisk(returns: Series, benchmark: Series, periodsPerYear: number, riskFree: number | Series = 0): number | null {
  const [slope, intercept] = [beta(returns, benchmark, riskFree), alpha(returns, benchmark, riskFree)];
  if (slope === null || intercept === null) return null;
  const market = over(benchmark, riskFree);
  const residuals = over(returns, riskFree).map((each, at) => each - intercept - slope * (market[at] ?? 0));
  const found = deviation(residuals, 0);
  return found === null ? null : found * Math.sqrt(periodsPerYear);
}

/** Values of both series on the days that both have. */
export function onCommonDays<T>(a: ReadonlyMap<T, number>, b: ReadonlyMap<T, number>): { readonly returns: number[]; readonly benchmark: number[] } {
  const days = [...a.keys()].filter((day) => b.has(day));
  return { returns: days.map((day) => a.get(day) ?? 0), benchmark: days.map((day) => b.get(day) ?? 0) };
}

/**
 * Expected returns and covariances per year, estimated from the past. Floats. A price that is missing (null) makes the returns
 * next to it missing; a mean uses what an asset has, a covariance the periods that both assets have.
 */
import type { Matrix } from './linear-algebra.ts';

export type Returns = readonly (readonly (number | null)[])[];

/** Returns of each asset between consecutive prices; one fewer than prices. */
export const returnsOfPrices = (prices: Returns): (number | null)[][] =>
  prices.map((series) => series.slice(1).map((price, at) => {
    const before = series[at];
    return price === null || before === null || before === undefined || before === 0 ? null : price / before - 1;
  }));

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

const present = (series: readonly (number | null)[]): number[] => series.filter((each) => each !== null);

/** Arithmetic mean per period. */
export const meanReturns = (returns: Returns): number[] => returns.map((series) => mean(present(series)));

/** Compounded growth per year: (product of 1 + r)^(periodsPerYear / count) − 1. */
export const compoundReturns = (returns: Returns, periodsPerYear: number): number[] =>
  returns.map((series) => {
    const own = present(series);
    return Math.exp((own.reduce((sum, each) => sum + Math.log1p(each), 0) * periodsPerYear) / own.length) - 1;
  });

/** Of a sample (ddof 1), per year. */
export const sampleCovariance = (returns: Returns, periodsPerYear = 1): Matrix =>
  returns.map((a) => returns.map((b) => {
    const pairs = a.flatMap((each, at) => {
      const other = b[at];
      return each === null || other === null || other === undefined ? [] : [[each, other] as const];
    });
    const [ma, mb] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
    return (pairs.reduce((sum, [x, y]) => sum + (x - ma) * (y - mb), 0) / (pairs.length - 1)) * periodsPerYear;
  }));

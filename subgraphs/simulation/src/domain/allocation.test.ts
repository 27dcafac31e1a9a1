import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocationOf, boundedMeanVariance, maximumSharpe, meanVariance, minimumVariance, riskParity } from './allocation.ts';
import { compoundReturns, meanReturns, returnsOfPrices, sampleCovariance } from './estimates.ts';
import { dot, solve, solveLeastSquares, times } from './linear-algebra.ts';
import { amountsForTargets } from './rebalance.ts';

const finite = fc.double({ min: -1, max: 1, noNaN: true });
/** A positive definite covariance and expected returns of a few assets. */
const market = fc.integer({ min: 2, max: 5 }).chain((count) => fc.tuple(
  fc.array(fc.array(finite, { minLength: count, maxLength: count }), { minLength: count, maxLength: count }),
  fc.array(finite, { minLength: count, maxLength: count }),
)).map(([root, expected]) => ({ covariance: root.map((a, i) => root.map((b, j) => dot(a, b) + (i === j ? 0.1 : 0))), expected }));

describe('weights within bounds', () => {
  test('add up to 1, stay within, and leave no better pair', () => {
    fc.assert(fc.property(market, ({ covariance, expected }) => {
      const weights = boundedMeanVariance(covariance, expected, 1, { low: -0.2, high: 0.9 });
      expect(weights.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9);
      const slopes = times(covariance, weights).map((each, at) => each - (expected[at] ?? 0));
      const free = slopes.filter((_, at) => (weights[at] ?? 0) > -0.2 + 1e-9 && (weights[at] ?? 0) < 0.9 - 1e-9);
      for (const weight of weights) expect(weight >= -0.2 - 1e-12 && weight <= 0.9 + 1e-12).toBe(true);
      for (const slope of free) expect(slope).toBeCloseTo(free[0] ?? 0, 6);
    }));
  });

  test('of least variance are no riskier than any asset alone, and those of the best Sharpe ratio are beaten by none', () => {
    fc.assert(fc.property(market, ({ covariance, expected }) => {
      const bounds = { low: 0, high: 1 };
      const calm = minimumVariance(covariance, expected, bounds);
      const best = maximumSharpe(covariance, expected, bounds);
      covariance.forEach((row, at) => {
        const alone = allocationOf(covariance.map((_, k) => (k === at ? 1 : 0)), covariance, expected);
        expect(calm.volatility).toBeLessThanOrEqual(Math.sqrt(row[at] ?? 0) + 1e-9);
        // Returns that are no more than rounding beside the risk are beyond what a search can tell apart.
        if ((alone.sharpe ?? 0) > 1e-6) expect(best.sharpe ?? 0).toBeGreaterThanOrEqual((alone.sharpe ?? 0) - 1e-6);
      });
    }), { numRuns: 30 });
  });

  test('of the best Sharpe ratio do not depend on the unit of returns', () => {
    const covariance = [[0.1, 0.02, 0], [0.02, 0.2, 0], [0, 0, 0.1]];
    const weightsFor = (unit: number): readonly number[] => maximumSharpe(covariance, [0.08 * unit, 0.05 * unit, 0], { low: 0, high: 1 }).weights;
    for (const unit of [1e-6, 1e-3, 1e3]) weightsFor(unit).forEach((weight, at) => { expect(weight).toBeCloseTo(weightsFor(1)[at] ?? 0, 6); });
  });

  test('that cannot add up to 1 are refused', () => {
    expect(() => boundedMeanVariance([[1, 0], [0, 1]], [0, 0], 1, { low: 0, high: 0.4 })).toThrow('add up to 1');
  });
});

test('risk parity gives each asset its budget of the risk', () => {
  fc.assert(fc.property(market, ({ covariance }) => {
    const budget = covariance.map((_, at) => at + 1);
    const { unnormalised, weights } = riskParity(covariance, budget);
    const marginal = times(covariance, unnormalised);
    unnormalised.forEach((each, at) => { expect(each * (marginal[at] ?? 0)).toBeCloseTo(budget[at] ?? 0, 6); });
    expect(weights.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9);
  }));
  expect(() => riskParity([[1]], [0])).toThrow('positive risk budget');
});

test('assets that depend on each other have no unbounded optimum', () => {
  expect(() => meanVariance([[1, 1], [1, 1]], [0.1, 0.2])).toThrow('singular');
  expect(solve([[2, 1], [1, 3]], [3, 5])).toEqual([expect.closeTo(0.8), expect.closeTo(1.4)]);
  expect(solveLeastSquares([[1], [1]], [1, 3])).toEqual([2]);
});

test('funds that hold several classes are bought so that the classes come to their targets', () => {
  expect(amountsForTargets({ A: { x: 0.9, y: 0.1 }, B: { x: 0.1, y: 0.9 } }, { x: 1000, y: 2000 })).toEqual({ A: expect.closeTo(875, 6), B: expect.closeTo(2125, 6) });
  expect(() => amountsForTargets({ A: { x: 1 }, B: { x: 1 } }, { x: 1, y: 1 })).toThrow('cannot be told apart');
});

test('a missing price makes the returns beside it missing, and estimates use what is there', () => {
  const returns = returnsOfPrices([[100, 110, null, 120, 132], [1, 2, 1, 2, 1]]);
  expect(returns[0]).toEqual([expect.closeTo(0.1), null, null, expect.closeTo(0.1)]);
  expect([meanReturns(returns)[0], compoundReturns(returns, 2)[0]]).toEqual([expect.closeTo(0.1), expect.closeTo(0.21)]);
  expect(sampleCovariance(returns)[0]?.[1]).toBeCloseTo(0, 12);
});

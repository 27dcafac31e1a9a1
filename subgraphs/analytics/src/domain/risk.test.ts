import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beta, informationRatio, onCommonDays, trackingError, upCapture } from './benchmark-ratios.ts';
import { drawdowns, longestBetweenHighs, longestRecovery, maxDrawdown } from './drawdown.ts';
import { calmar, downsideDeviation, omega, painRatio, sharpe, sortino, ulcerIndex, upsidePotentialRatio, volatility } from './ratios.ts';
import { deviation, kurtosis, normalCdf, normalQuantile, quantile, skewness } from './statistics.ts';
import { baselZone, componentVar, cornishFisherShortfall, cornishFisherVar, gaussianShortfall, gaussianVar, historicalShortfall, historicalVar, kupiec } from './value-at-risk.ts';

const flat = [0.01, 0.01, 0.01, 0.01];
const series = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 5, maxLength: 60 });

describe('a flat series', () => {
  test('has no volatility, and ratios that would divide by it are undefined, not infinite', () => {
    expect(volatility(flat, 252)).toBe(0);
    expect([sharpe(flat, 252), sortino(flat, 252), calmar(flat, 252), omega(flat, 252), skewness(flat), kurtosis(flat), painRatio(flat, 252), upsidePotentialRatio(flat, 0)]).toEqual(Array.from({ length: 8 }, () => null));
    expect([beta([0.1, 0.2], [0.1, 0.1]), informationRatio(flat, flat)]).toEqual([null, null]);
  });

  test('of one number or none has no deviation', () => {
    expect([deviation([1]), deviation([]), deviation([1], 0)]).toEqual([null, null, 0]);
  });
});

test('Sharpe annualises by the root of the periods, with the deviation of a sample', () => {
  expect(sharpe([0.01, -0.02, 0.015, -0.005, 0.025], 252)).toBeCloseTo(4.48998886412873, 9);
});

test('downside deviation divides by all observations', () => {
  expect(downsideDeviation([0.1, -0.1, 0.1, -0.1])).toBeCloseTo(Math.sqrt(0.02 / 4), 12);
});

describe('against a benchmark', () => {
  test('beta is 2 for twice the benchmark, over the days that both have', () => {
    const { returns, benchmark } = onCommonDays(new Map([[1, 9], [2, 0.02], [3, -0.04], [4, 0.02]]), new Map([[2, 0.01], [3, -0.02], [4, 0.01], [5, 7]]));
    expect(beta(returns, benchmark)).toBeCloseTo(2, 12);
  });

  test('what follows the benchmark has no tracking error and captures all of it', () => {
    fc.assert(fc.property(series, (returns) => {
      expect(trackingError(returns, returns, 252)).toBe(0);
      const captured = upCapture(returns, returns, 252);
      if (captured !== null) expect(captured).toBeCloseTo(1, 9);
    }));
  });
});

describe('drawdowns', () => {
  test('are measured from the highest point so far, the start included', () => {
    expect(drawdowns([0.1, -0.1, 0.1])).toEqual([0, 0, expect.closeTo(-0.1), expect.closeTo(-0.01)]);
    fc.assert(fc.property(series, (returns) => { expect(maxDrawdown(returns)).toBeLessThanOrEqual(0); expect(ulcerIndex(returns)).toBeGreaterThanOrEqual(0); }));
  });

  test('recover when the level of the peak is reached again', () => {
    expect([longestRecovery([100, 90, 95, 100]), longestRecovery([100, 90, 80]), longestRecovery([1, 1, 1])]).toEqual([3, 0, 0]);
    expect([longestBetweenHighs([2, 2, 0.5, 2, 2, 3, 4]), longestBetweenHighs([1, 2, 3]), longestBetweenHighs([3, 2, 1])]).toEqual([5, 0, 2]);
  });
});

describe('the normal distribution', () => {
  test('is that of the tables, and its quantile inverts it', () => {
    expect([normalCdf(0), normalCdf(1.96), normalCdf(-6)]).toEqual([0.5, expect.closeTo(0.9750021048517795, 14), expect.closeTo(9.865876450376946e-10, 20)]);
    expect(normalQuantile(0.99)).toBeCloseTo(2.3263478740408408, 12);
    fc.assert(fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => { expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12); }));
    expect(() => normalQuantile(1)).toThrow(RangeError);
  });

  test('quantiles of a series interpolate between its numbers', () => {
    expect([quantile([1, 2], 0.3), quantile([], 0.5), quantile([5], 0.9)]).toEqual([1.3, null, 5]);
  });
});

describe('value at risk', () => {
  test('is a loss no greater than the shortfall beyond it, by every method, and grows with confidence', () => {
    fc.assert(fc.property(series, (returns) => {
      for (const [value, shortfall] of [[historicalVar, historicalShortfall], [gaussianVar, gaussianShortfall], [cornishFisherVar, cornishFisherShortfall]] as const)
        expect(shortfall(returns, 0.95) ?? 0).toBeLessThanOrEqual((value(returns, 0.95) ?? 0) + 1e-12);
      for (const value of [historicalVar, gaussianVar]) expect(value(returns, 0.99) ?? 0).toBeLessThanOrEqual((value(returns, 0.95) ?? 0) + 1e-12);
    }));
  });

  test('splits into parts of the assets that add up to that of the whole', () => {
    const found = componentVar([[0.01, -0.02, 0.03, 0.01], [0.02, -0.01, -0.03, 0.02]], [0.6, 0.4], 0.95);
    const portfolio = [0.014, -0.016, 0.006, 0.014];
    expect(found?.total).toBeCloseTo(-(gaussianVar(portfolio, 0.95, 1) ?? 0), 12);
    expect(componentVar([], [], 0.95)).toBeNull();
  });

  test('is judged by its exceptions', () => {
    expect(kupiec(250, 3, 0.99)).toBeCloseTo(0.0949, 3);
    expect(kupiec(250, 0, 0.99)).toBeCloseTo(5.025, 3);
    expect([4, 5, 9, 10].map((count) => baselZone(count).zone)).toEqual(['GREEN', 'YELLOW', 'YELLOW', 'RED']);
    expect([baselZone(7).multiplier, baselZone(7, 500).multiplier]).toEqual([3.65, null]);
  });

  test('of no returns is unknown', () => {
    expect([historicalVar([], 0.95), historicalShortfall([], 0.95), gaussianVar([], 0.95)]).toEqual([null, null, null]);
  });
});

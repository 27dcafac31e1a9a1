import { describe, expect, test } from 'vitest';
import { cholesky } from './cholesky.ts';
import { checkMonteCarlo, monteCarlo, runMonteCarlo } from './monte-carlo.ts';
import type { MonteCarloInput } from './monte-carlo.ts';
import { randomFrom } from './random.ts';

const history = (seed: number, length: number, mean = 0.0004, deviation = 0.01): number[] => {
  const random = randomFrom(seed);
  return Array.from({ length }, () => mean + deviation * random.normal());
};
const input = (changes: Partial<MonteCarloInput> = {}): MonteCarloInput => ({
  values: [600, 400], cash: 100, history: [history(1, 500), history(2, 500)], model: { kind: 'GEOMETRIC_BROWNIAN' }, steps: 20, paths: 2000, seed: 7, ...changes,
});

describe('random numbers', () => {
  test('are those of their seed and stream, and of no other', () => {
    const draw = (seed: number, stream?: number): number[] => { const random = randomFrom(seed, stream); return [random.uniform(), random.uniform(), random.normal()]; };
    expect(draw(1)).toEqual(draw(1));
    expect(new Set([draw(1), draw(2), draw(1, 1), draw(2 ** 40)].map((each) => each[0])).size).toBe(4);
  });

  test('have the moments of their distributions', () => {
    const random = randomFrom(42);
    const normals = Array.from({ length: 200_000 }, () => random.normal());
    const mean = normals.reduce((sum, each) => sum + each, 0) / normals.length;
    const variance = normals.reduce((sum, each) => sum + (each - mean) ** 2, 0) / normals.length;
    const uniforms = Array.from({ length: 200_000 }, () => random.uniform());
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(Math.abs(uniforms.reduce((sum, each) => sum + each, 0) / uniforms.length - 0.5)).toBeLessThan(0.005);
    expect(Math.max(...uniforms.slice(0, 50_000))).toBeLessThan(1);
  });
});

test('the Cholesky factor multiplies back to the covariance, of dependent assets too', () => {
  const covariance = [[4, 2, 4], [2, 5, 2], [4, 2, 4]];
  const lower = cholesky(covariance);
  const back = covariance.map((_, i) => covariance.map((__, j) => lower[i]?.reduce((sum, each, k) => sum + each * (lower[j]?.[k] ?? 0), 0)));
  expect(back).toEqual(covariance);
  expect(() => cholesky([[1, 2], [2, 1]])).toThrow('not a covariance');
});

describe.each([{ kind: 'GEOMETRIC_BROWNIAN' } as const, { kind: 'BLOCK_BOOTSTRAP', blockSteps: 5 } as const])('$kind', (model) => {
  test('gives the same figures for the same seed, whatever the chunks, and others for another', () => {
    const chunked = monteCarlo(input({ model }), 77);
    let reports = 0;
    let step = chunked.next();
    for (; !step.done; step = chunked.next()) reports++;
    expect(step.value).toEqual(runMonteCarlo(input({ model })));
    expect(reports).toBe(26);
    expect(runMonteCarlo(input({ model, seed: 8 }))).not.toEqual(step.value);
  });

  test('orders its quantiles, and has a shortfall no smaller than its value at risk', () => {
    const { quantiles, risk, probabilityOfLoss, fan } = runMonteCarlo(input({ model }));
    expect(quantiles.map(({ value }) => value)).toEqual(quantiles.map(({ value }) => value).toSorted((a, b) => a - b));
    for (const { valueAtRisk, expectedShortfall } of risk) expect(expectedShortfall).toBeGreaterThanOrEqual(valueAtRisk);
    expect(probabilityOfLoss).toBeGreaterThan(0);
    expect(probabilityOfLoss).toBeLessThan(1);
    expect(fan).toHaveLength(21);
  });

  test('of nothing but cash stays where it is', () => {
    const { meanTerminalValue, probabilityOfLoss } = runMonteCarlo(input({ model, values: [], history: [], cash: 50 }));
    expect([meanTerminalValue, probabilityOfLoss]).toEqual([50, 0]);
  });
});

test('Brownian paths reach the mean and spread that their drift and volatility say', () => {
  const steps = 100;
  const series = history(3, 2000, 0, 0.01);
  const logs = series.map(Math.log1p);
  const mean = logs.reduce((sum, each) => sum + each, 0) / logs.length;
  const variance = logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (logs.length - 1);
  const { meanTerminalValue, quantiles } = runMonteCarlo(input({ values: [1], cash: 0, history: [series], steps, paths: 20_000, driftPerStep: 0 }));
  expect(meanTerminalValue).toBeCloseTo(Math.exp((variance * steps) / 2), 2);
  expect(quantiles.find(({ probability }) => probability === 0.05)?.value).toBeCloseTo(Math.exp(-1.6448536 * Math.sqrt(variance * steps)), 2);
});

test('an asset and its short counterpart cancel, so they were simulated together', () => {
  const series = history(4, 300);
  for (const model of [{ kind: 'GEOMETRIC_BROWNIAN' }, { kind: 'BLOCK_BOOTSTRAP', blockSteps: 3 }] as const) {
    const { quantiles } = runMonteCarlo(input({ model, values: [100, -100], history: [series, series], cash: 10 }));
    for (const { value } of quantiles) expect(value).toBeCloseTo(10, 9);
  }
});

test.each([
  ['too short a history', { history: [[0.1], [0.1]] }],
  ['a history missing', { history: [[0.1]] }],
  ['too many paths', { paths: 1_000_000 }],
  ['a return of less than everything', { values: [1], history: [Array.from({ length: 30 }, () => -1)] }],
  ['an empty block', { model: { kind: 'BLOCK_BOOTSTRAP', blockSteps: 0 } as const }],
])('%s is refused before anything runs', (_, changes) => {
  expect(() => checkMonteCarlo(input(changes))).toThrow();
});

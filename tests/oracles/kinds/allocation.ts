/** Weights by mean-variance, minimum variance, maximum Sharpe ratio and risk parity; amounts by targets. */
import { maximumSharpe, meanVariance, minimumVariance, riskParity } from '../../../subgraphs/simulation/src/domain/allocation.ts';
import type { Allocation } from '../../../subgraphs/simulation/src/domain/allocation.ts';
import { compoundReturns, meanReturns, returnsOfPrices, sampleCovariance } from '../../../subgraphs/simulation/src/domain/estimates.ts';
import type { Returns } from '../../../subgraphs/simulation/src/domain/estimates.ts';
import { transposed } from '../../../subgraphs/simulation/src/domain/linear-algebra.ts';
import type { Matrix } from '../../../subgraphs/simulation/src/domain/linear-algebra.ts';
import { amountsForTargets } from '../../../subgraphs/simulation/src/domain/rebalance.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, Surroundings } from '../oracle-case.ts';

const TRADING_DAYS = 252;

/** Daily prices of a file of ours: a header of names, and a day in each row; an empty cell is no price. */
function pricesOf(stated: string, around: Surroundings): Returns {
  const file = /^data\/([\w.-]+\.csv)$/.exec(stated)?.[1];
  if (file === undefined) throw new NotCovered(`prices of ${stated}`);
  const [, ...rows] = around.data(file).trim().split('\n');
  const days = rows.map((row) => row.trim().split(',').slice(1).map((cell) => (cell === '' ? null : Number(cell))));
  return (days[0] ?? []).map((_, asset) => days.map((day) => day[asset] ?? null));
}

const bounded = (optimum: (covariance: Matrix, expected: number[], bounds: { low: number; high: number }, riskFree: number) => Allocation): Evaluate => ({ input }, around) => {
  const [, low, high] = /(-?[\d.]+) <= weights <= (-?[\d.]+), sum 1/.exec(input['constraints'] as string) ?? [];
  if (low === undefined || high === undefined) throw new NotCovered(`constraints ${JSON.stringify(input['constraints'])}`);
  const returns = returnsOfPrices(pricesOf(input['prices'] as string, around));
  const expected = compoundReturns(returns, TRADING_DAYS);
  const found = optimum(sampleCovariance(returns, TRADING_DAYS), expected, { low: Number(low), high: Number(high) }, (input['risk_free'] ?? 0) as number);
  return { annual_return: found.expectedReturn, annual_volatility: found.volatility, sharpe: found.sharpe };
};

const unbounded: Evaluate = ({ input }) => {
  const { historical_returns: days = [], expected_returns: stated, covariance } = input as { historical_returns?: number[][]; expected_returns: number[] | null; covariance: number[][] | null };
  const history = transposed(days);
  return { weights: meanVariance(covariance ?? sampleCovariance(history), stated ?? meanReturns(history)) };
};

const parity: Evaluate = ({ input }) => ({ ...riskParity(input['covariance'] as number[][], input['risk_budget'] as number[]) });

/** Targets by class, or the same as equations. */
const rebalanced: Evaluate = ({ input }) => {
  if ('funds' in input) return amountsForTargets(input['funds'] as Record<string, Record<string, number>>, input['target'] as Record<string, number>);
  const equations = input['equations'] as Record<string, number>[];
  const names = [...new Set(equations.flatMap((each) => Object.keys(each)))].filter((name) => name !== 'target');
  const funds = Object.fromEntries(names.map((name) => [name, Object.fromEntries(equations.map((each, at) => [`class ${at}`, each[name] ?? 0]))]));
  return amountsForTargets(funds, Object.fromEntries(equations.map((each, at) => [`class ${at}`, each['target'] ?? 0])));
};

export const allocationKinds: Readonly<Record<string, Evaluate>> = {
  mean_variance: unbounded, min_variance: bounded(minimumVariance), max_sharpe: bounded(maximumSharpe), risk_parity: parity, rebalance: rebalanced,
};

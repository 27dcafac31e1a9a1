/** Ratios of series of returns, alone and against a benchmark. Null returns are left out, in pairs where there are two series. */
import {
  alpha, annualAlpha, annualInformationRatio, beta, captureRatio, downCapture, famaBeta, informationRatio, jensenAlpha, mSquared, netSelectivity, onCommonDays, specificRisk, trackingError, treynor, upCapture,
} from '../../../subgraphs/analytics/src/domain/benchmark-ratios.ts';
import { drawdownsOfWealth, longestBetweenHighs, longestRecovery, maxDrawdown, maxDrawdownOfWealth } from '../../../subgraphs/analytics/src/domain/drawdown.ts';
import {
  calmar, dRatio, downsideDeviation, downsideFrequency, downsidePotential, gainLossRatio, kappa, martinRatio, meanAbsoluteDeviation, omega, omegaSharpe, painIndex, rolling,
  semiDeviationOfPeriod, sharpe, skewnessKurtosisRatio, sortino, upsideFrequency, upsidePotential, upsideRisk, volatility, volatilitySkewness,
} from '../../../subgraphs/analytics/src/domain/ratios.ts';
import { annualReturn, annualReturnOfMean, returnsOf, timeWeightedReturn } from '../../../subgraphs/analytics/src/domain/returns.ts';
import { kurtosis, skewness, variance } from '../../../subgraphs/analytics/src/domain/statistics.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, OracleCase, Surroundings } from '../oracle-case.ts';
import { closesOf } from './returns.ts';

type Stated = readonly (number | null)[];

const FREQUENCIES: Readonly<Record<string, number>> = { daily: 252, weekly: 52, monthly: 12, quarterly: 4, yearly: 1 };

interface Given {
  readonly returns: number[];
  readonly benchmark: number[];
  readonly riskFree: number | number[];
  readonly perYear: number;
  readonly mar: number;
  /** How many the source counted, null entries included. */
  readonly stated: { readonly returns: number; readonly benchmark: number };
}

/** The case's own series, or the data set or case that it refers to. */
function seriesOf({ input }: OracleCase, around: Surroundings): { input: Record<string, unknown>; returns: Stated; benchmark: Stated } {
  const reference = input['series'] ?? input['see_case'];
  const found = typeof reference === 'string' ? { ...around.caseOf(reference).input, ...input } : input;
  return { input: found, returns: (found['returns'] ?? found['portfolio'] ?? []) as Stated, benchmark: (found['benchmark'] ?? []) as Stated };
}

function read(given: OracleCase, around: Surroundings): Given {
  const { input, returns, benchmark } = seriesOf(given, around);
  const free = (input['risk_free_per_period'] ?? input['risk_free'] ?? input['rf'] ?? 0) as number | Stated;
  const kept = returns.flatMap((each, at) => (each === null || benchmark[at] === null ? [] : [at]));
  const keep = (series: Stated): number[] => kept.flatMap((at) => series[at] ?? []);
  const frequency = ((input['frequency'] as string | undefined) ?? '').split(' ')[0] ?? '';
  return {
    returns: keep(returns), benchmark: keep(benchmark), riskFree: typeof free === 'number' ? free : keep(free),
    perYear: (input['periods_per_year'] as number | undefined) ?? FREQUENCIES[frequency] ?? 1,
    mar: (input['mar'] ?? input['required_return_per_period'] ?? 0) as number, stated: { returns: returns.length, benchmark: benchmark.length },
  };
}

const free = ({ riskFree }: Given): number => {
  if (typeof riskFree !== 'number') throw new NotCovered('a series of risk-free rates');
  return riskFree;
};

const value = (figure: (given: Given, input: OracleCase['input']) => unknown): Evaluate => (given, around) => ({ value: figure(read(given, around), given.input) });

function volatilityOf(given: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  const { returns, benchmark, perYear } = read(given, around);
  if ((given.input['method'] as string | undefined)?.startsWith('log returns')) {
    const logs = returns.map(Math.log1p);
    return { standard_deviation: volatility(logs, logs.length), semi_deviation: semiDeviationOfPeriod(logs) };
  }
  const yearly = volatility(returns, perYear);
  return { value: yearly, annual_std: yearly, annual_variance: (variance(returns) ?? 0) * perYear, ...(benchmark.length > 0 && { tracking_error: trackingError(returns, benchmark, perYear) }) };
}

interface PricedPosition {
  readonly prices: readonly { readonly date: string; readonly price: number }[];
  readonly position: readonly { readonly date: string; readonly buy?: number; readonly sell?: number }[];
}

/** Purchases and sales are flows: the drawdown is that of the time-weighted return. */
function drawdownOfPosition({ prices, position }: PricedPosition): Readonly<Record<string, unknown>> {
  const days = prices.map(({ date, price }) => {
    const today = position.filter((each) => each.date === date);
    const held = position.filter((each) => each.date <= date).reduce((sum, { buy = 0, sell = 0 }) => sum + buy - sell, 0);
    const of = (side: 'buy' | 'sell'): number => today.reduce((sum, each) => sum + (each[side] ?? 0), 0) * price;
    return { date, value: held * price, inflow: of('buy'), outflow: of('sell') };
  });
  const series = drawdownsOfWealth(timeWeightedReturn(days, 'AT_CLOSE').series.map(({ rate }) => 1 + rate));
  return { max_drawdown: Math.min(0, ...series), series };
}

function maxDrawdownOf(given: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  const { input } = given;
  if ('position' in input) return drawdownOfPosition(input as unknown as PricedPosition);
  if ('accumulated_returns' in input) {
    const wealth = (input['accumulated_returns'] as number[]).map((each) => 1 + each);
    return { value: -maxDrawdownOfWealth(wealth), max_drawdown: -maxDrawdownOfWealth(wealth), longest_drawdown_days: longestBetweenHighs(wealth) };
  }
  const levels = (input['prices'] ?? input['equity']) as number[] | undefined;
  const worst = levels ? maxDrawdownOfWealth(levels) : maxDrawdown(read(given, around).returns);
  return { value: worst, max_drawdown: worst };
}

function betaOf(given: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  if (!('returns_by_day' in given.input)) return value(({ returns, benchmark, riskFree }) => beta(returns, benchmark, riskFree))(given, around);
  const map = (key: string): Map<string, number> => new Map(Object.entries(given.input[key] as Record<string, number>));
  const { returns, benchmark } = onCommonDays(map('returns_by_day'), map('benchmark_by_day'));
  return { value: beta(returns, benchmark) };
}

/** Real closes of a file, of the symbol and the window that the case names. */
function annualReturnOf(given: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  const { prices, window } = given.input as { prices?: string; window?: string };
  if (prices === undefined) return value(({ returns, perYear, stated }) => annualReturn(returns, perYear, stated.returns))(given, around);
  const symbol = /\b([A-Z]{2,5}) close/.exec(prices)?.[1];
  const [, from = '', to = ''] = /(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)/.exec(window ?? '') ?? [];
  if (symbol === undefined || from === '') throw new NotCovered('prices that are not named by symbol and window');
  // the return of a bar is that over the bar before it, which may lie before the window
  const days = [...closesOf(symbol, around)].filter(([day]) => day <= to);
  const returns = returnsOf(days.map(([, close]) => close)).filter((_, at) => (days[at + 1]?.[0] ?? '') >= from);
  return { value: annualReturnOfMean(returns, FREQUENCIES['daily'] ?? 1) };
}

function trackingErrorOf(given: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  const { prices } = given.input as { prices?: string };
  if (prices === undefined) return value(({ returns, benchmark, perYear }) => trackingError(returns, benchmark, perYear))(given, around);
  const [, own, market] = /\b([A-Z]{2,5}) and ([A-Z]{2,5})\b/.exec(prices) ?? [];
  const count = Number(/first (\d+) returns/.exec(prices)?.[1]);
  if (own === undefined || market === undefined || !Number.isInteger(count)) throw new NotCovered('prices that are not named by symbol and count');
  const closes = (symbol: string): number[] => returnsOf([...closesOf(symbol, around).values()].slice(0, count + 1));
  return { value: trackingError(closes(own), closes(market), FREQUENCIES['daily'] ?? 1) };
}

const rollingOf = (figure: (part: number[], perYear: number) => number | null): Evaluate => ({ input }) => {
  const windows = rolling(input['returns'] as Stated, input['window'] as number, (part) => figure(part.filter((each) => each !== null), (input['periods_per_year'] as number | undefined) ?? 1));
  return { values: windows };
};

/** Excess kurtosis of a sample, unless the case says which it means. */
function momentsOf({ convention = '', input }: OracleCase): 'POPULATION' | 'EXCESS' | 'SAMPLE' | 'SAMPLE_EXCESS' {
  const said = `${convention} ${(input['method'] as string | undefined) ?? ''}`.toLowerCase();
  const isPopulation = /population|moment|ddof=0/.test(said);
  const isExcess = said.trim() === '' || said.includes('excess');
  return isPopulation ? (isExcess ? 'EXCESS' : 'POPULATION') : isExcess ? 'SAMPLE_EXCESS' : 'SAMPLE';
}

export const ratioKinds: Readonly<Record<string, Evaluate>> = {
  volatility: volatilityOf, max_drawdown: maxDrawdownOf, beta: betaOf, annual_return: annualReturnOf, tracking_error: trackingErrorOf,
  sharpe: value(({ returns, perYear, riskFree }) => sharpe(returns, perYear, riskFree)),
  sortino: value(({ returns, perYear, mar }) => sortino(returns, perYear, mar)),
  calmar: value(({ returns, perYear }) => calmar(returns, perYear)),
  omega: value((given, input) => omega(given.returns, given.perYear, { riskFree: free(given), requiredAnnual: (input['required_annual_return'] ?? 0) as number })),
  downside_deviation: value(({ returns, mar, perYear }, input) => downsideDeviation(returns, mar, 'periods_per_year' in input ? perYear : 1)),
  drawdown_recovery: ({ input }) => ({ longest_peak_to_recovery_days: longestRecovery(input['equity'] as number[]) }),
  information_ratio: (given, around) => {
    const { returns, benchmark, perYear } = read(given, around);
    const isOfAnnualReturns = /premium|annualised returns/i.test(given.convention ?? '');
    return { value: isOfAnnualReturns ? annualInformationRatio(returns, benchmark, perYear) : informationRatio(returns, benchmark, (given.input['periods_per_year'] ?? 1) as number) };
  },
  alpha: value(({ returns, benchmark, riskFree, perYear }, input) => ('periods_per_year' in input ? annualAlpha(returns, benchmark, perYear, riskFree) : alpha(returns, benchmark, riskFree))),
  alpha_beta: (given, around) => {
    const { returns, benchmark, riskFree, perYear } = read(given, around);
    return { alpha: annualAlpha(returns, benchmark, perYear, riskFree), beta: beta(returns, benchmark, riskFree) };
  },
  capture_ratio: (given, around) => {
    const { returns, benchmark } = seriesOf(given, around);
    const present = (series: Stated): number[] => series.filter((each) => each !== null);
    const side = Object.values(given.input).find((each) => each === 'up' || each === 'down');
    const { returns: own, benchmark: market, perYear } = read(given, around);
    if (side !== undefined) return { value: side === 'up' ? upCapture(own, market, perYear) : downCapture(own, market, perYear) };
    return { value: captureRatio(present(returns), present(benchmark), given.input['periods_per_year'] as number, { returns: returns.length, benchmark: benchmark.length }) };
  },
  rolling_max_drawdown: rollingOf(maxDrawdown), rolling_sharpe: rollingOf((part, perYear) => sharpe(part, perYear)),
  treynor: value((given) => treynor(given.returns, given.benchmark, given.perYear, free(given))),
  gain_loss_ratio: value(({ returns }) => gainLossRatio(returns)), d_ratio: value(({ returns }) => dRatio(returns)),
  downside_potential: value(({ returns, mar }) => downsidePotential(returns, mar)), upside_potential: value(({ returns, mar }) => upsidePotential(returns, mar)),
  downside_frequency: value(({ returns, mar }) => downsideFrequency(returns, mar)), upside_frequency: value(({ returns, mar }) => upsideFrequency(returns, mar)),
  upside_risk: value(({ returns, mar }) => upsideRisk(returns, mar)), omega_sharpe: value(({ returns, mar }) => omegaSharpe(returns, mar)),
  kappa: value(({ returns, mar }, input) => kappa(returns, mar, input['l'] as number)), mean_absolute_deviation: value(({ returns }) => meanAbsoluteDeviation(returns)),
  kurtosis: (given, around) => ({ value: kurtosis(read(given, around).returns, momentsOf(given)) }),
  skewness: (given, around) => ({ value: skewness(read(given, around).returns, /sample/i.test(given.convention ?? '') ? 'SAMPLE' : 'POPULATION') }),
  skew_kurt_ratio: value(({ returns }) => skewnessKurtosisRatio(returns)), pain_index: value(({ returns }) => painIndex(returns)),
  martin_ratio: value((given) => martinRatio(given.returns, given.perYear, free(given))), m_squared: value((given) => mSquared(given.returns, given.benchmark, given.perYear, free(given))),
  jensen_alpha: value((given) => jensenAlpha(given.returns, given.benchmark, given.perYear, free(given))), fama_beta: value(({ returns, benchmark }) => famaBeta(returns, benchmark)),
  selectivity: value((given) => jensenAlpha(given.returns, given.benchmark, given.perYear, free(given))),
  net_selectivity: value((given) => netSelectivity(given.returns, given.benchmark, given.perYear, free(given))),
  specific_risk: value((given) => specificRisk(given.returns, given.benchmark, given.perYear, given.riskFree)),
  volatility_skewness: value(({ returns, mar }, input) => volatilitySkewness(returns, mar, input['stat'] === 'variability' ? 'VARIABILITY' : 'VOLATILITY')),
  dataset: (given) => ({ n: ((given.input['returns'] ?? given.input['portfolio']) as Stated).length }),
};

/** Value at risk and its back-tests, attribution, concentration, ranks, exchange rates, identifiers. */
import { Decimal } from '@pms/money';
import { lastOnOrBefore, type Published, type Rate, rateOn } from '@pms/money/fx';
import { brinson, linkAttributions } from '../../../subgraphs/analytics/src/domain/attribution.ts';
import type { Attribution } from '../../../subgraphs/analytics/src/domain/attribution.ts';
import {
  KUPIEC_CRITICAL_95, baselZone, componentVar, cornishFisherShortfall, cornishFisherVar, gaussianShortfall, gaussianVar, historicalShortfall, historicalVar, kupiec, scaledVar,
} from '../../../subgraphs/analytics/src/domain/value-at-risk.ts';
import { ranks } from '../../../subgraphs/leaderboard/src/domain/ranking.ts';
import type { TieMethod } from '../../../subgraphs/leaderboard/src/domain/ranking.ts';
import { isIsin } from '../../../subgraphs/rttm/src/domain/instrument.ts';
import { checkDiversification, checkLargestShares } from '../../../subgraphs/validation/src/domain/concentration.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, OracleCase, Surroundings } from '../oracle-case.ts';

type Figure = (returns: readonly number[], confidence: number, ddof: 0 | 1) => number | null;

const VALUE_AT_RISK: Readonly<Record<string, Figure>> = { historical: historicalVar, 'parametric normal': gaussianVar, gaussian: gaussianVar, modified: cornishFisherVar, 'cornish-fisher': cornishFisherVar };
const SHORTFALL: Readonly<Record<string, Figure>> = { historical: historicalShortfall, 'parametric normal': gaussianShortfall, gaussian: gaussianShortfall, modified: cornishFisherShortfall, 'cornish-fisher': cornishFisherShortfall };

/** The case's convention says whether its deviation is a sample's. */
const risk = (figures: Readonly<Record<string, Figure>>): Evaluate => ({ input, convention }, around) => {
  const method = (input['method'] as string).toLowerCase();
  const figure = Object.entries(figures).find(([name]) => method.startsWith(name))?.[1];
  if (!figure) throw new NotCovered(`method ${method}`);
  const returns = ('series' in input ? around.caseOf(String(input['series'])).input : input)['returns'] as number[];
  const ddof = convention?.includes('ddof=1') ? 1 : 0;
  const stated = input['confidence'] ?? 1 - (input['cutoff'] as number);
  if (!Array.isArray(stated)) return { value: figure(returns, stated as number, ddof) };
  return Object.fromEntries((stated as number[]).map((confidence) => [`var_${Math.round(confidence * 100)}`, figure(returns, confidence, ddof)]));
};

const components: Evaluate = ({ input }) => {
  const { asset_returns: returns, weights, confidence } = input as { asset_returns: Record<string, number[]>; weights: number[]; confidence: number };
  return { portfolio_var: componentVar(Object.values(returns), weights, confidence)?.total };
};

const scaling: Evaluate = ({ input }) => {
  const { one_day_var_95: value, z95: from, z99: to } = input as { one_day_var_95: number; z95: number; z99: number };
  const at = (days: number): number => scaledVar(value, { from, to }, days);
  return { one_day_var_99: at(1), ten_day_var_99: at(10), var_99_250_day: at(250) };
};

const backtest: Evaluate = ({ input }) => {
  const { observations, exceptions, var_confidence: confidence } = input as { observations: number; exceptions: number; var_confidence: number };
  const statistic = kupiec(observations, exceptions, confidence);
  return { lr_statistic_printed: statistic, lr_statistic: statistic, critical_value_5pct: KUPIEC_CRITICAL_95, decision_at_5pct: statistic > KUPIEC_CRITICAL_95 ? 'reject' : 'pass' };
};

const trafficLight: Evaluate = ({ input, expected }) => {
  const { observations, confidence } = input as { observations: number; confidence: number };
  const counts = Object.keys(expected['by_exceptions'] as object);
  const zones = counts.map((count) => [count, baselZone(Number(count), observations, confidence)] as const);
  return { by_exceptions: Object.fromEntries(zones.map(([count, { zone, multiplier }]) => [count, { zone: zone.toLowerCase(), multiplier }])) };
};

function attributed({ input }: OracleCase, model: 'FACHLER' | 'BHB'): Attribution {
  const { segments, portfolio_weights: wp, benchmark_weights: wb, portfolio_returns: rp, benchmark_returns: rb } = input as {
    segments: string[]; portfolio_weights: number[]; benchmark_weights: number[]; portfolio_returns: number[]; benchmark_returns: number[];
  };
  return brinson(segments.map((name, at) => ({ name, portfolioWeight: wp[at] ?? 0, benchmarkWeight: wb[at] ?? 0, portfolioReturn: rp[at] ?? 0, benchmarkReturn: rb[at] ?? 0 })), model);
}

const effects = (model: 'FACHLER' | 'BHB'): Evaluate => (given) => {
  const { portfolioReturn, benchmarkReturn, excess, effects: all } = attributed(given, model);
  return {
    excess, portfolio_return: portfolioReturn, benchmark_return: benchmarkReturn, allocation: all.map((each) => each.allocation), selection: all.map((each) => each.selection),
    interaction: all.map((each) => each.interaction), selection_incl_interaction: all.map((each) => each.selection + each.interaction),
    sum_of_effects: all.reduce((sum, each) => sum + each.allocation + each.selection + each.interaction, 0),
  };
};

/** The property: linked effects add up to the excess of the compounded returns. It is the sum that is compared. */
function linking({ input }: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  const { portfolioReturn, benchmarkReturn, effects: all } = linkAttributions((input['use_cases'] as string[]).map((id) => attributed(around.caseOf(id), 'FACHLER')));
  return {
    portfolio_compounded: portfolioReturn, benchmark_compounded: benchmarkReturn,
    excess: all.reduce((sum, each) => sum + each.allocation + each.selection + each.interaction, 0),
  };
}

const weightsOf = (stated: Readonly<Record<string, number>>): Map<string, Decimal> => new Map(Object.entries(stated).map(([name, weight]) => [name, new Decimal(String(weight))]));

function concentration({ input }: OracleCase): Readonly<Record<string, unknown>> {
  if ('issuer_weights' in input) {
    const { sumOfLarge, singleMet, togetherMet, met } = checkLargestShares(weightsOf(input['issuer_weights'] as Record<string, number>));
    return { single_issuer_ok: singleMet, sum_above_5pct: sumOfLarge.toNumber(), forty_ok: togetherMet, pass: met };
  }
  const { weights, share_of_issuer_votes: votes = {} } = input as { weights: Record<string, number>; share_of_issuer_votes?: Record<string, number> };
  const exempt = new Set(Object.keys(weights).filter((name) => /^(CASH|GOV)/.test(name)));
  const { basket, met } = checkDiversification({ weights: weightsOf(weights), votes: weightsOf(votes), exempt });
  return { qualifying_basket: basket.toNumber(), diversified: met };
}

const ranking: Evaluate = ({ input }) => {
  const { values, method, order } = input as { values: number[]; method: string; order: string };
  return { ranks: ranks(values, method.toUpperCase() as TieMethod, order === 'ascending' ? 'LOWEST_FIRST' : 'HIGHEST_FIRST') };
};

/** The European Central Bank's rates per euro, days without a rate left out. */
function ecbRates(around: Surroundings, currencies: readonly string[]): Published {
  const [header = '', ...rows] = around.data('ecb-eur-reference-rates-daily.csv').trim().split('\n');
  const columns = header.trim().split(',');
  const series = currencies.map((currency): [string, Rate[]] => {
    const column = columns.indexOf(currency);
    const rates = rows.map((row) => row.split(',')).filter((cells) => /^[\d.]+$/.test(cells[column] ?? ''));
    return [currency, rates.map((cells) => ({ date: cells[0] ?? '', rate: new Decimal(cells[column] ?? '') })).toReversed()];
  });
  const of = new Map(series);
  return (base, quote, on) => (base === 'EUR' ? lastOnOrBefore(of.get(quote) ?? [], on) : null);
}

const rateOf = (input: Readonly<Record<string, unknown>>, around: Surroundings): Rate & { readonly base: string; readonly quote: string } => {
  const [base = '', quote = ''] = String(input['pair']).split('/');
  return { base, quote, ...rateOn(ecbRates(around, [base, quote].filter((currency) => currency !== 'EUR')), { base, quote, on: String(input['date']) }, Number.POSITIVE_INFINITY) };
};

const lookup: Evaluate = ({ input }, around) => {
  const { base, quote, rate, date } = rateOf(input, around);
  return { [`${quote.toLowerCase()}_per_${base.toLowerCase()}`]: rate.toNumber(), rate_date: date };
};

const cross: Evaluate = ({ input }, around) => {
  const { rate, date } = rateOf(input, around);
  return { rate: rate.toNumber(), rate_date: date };
};

export const riskKinds: Readonly<Record<string, Evaluate>> = {
  var: risk(VALUE_AT_RISK), cvar: risk(SHORTFALL), component_var: components, var_scaling: scaling, var_backtest_kupiec: backtest, var_backtest_basel: trafficLight,
  brinson_fachler: effects('FACHLER'), brinson_bhb: effects('BHB'), attribution_linking: linking, concentration_limit: concentration, rank: ranking,
  fx_rate_lookup: lookup, fx_cross: cross, isin_check: ({ input }) => ({ valid: isIsin(String(input['isin'])) }),
};

/** Money-weighted and time-weighted returns, present values, total returns, drift of weights. */
import { cumulative, annualReturn, annualised, driftedWeights, link, modifiedDietz, timeWeightedReturn, totalReturn } from '../../../subgraphs/analytics/src/domain/returns.ts';
import type { ShareEvent, ValuationDay } from '../../../subgraphs/analytics/src/domain/returns.ts';
import { dayOf, daysBetween, epochDay } from '../../../subgraphs/analytics/src/domain/day-count.ts';
import type { DayCount } from '../../../subgraphs/analytics/src/domain/day-count.ts';
import { irr, mirr, npv, xirr, xnfv, xnpv } from '../../../subgraphs/analytics/src/domain/irr.ts';
import type { DatedFlow } from '../../../subgraphs/analytics/src/domain/irr.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, OracleCase, Surroundings } from '../oracle-case.ts';
import { dayCountOf } from './settlement.ts';

/** A case with several roots may be answered with any of them: ours is reported as ambiguous, and the source's is among its roots. */
function xirrOf(given: OracleCase): Readonly<Record<string, unknown>> {
  const { cashflows, day_count: dayCount = 'ACT/365F' } = given.input as { cashflows: DatedFlow[]; day_count?: string };
  const { rate, roots, ambiguous } = xirr(cashflows, dayCountOf(dayCount));
  const stated = given.expected['rate'];
  const nearest = given.ambiguous && ambiguous && typeof stated === 'number' ? roots.toSorted((a, b) => Math.abs(a - stated) - Math.abs(b - stated))[0] : rate;
  return { rate: nearest };
}

const amountsOf = ({ input }: OracleCase): number[] => input['cashflows'] as number[];
const flowsOf = ({ input }: OracleCase): DatedFlow[] => input['cashflows'] as DatedFlow[];
const countOf = ({ input }: OracleCase): DayCount => dayCountOf((input['day_count'] as string | undefined) ?? 'ACT/365F');
const rateOf = ({ input }: OracleCase): number => input['rate'] as number;

interface StatedEvent {
  readonly date: string;
  readonly type: string;
  readonly amount: number;
}

const INTO_CASH: Readonly<Record<string, number>> = { deposit: 1, interest: 1, dividend: 1, removal: -1, withdrawal: -1, fee: -1, fees: -1, tax: -1, taxes: -1, interest_charge: -1 };

/** An account of nothing but cash, valued every day of the report. */
function dailyCash(events: readonly StatedEvent[], from: string, to: string): ValuationDay[] {
  for (const { type } of events) if (!(type in INTO_CASH)) throw new NotCovered(`event ${type}`);
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, at) => {
    const date = dayOf(epochDay(from) + at);
    const sum = (chosen: readonly StatedEvent[]): number => chosen.reduce((all, { amount }) => all + amount, 0);
    const today = events.filter((each) => each.date === date);
    return {
      date, value: events.filter((each) => each.date <= date).reduce((all, { type, amount }) => all + amount * (INTO_CASH[type] ?? 0), 0),
      inflow: sum(today.filter(({ type }) => type === 'deposit')), outflow: sum(today.filter(({ type }) => type === 'removal' || type === 'withdrawal')),
    };
  });
}

interface Purchases {
  readonly buys: readonly { readonly date: string; readonly asset?: string; readonly quantity: number; readonly price: number }[];
  readonly prices?: readonly Readonly<Record<string, number | string>>[];
}

/** Each purchase is an inflow, valued at the prices of its day; a purchase's price is a price of its day. */
function purchases({ buys, prices = [] }: Purchases): Readonly<Record<string, unknown>> {
  const dates = [...new Set([...buys, ...prices].map(({ date }) => String(date)))].toSorted();
  const priceOf = (asset: string, date: string): number => {
    const stated = prices.filter((each) => each[asset] !== undefined).map((each) => ({ date: String(each['date']), price: Number(each[asset]) }));
    const known = [...buys.filter((each) => (each.asset ?? '') === asset), ...stated].filter((each) => each.date <= date);
    return known.toSorted((a, b) => (a.date < b.date ? -1 : 1)).at(-1)?.price ?? 0;
  };
  const days = dates.map((date) => ({
    date, outflow: 0, inflow: buys.filter((each) => each.date === date).reduce((sum, each) => sum + each.quantity * each.price, 0),
    value: buys.filter((each) => each.date <= date).reduce((sum, each) => sum + each.quantity * priceOf(each.asset ?? '', date), 0),
  }));
  const { series } = timeWeightedReturn(days, 'AT_CLOSE');
  return { series: series.map(({ date, rate }) => ({ date, twr: rate })) };
}

interface Subperiod {
  readonly begin: number;
  readonly end_before_flow?: number;
  readonly end?: number;
}

interface Pocket {
  readonly start: number;
  readonly add_after_first?: number;
  readonly withdraw_after_first?: number;
}

const grown = ({ start, add_after_first: added = 0, withdraw_after_first: taken = 0 }: Pocket, [first = 0, ...later]: readonly number[]): number =>
  later.reduce((value, rate) => value * (1 + rate), start * (1 + first) + added - taken);

function twr(given: OracleCase): Readonly<Record<string, unknown>> {
  const { input } = given;
  if ('events' in input) {
    const { rate, warnings } = timeWeightedReturn(dailyCash(input['events'] as StatedEvent[], String(input['report_from']), String(input['report_to'])));
    return { twr: rate, warnings: warnings.length };
  }
  if ('buys' in input) return purchases(input as unknown as Purchases);
  if ('subperiods' in input) {
    const rates = (input['subperiods'] as Subperiod[]).map(({ begin, end_before_flow: before, end }) => (before ?? end ?? 0) / begin - 1);
    return { subperiod_returns: rates, twr: link(rates) };
  }
  if ('subperiod_returns' in input) {
    const rates = input['subperiod_returns'] as number[];
    const pockets = Object.entries(input).filter(([, value]) => typeof value === 'object' && value !== null && 'start' in value);
    return { twr: link(rates), ...Object.fromEntries(pockets.map(([name, pocket]) => [`${name}_end`, grown(pocket as Pocket, rates)])) };
  }
  throw new NotCovered(`an input of ${Object.keys(input).join(', ')}`);
}

interface MoneyWeighted {
  readonly begin?: string;
  readonly begin_value?: number;
  readonly flows: readonly DatedFlow[];
  readonly end?: string;
  readonly end_value: number | { readonly date: string; readonly value: number };
}

/** The end value is of the midnight after the last day; a year has 365.25 days. Flows count at the start of their day. */
function mwr({ input }: OracleCase): Readonly<Record<string, unknown>> {
  const { begin, begin_value: start = 0, flows, end, end_value: stated } = input as unknown as MoneyWeighted;
  const last = typeof stated === 'number' ? { date: end ?? '', value: stated } : stated;
  const first = begin ?? flows[0]?.date ?? '';
  const close = dayOf(epochDay(last.date) + 1);
  const dated = [{ date: first, amount: -start }, ...flows.map(({ date, amount }) => ({ date, amount: -amount })), { date: close, amount: last.value }];
  const paidIn = flows.reduce((sum, { amount }) => sum + amount, start);
  const period = flows.every(({ date }) => date === first) ? last.value / paidIn - 1 : undefined;
  return { irr: xirr(dated, 'ACT/365.25').rate, twr_period: period, twr_year: period === undefined ? undefined : annualised(period, daysBetween(first, close), 365.25) };
}

interface Dietz {
  readonly begin_value: number;
  readonly end_value: number;
  readonly days?: number;
  readonly from?: string;
  readonly to?: string;
  readonly flows: readonly { readonly amount: number; readonly day?: number; readonly date?: string }[];
}

function dietz({ input }: OracleCase): Readonly<Record<string, unknown>> {
  const { begin_value: begin, end_value: end, days, from = '', to = '', flows } = input as unknown as Dietz;
  const whole = days ?? daysBetween(from, to);
  return { modified_dietz: modifiedDietz({ begin, end, days: whole, flows: flows.map(({ amount, day, date }) => ({ amount, day: day ?? daysBetween(from, date ?? from) })) }) };
}

const PRICES_FILE = 'lean-us-equities-daily-raw-ohlcv.csv';

/** Unadjusted closes of a symbol by day, in order. */
export function closesOf(symbol: string, around: Surroundings): Map<string, number> {
  const rows = around.data(PRICES_FILE).split('\n').filter((row) => row.startsWith(`${symbol},`));
  return new Map(rows.map((row) => row.split(',')).map((cells) => [cells[1] ?? '', Number(cells[5])]));
}

interface Total {
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
  readonly dividends: readonly { readonly ex_date: string; readonly cash_per_share: number }[];
  readonly splits: readonly { readonly ex_date: string; readonly ratio?: number; readonly factor?: number; readonly new?: number; readonly old?: number }[];
}

function total({ input }: OracleCase, around: Surroundings): Readonly<Record<string, unknown>> {
  const { symbol, from, to, dividends, splits } = input as unknown as Total;
  const closes = closesOf(symbol, around);
  const events: ShareEvent[] = [
    ...dividends.map(({ ex_date: exDate, cash_per_share: cashPerShare }) => ({ exDate, cashPerShare })),
    ...splits.map(({ ex_date: exDate, ratio, factor, new: made = 1, old = 1 }) => ({ exDate, newPerOld: ratio ?? factor ?? made / old })),
  ];
  const closeOn = (day: string): number => {
    const close = closes.get(day);
    if (close === undefined) throw new NotCovered(`no close of ${symbol} on ${day}`);
    return close;
  };
  return { total_return: totalReturn({ from, to, events, closeOn }) };
}

function drift({ input }: OracleCase): Readonly<Record<string, unknown>> {
  const { asset_returns: returns, start_weights: start } = input as { asset_returns: Record<string, number[]>; start_weights: Record<string, number> };
  const names = Object.keys(start);
  const first = names.map((name) => returns[name]?.[0] ?? 0);
  const weights = names.map((name) => start[name] ?? 0);
  const after = driftedWeights(weights, first);
  return { period1_return: weights.reduce((sum, weight, at) => sum + weight * (first[at] ?? 0), 0), ...Object.fromEntries(names.map((name, at) => [`${name}_weight_start_period2`, after[at]])) };
}

export const returnKinds: Readonly<Record<string, Evaluate>> = {
  xirr: xirrOf, irr: (given) => ({ irr: irr(amountsOf(given)).rate }), npv: (given) => ({ npv: npv(rateOf(given), amountsOf(given)) }),
  mirr: (given) => ({ mirr: mirr(amountsOf(given), { financeRate: given.input['finance_rate'] as number, reinvestRate: given.input['reinvest_rate'] as number }) }),
  xnpv: (given) => ({ npv: xnpv(rateOf(given), flowsOf(given), countOf(given)) }), xnfv: (given) => ({ future_value: xnfv(rateOf(given), flowsOf(given), countOf(given)) }),
  twr, mwr, modified_dietz: dietz, total_return: total, weight_drift: drift,
  annualized_return: ({ input }) => ({ annualized: annualised(input['period_return'] as number, input['days'] as number) }),
  cumulative_return: ({ input }) => ({ cumulative: cumulative(input['returns'] as number[]) }),
  cagr: ({ input }) => ({ value: annualReturn(input['returns'] as number[], input['periods_per_year'] as number) }),
};

/** How a portfolio did between two days. */
import { badInput } from '@pms/errors';
import { Decimal, money, type Money } from '@pms/money';
import type { AnalyticsContext, Measuring } from '../context.ts';
import type { DailyValue } from '../domain/daily-series.ts';
import { daysBetween } from '../domain/day-count.ts';
import { maxDrawdown } from '../domain/drawdown.ts';
import { xirr } from '../domain/irr.ts';
import { sharpe, volatility } from '../domain/ratios.ts';
import { annualised, timeWeightedReturn } from '../domain/returns.ts';
import { adjustmentBy } from '../domain/splits.ts';
import type { PortfolioRow } from '../store/analytics-store.ts';
import { dayBefore, dayOf } from './days.ts';
import type { Series } from './series-cache.ts';
import { mustFindPortfolio } from './valuations.ts';

const TRADING_DAYS = 252;
const CENTS = 2;

export interface Performance {
  readonly from: string;
  readonly to: string;
  readonly timeWeightedReturn: number | null;
  readonly annualizedReturn: number | null;
  readonly moneyWeightedReturn: number | null;
  readonly maxDrawdown: number | null;
  readonly volatility: number | null;
  readonly sharpe: number | null;
  readonly benchmarkReturn: number | null;
  readonly startValue: Money;
  readonly endValue: Money;
  readonly netFlows: Money;
  readonly simulated: boolean;
  readonly warnings: readonly string[];
}

/** Throws BAD_USER_INPUT when `from` is after `to`, MISSING_RATE where amounts are in a currency without a rate. */
export async function performance(ctx: AnalyticsContext, portfolioId: string, { from, to }: { readonly from?: string | null | undefined; readonly to?: string | null | undefined }): Promise<Performance> {
  return measure(ctx, await mustFindPortfolio(ctx, portfolioId), from ?? null, to ?? null);
}

export async function measure(measuring: Measuring, portfolio: PortfolioRow, from: string | null, to: string | null): Promise<Performance> {
  const today = dayOf(measuring.now());
  const until = to === null || to > today ? today : to;
  const series = await measuring.series.of(portfolio, until);
  const start = from ?? series.days[0]?.day ?? until;
  if (start > until) throw badInput(`the period begins on ${start}, after its end on ${until}`);
  return {
    ...figures(series, start, until), from: start, to: until,
    benchmarkReturn: await benchmarkReturn(measuring, portfolio, start, until),
    ...amounts(series.days, start, portfolio.baseCurrency),
    simulated: series.simulatedFrom !== null && series.simulatedFrom <= until,
  };
}

type Figures = Pick<Performance, 'timeWeightedReturn' | 'annualizedReturn' | 'moneyWeightedReturn' | 'maxDrawdown' | 'volatility' | 'sharpe' | 'warnings'>;

const NOTHING: Figures = {
  timeWeightedReturn: null, annualizedReturn: null, moneyWeightedReturn: null, maxDrawdown: null, volatility: null, sharpe: null, warnings: ['nothing was held or paid in during this time'],
};

/** The value that the period starts with stands on the day before it; before the first flow that is zero. */
function figures({ days, simulatedFrom }: Series, from: string, to: string): Figures {
  const within = days.filter(({ day }) => day >= from);
  const opening = days.findLast(({ day }) => day < from)?.value ?? 0;
  if (within.length === 0 || (opening === 0 && within.every(({ value, inflow }) => value === 0 && inflow === 0))) return NOTHING;
  const twr = timeWeightedReturn([
    { date: dayBefore(from), value: opening, inflow: 0, outflow: 0 }, ...within.map(({ day, value, inflow, outflow }) => ({ date: day, value, inflow, outflow })),
  ]);
  const invested = twr.series.slice(within.findIndex(({ value, inflow }) => value !== 0 || inflow !== 0 || opening !== 0));
  const returns = invested.slice(1).map(({ rate }, index) => (1 + rate) / (1 + (invested[index]?.rate ?? 0)) - 1).filter(Number.isFinite);
  const years = daysBetween(from, to);
  return {
    timeWeightedReturn: twr.rate, annualizedReturn: years < 365 ? null : annualised(twr.rate, years),
    moneyWeightedReturn: moneyWeighted(within, opening, from).rate,
    maxDrawdown: maxDrawdown(returns), volatility: volatility(returns, TRADING_DAYS), sharpe: sharpe(returns, TRADING_DAYS),
    warnings: [
      ...twr.warnings.slice(0, 3).map(({ date }) => `gains of ${date} have no capital to be measured by and count as no return`),
      ...(simulatedFrom !== null && simulatedFrom <= to ? [`prices from ${simulatedFrom} on are simulated`] : []),
    ],
  };
}

function moneyWeighted(within: readonly DailyValue[], opening: number, from: string): { readonly rate: number | null } {
  const flows = within.flatMap(({ day, inflow, outflow }) => (inflow === 0 && outflow === 0 ? [] : [{ date: day, amount: outflow - inflow }]));
  const end = within.at(-1);
  if (end === undefined) return { rate: null };
  return xirr([...(opening === 0 ? [] : [{ date: dayBefore(from), amount: -opening }]), ...flows, { date: end.day, amount: end.value }]);
}

function amounts(days: readonly DailyValue[], from: string, currency: string): Pick<Performance, 'startValue' | 'endValue' | 'netFlows'> {
  const inBase = (value: number): Money => money(new Decimal(value.toFixed(CENTS)), currency);
  const flows = days.filter(({ day }) => day >= from).reduce((total, { inflow, outflow }) => total + inflow - outflow, 0);
  return { startValue: inBase(days.findLast(({ day }) => day < from)?.value ?? 0), endValue: inBase(days.at(-1)?.value ?? 0), netFlows: inBase(flows) };
}

async function benchmarkReturn({ store }: Measuring, { benchmarkInstrumentId }: PortfolioRow, from: string, to: string): Promise<number | null> {
  if (benchmarkInstrumentId === null) return null;
  const [[first], [last], splits] = await Promise.all([
    store.closesOn([benchmarkInstrumentId], dayBefore(from)), store.closesOn([benchmarkInstrumentId], to), store.splits([benchmarkInstrumentId]),
  ]);
  if (first === undefined || last === undefined) return null;
  return +last.close / (+first.close * adjustmentBy(splits)(benchmarkInstrumentId, first.day, last.day).toNumber()) - 1;
}

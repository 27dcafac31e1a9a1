/** What today's holdings could lose. */
import { badInput } from '@pms/errors';
import { Decimal, decimal, money, type Money } from '@pms/money';
import type { AnalyticsContext } from '../context.ts';
import { cornishFisherShortfall, cornishFisherVar, gaussianShortfall, gaussianVar, historicalShortfall, historicalVar } from '../domain/value-at-risk.ts';
import { type Adjustment, adjustmentBy } from '../domain/splits.ts';
import type { CloseRow } from '../store/analytics-store.ts';
import { dayOf } from './days.ts';
import { mustFindPortfolio } from './valuations.ts';

export type Method = 'HISTORICAL' | 'GAUSSIAN' | 'CORNISH_FISHER';

export interface ValueAtRisk {
  readonly confidence: number;
  readonly horizonDays: number;
  readonly method: Method;
  readonly amount: Money;
}

export interface Risk {
  readonly valueAtRisk: ValueAtRisk | null;
  readonly expectedShortfall: ValueAtRisk | null;
  readonly observations: number;
  readonly simulated: boolean;
}

export interface RiskArgs {
  readonly confidence: number;
  readonly horizonDays: number;
  readonly method: Method;
  readonly observations: number;
}

const OBSERVATIONS_MIN = 30;
const OBSERVATIONS_MAX = 5_000;
const HORIZON_DAYS_MAX = 250;
const CENTS = 2;

const figures: Readonly<Record<Method, readonly [(returns: readonly number[], confidence: number) => number | null, (returns: readonly number[], confidence: number) => number | null]>> = {
  HISTORICAL: [historicalVar, historicalShortfall], GAUSSIAN: [gaussianVar, gaussianShortfall], CORNISH_FISHER: [cornishFisherVar, cornishFisherShortfall],
};

/** Throws BAD_USER_INPUT for a confidence outside 0.5 to 0.9999, a horizon outside 1 to 250 days, or observations outside 30 to 5,000. */
export async function risk(ctx: AnalyticsContext, portfolioId: string, args: RiskArgs): Promise<Risk> {
  refuseUnusable(args);
  const portfolio = await mustFindPortfolio(ctx, portfolioId);
  const { positions } = await ctx.loaders.valuation.load(portfolio.id);
  const held = positions.filter(({ quantity }) => !quantity.isZero());
  const histories = await Promise.all(held.map(({ instrumentId }) => ctx.store.lastCloses(instrumentId, dayOf(ctx.now()), args.observations + 1)));
  const adjust = adjustmentBy(await ctx.store.splits(held.map(({ instrumentId }) => instrumentId)));
  const gains = gainsTogether(histories.map((closes) => inTodaysShares(closes, adjust, dayOf(ctx.now()))), held.map(({ marketValue }) => marketValue.amount.toNumber()));
  const simulated = histories.some((closes) => closes.some((close) => close.simulated));
  if (held.length === 0) return { valueAtRisk: lossOf(0, args, portfolio.baseCurrency), expectedShortfall: lossOf(0, args, portfolio.baseCurrency), observations: 0, simulated: false };
  if (gains.length < OBSERVATIONS_MIN) return { valueAtRisk: null, expectedShortfall: null, observations: gains.length, simulated };
  const [at, beyond] = figures[args.method];
  return {
    valueAtRisk: lossOf(at(gains, args.confidence) ?? 0, args, portfolio.baseCurrency),
    expectedShortfall: lossOf(beyond(gains, args.confidence) ?? 0, args, portfolio.baseCurrency), observations: gains.length, simulated,
  };
}

/** Raw closes would show a split as a fall. */
const inTodaysShares = (closes: readonly CloseRow[], adjust: Adjustment, today: string): CloseRow[] =>
  closes.map((row) => ({ ...row, close: decimal(row.close).times(adjust(row.instrumentId, row.day, today)).toFixed() }));

function refuseUnusable({ confidence, horizonDays, observations }: RiskArgs): void {
  if (!(confidence >= 0.5 && confidence <= 0.9999)) throw badInput('a confidence lies between 0.5 and 0.9999');
  if (horizonDays < 1 || horizonDays > HORIZON_DAYS_MAX) throw badInput(`a horizon is 1 to ${HORIZON_DAYS_MAX} days`);
  if (observations < OBSERVATIONS_MIN || observations > OBSERVATIONS_MAX) throw badInput(`between ${OBSERVATIONS_MIN} and ${OBSERVATIONS_MAX} observations can be used`);
}

/** What today's values would have gained on each past day on which all instruments have two closes, in amounts. */
function gainsTogether(histories: readonly (readonly CloseRow[])[], values: readonly number[]): number[] {
  const returnsOf = histories.map((closes) => new Map(closes.slice(1).map(({ day, close }, index) => [day, +close / +(closes[index]?.close ?? close) - 1])));
  const days = [...(returnsOf[0]?.keys() ?? [])].filter((day) => returnsOf.every((returns) => returns.has(day)));
  return days.map((day) => returnsOf.reduce((gain, returns, index) => gain + (returns.get(day) ?? 0) * (values[index] ?? 0), 0));
}

/** Longer horizons by the square root of time. */
const lossOf = (gain: number, { confidence, horizonDays, method }: RiskArgs, currency: string): ValueAtRisk =>
  ({ confidence, horizonDays, method, amount: money(new Decimal(Math.max(0, -gain * Math.sqrt(horizonDays)).toFixed(CENTS)), currency) });

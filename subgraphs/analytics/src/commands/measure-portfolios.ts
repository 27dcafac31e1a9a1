/** Measures portfolios whose facts have changed, or whose figures are of an earlier day, and tells the others. */
import { event, type Event } from '@pms/events/envelope';
import { DomainError } from '@pms/errors';
import { text } from '@pms/money';
import { performanceMeasured, windows } from '@pms/schema/events/analytics';
import type { Measuring } from '../context.ts';
import { dayOf } from '../queries/days.ts';
import { measure } from '../queries/performance.ts';
import type { PortfolioRow } from '../store/analytics-store.ts';

const BATCH_MAX = 20;

/** The first day of each window that ends on `day`. Null: since inception. */
export const windowStarts = (day: string): Readonly<Record<(typeof windows)[number], string | null>> => ({
  MONTH_TO_DATE: `${day.slice(0, 7)}-01`, YEAR_TO_DATE: `${day.slice(0, 4)}-01-01`, ONE_YEAR: dayAYearBefore(day), SINCE_INCEPTION: null,
});

/** The day after the same day a year earlier, so that the window is one year long; 29 February becomes 1 March. */
function dayAYearBefore(day: string): string {
  const start = new Date(day);
  start.setUTCFullYear(start.getUTCFullYear() - 1);
  start.setUTCDate(start.getUTCDate() + 1);
  return dayOf(start);
}

export interface MeasureContext extends Measuring {
  newId(kind: string): string;
}

/** Resolves to how many were measured; call again while it is not zero. */
export async function measurePortfolios(ctx: MeasureContext): Promise<number> {
  const today = dayOf(ctx.now());
  const waiting = await ctx.store.unmeasured(today, BATCH_MAX);
  for (const portfolio of waiting) await measureOne(ctx, portfolio, today);
  return waiting.length;
}

export async function measureOne(ctx: MeasureContext, portfolio: PortfolioRow, today: string): Promise<void> {
  const told = await measuredEvent(ctx, portfolio, today);
  await ctx.store.transaction(async (tx) => {
    if (await tx.measured(portfolio.id, portfolio.revision, today)) await tx.outbox.add(told === null ? [] : [told]);
  });
}

/** Null for a portfolio that cannot be measured: amounts of several currencies without a rate. */
async function measuredEvent(ctx: MeasureContext, portfolio: PortfolioRow, today: string): Promise<Event | null> {
  const starts = windowStarts(today);
  try {
    const all = await Promise.all(windows.map(async (window) => {
      const { from, to, timeWeightedReturn, volatility, sharpe, maxDrawdown, endValue } = await measure(ctx, portfolio, starts[window], today);
      return { measure: { window, from, to, timeWeightedReturn, volatility, sharpe, maxDrawdown }, endValue };
    }));
    const value = all[0]?.endValue;
    if (value === undefined) return null;
    const origin = { organizationId: portfolio.organizationId, actor: 'system:analytics', correlationId: ctx.newId('req'), causationId: null };
    return event(performanceMeasured, portfolio.id, {
      portfolioId: portfolio.id, asOf: today, marketValue: text(value.amount), currency: value.currency, measures: all.map((each) => each.measure),
    }, { origin, newId: ctx.newId, now: ctx.now });
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

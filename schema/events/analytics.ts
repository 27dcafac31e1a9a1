/** What measurement tells the others. Key: the portfolio. */
import { currencyText, dateText, decimalText, defineEvent } from '@pms/events/envelope';
import { z } from 'zod';

export const windows = ['MONTH_TO_DATE', 'YEAR_TO_DATE', 'ONE_YEAR', 'SINCE_INCEPTION'] as const;

const measured = z.object({
  window: z.enum(windows), from: dateText, to: dateText,
  /** Ratios, null where they are not defined (no capital, no deviation). */
  timeWeightedReturn: z.number().nullable(), volatility: z.number().nullable(), sharpe: z.number().nullable(), maxDrawdown: z.number().nullable(),
});

export const performanceMeasured = defineEvent('analytics.performance-measured.v1', {
  portfolioId: z.string(), asOf: dateText, marketValue: decimalText, currency: currencyText, measures: z.array(measured),
});

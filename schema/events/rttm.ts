/** What market data tells the others. Quotes are live messages (topic `quotes/<instrument>`), not events: only closes are kept. */
import { currencyText, dateText, decimalText, defineEvent } from '@pms/events/envelope';
import { z } from 'zod';

/** Units that prices are quoted in; money never is. */
export const quoteUnit = z.enum(['GBX', 'ZAc', 'ILA']);

export const assetClasses = ['EQUITY', 'INDEX', 'FUND', 'BOND', 'CASH', 'FX', 'OTHER'] as const;

/** Key: the instrument. */
export const instrumentCreated = defineEvent('rttm.instrument-created.v1', {
  instrumentId: z.string(), symbol: z.string(), name: z.string(), assetClass: z.enum(assetClasses), currency: currencyText, mic: z.string().nullable(),
  /** ISO 6166; absent from events of earlier releases. */
  isin: z.string().nullable().optional(),
  /** The unit that its prices are quoted in where that is not the currency (GBX: pence); events carry prices in the currency all the same. */
  quoteUnit: quoteUnit.nullable().optional(),
});

/**
 * Closes of one instrument, in its currency whatever unit they are quoted in; at most 500 an event; one day's later record replaces the
 * earlier one. Key: the instrument.
 */
export const pricesRecorded = defineEvent('rttm.prices-recorded.v1', {
  instrumentId: z.string(), currency: currencyText,
  prices: z.array(z.object({ date: dateText, close: decimalText, simulated: z.boolean() })).max(500),
});

/**
 * Rates of one pair: units of `quote` for one unit of `base`, by the day of publication; at most 1,000 an event, oldest first. A day's later
 * record replaces the earlier one. Key: the organisation and the pair.
 */
export const fxRatePublished = defineEvent('rttm.fx-rate-published.v1', {
  base: currencyText, quote: currencyText, source: z.string(), rates: z.array(z.object({ date: dateText, rate: decimalText })).max(1_000),
});

export const alertRuleCreated = defineEvent('rttm.alert-rule-created.v1', {
  alertRuleId: z.string(), instrumentId: z.string(), condition: z.string(), threshold: decimalText,
});
export const alertRaised = defineEvent('rttm.alert-raised.v1', {
  alertId: z.string(), alertRuleId: z.string(), instrumentId: z.string(), last: decimalText, message: z.string(),
});

/** The live message on `quotes/<instrumentId>`. */
export interface QuoteMessage {
  readonly instrumentId: string;
  readonly organizationId: string;
  /** Decimal text, in `currency` whatever unit the instrument is quoted in. */
  readonly last: string;
  readonly previousClose: string | null;
  readonly currency: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly simulated: boolean;
}

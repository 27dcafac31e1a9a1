/** What market data tells the others. Quotes are live messages (topic `quotes/<instrument>`), not events: only closes are kept. */
import { beforeShape } from '@pms/events/before';
import { currencyText, dateText, decimalText, defineEvent } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
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

export const corporateActionKinds = [
  'CASH_DIVIDEND', 'STOCK_DIVIDEND', 'SPLIT', 'SPIN_OFF', 'MERGER', 'SYMBOL_CHANGE', 'RETURN_OF_CAPITAL', 'RIGHTS_ISSUE', 'RIGHTS_LAPSE',
] as const;

/** A version of a corporate action as it was announced. Amounts and prices are for one share, in `currency`; null where the kind has no use for it. */
export const corporateActionFacts = z.object({
  actionId: z.string(), version: z.number().int().positive(), instrumentId: z.string(), kind: z.enum(corporateActionKinds),
  /** Entitled is what was traded before this day. */
  exDate: dateText, recordDate: dateText.nullable(), payDate: dateText.nullable(), currency: currencyText,
  /** A dividend, gross; capital that is returned; the cash part of a merger. */
  cashPerShare: decimalText.nullable(),
  /** Of a dividend, 0 to 1. */
  withholdingRate: decimalText.nullable(),
  /** `newShares` for `oldShares` held. */
  newShares: decimalText.nullable(), oldShares: decimalText.nullable(),
  /** What is received: of a spin-off, a merger, a rights issue; the new identity of what changes its symbol. */
  newInstrumentId: z.string().nullable(),
  /** The part of the basis that goes to what is received, 0 to 1; else it follows from the market values `oldPrice` (before) and `newPrice`. */
  basisShare: decimalText.nullable(), oldPrice: decimalText.nullable(), newPrice: decimalText.nullable(),
  /** What is paid for fractions, for one new share; null: fractions are kept. */
  cashInLieuPrice: decimalText.nullable(),
  /** A merger in which every gain is recognised. */
  taxable: z.boolean(),
  newSymbol: z.string().nullable(), newName: z.string().nullable(),
  /** Of rights: paid for one new share of `subscribedInstrumentId`, of which there are `subscribedShares` for `subscribedRights`; the last day. */
  subscriptionPrice: decimalText.nullable(), subscribedInstrumentId: z.string().nullable(),
  subscribedShares: decimalText.nullable(), subscribedRights: decimalText.nullable(), expiresOn: dateText.nullable(),
});
export type CorporateActionFacts = z.output<typeof corporateActionFacts>;

/** Key: the instrument. */
export const corporateActionAnnounced = defineEvent('rttm.corporate-action-announced.v1', corporateActionFacts.shape);
/** A new version takes the place of the one before it. */
export const corporateActionAmended = defineEvent('rttm.corporate-action-amended.v1', { ...corporateActionFacts.shape, before: beforeShape });
/** `version` is the one that says "cancelled". */
export const corporateActionCancelled = defineEvent('rttm.corporate-action-cancelled.v1', {
  actionId: z.string(), version: z.number().int().positive(), instrumentId: z.string(),
});

/** It is the same instrument, under another symbol or name. */
export const instrumentRenamed = defineEvent('rttm.instrument-renamed.v1', { instrumentId: z.string(), symbol: z.string(), name: z.string() });

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

/** For so long a quote that was ingested stands above the simulated tape, counted from its own time: what tells quotes and what hears them have to agree. */
export const INGESTED_STANDS_MS = 60_000;
/** Quotes ingested after this instant still stand above the tape. */
export const standingSince = (now: Date): Date => new Date(now.getTime() - INGESTED_STANDS_MS);

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('rttm');

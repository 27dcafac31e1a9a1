/** What trade capture tells the others. Key of every event: the portfolio, so that its trades are checked and booked one after another. */
import { beforeShape } from '@pms/events/before';
import { currencyText, dateText, decimalText, defineEvent, moneyShape } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { z } from 'zod';
import { quoteUnit } from './rttm.ts';

export const feeKinds = ['COMMISSION', 'EXCHANGE_FEE', 'REGULATORY_FEE', 'TAX', 'OTHER'] as const;

/** A part of an open lot that a trade closes: `lotId` as `TaxLot.id` shows it, `quantity` unsigned. */
const lotPick = z.object({ lotId: z.string(), quantity: decimalText });

/** A version of a trade as it was agreed with the counterparty. */
export const tradeFacts = z.object({
  tradeId: z.string(), version: z.number().int().positive(), portfolioId: z.string(), instrumentId: z.string(),
  side: z.enum(['BUY', 'SELL']), quantity: decimalText, price: decimalText, currency: currencyText, tradeDate: dateText,
  fees: z.array(z.object({
    kind: z.enum(feeKinds), amount: moneyShape,
    /** Of a fee in another currency than the trade's, once the books have fixed it: units of the trade's currency for one of the fee's, and the day of which the rate is. */
    rate: decimalText.optional(), rateOn: dateText.optional(),
  })),
  externalId: z.string().nullable(),
  /** RFC 3339: when this version was captured; the order of trades of one day. */
  capturedAt: z.string(),
  /** The lots that it closes, where they were named; without it the portfolio's lot method chooses. */
  lotPicks: z.array(lotPick).optional(),
  /** As it was agreed, where the instrument is quoted in another unit than its currency; `price` is in the currency always. */
  quoted: z.object({ price: decimalText, unit: quoteUnit }).optional(),
  /** The currency in which cash moves and the trade's own rate into it (its units for one of `currency`); absent: the trade's currency. */
  settlement: z.object({ currency: currencyText, rate: decimalText }).optional(),
  /** With whom it settles, at which place, into which account: null or absent where nobody said. */
  counterparty: z.string().nullable().optional(), placeOfSettlement: z.string().nullable().optional(), custodyAccount: z.string().nullable().optional(),
});
export type TradeFacts = z.output<typeof tradeFacts>;

export const tradeCaptured = defineEvent('trade-capture.trade-captured.v1', tradeFacts.shape);

/** A new version takes the place of `replaces`. */
export const tradeAmended = defineEvent('trade-capture.trade-amended.v1', { ...tradeFacts.shape, replaces: z.number().int().positive(), before: beforeShape });

/** `version` is the version that says "cancelled"; all earlier ones end with it. */
export const tradeCancelled = defineEvent('trade-capture.trade-cancelled.v1', {
  tradeId: z.string(), version: z.number().int().positive(), portfolioId: z.string(), instrumentId: z.string(),
});

export const tradeStatuses = ['CAPTURED', 'PENDING_APPROVAL', 'VALIDATED', 'REJECTED', 'BOOKED', 'SETTLED', 'CANCELLED'] as const;
export type TradeStatus = (typeof tradeStatuses)[number];

/** The live message on `trade-events/<portfolioId>`. */
export interface TradeMessage {
  readonly tradeId: string;
  readonly organizationId: string;
  readonly portfolioId: string;
  readonly kind: 'CAPTURED' | 'AMENDED' | 'CANCELLED' | 'VALIDATED' | 'REJECTED' | 'PENDING_APPROVAL' | 'BOOKED' | 'SETTLED' | 'SETTLEMENT_REVERSED' | 'SETTLEMENT_FAILED';
  readonly version: number;
  readonly at: string;
  /** Its place among the events of its portfolio: 1, 2, 3 … in the order of commit. */
  readonly number: number;
}

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('trade-capture');

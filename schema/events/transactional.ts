/** What the books tell the others. Key of every event: the portfolio. All amounts are in the currency that stands beside them. */
import { beforeShape } from '@pms/events/before';
import { currencyText, dateText, decimalText, defineEvent } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { z } from 'zod';
import { tradeFacts } from './trade-capture.ts';

/** A position as it stands after the event. `quantity` is negative for a short position. */
const positionAfter = z.object({
  instrumentId: z.string(), quantity: decimalText, costBasis: decimalText, averageCost: decimalText,
  /** Since the position was first opened. */
  realizedPnl: decimalText, currency: currencyText,
});

/** What cash moves, where that is not `netAmount` of `currency`: it moves in another currency, or a part of what the trade comes to is charged in another one. */
const cashAbroad = z.object({ currency: currencyText, netAmount: decimalText }).optional();

/** What is paid besides `cash`, in other currencies; each amount is positive, whole minor units, and part of `netAmount` at the rate of its fees. */
const charges = z.array(z.object({ currency: currencyText, amount: decimalText })).optional();

/**
 * What the trade counts as in the portfolio's base currency, signed as `netAmount`, at which rate and of which day the rate is. Absent for a trade in
 * the base currency, and where no rate was known when it was booked.
 */
const base = z.object({
  currency: currencyText, netAmount: decimalText, rate: decimalText, date: dateText,
  /** What the trade realised in the base currency, lot by lot; absent with average cost, and where a lot has no known rate. */
  realizedPnl: decimalText.optional(),
}).optional();

export const tradeBooked = defineEvent('transactional.trade-booked.v1', {
  ...tradeFacts.shape,
  contractualSettlementDate: dateText,
  /** What it comes to, fees included, in its own currency: negative for a purchase. */
  netAmount: decimalText,
  cash: cashAbroad,
  charges,
  base,
  /** Of this trade. */
  realizedPnl: decimalText,
  position: positionAfter,
});

/** The books cannot take this version as it is: it closes lots that are not open. Nothing was posted; the version before it, if any, still stands. */
export const bookingRefused = defineEvent('transactional.booking-refused.v1', {
  tradeId: z.string(), version: z.number().int().positive(), portfolioId: z.string(), reason: z.string(),
});

/** The postings of this version were taken back: it was amended or cancelled. */
export const tradeReversed = defineEvent('transactional.trade-reversed.v1', {
  ...tradeFacts.shape, netAmount: decimalText, cash: cashAbroad, charges, base, realizedPnl: decimalText, position: positionAfter, because: z.enum(['AMENDED', 'CANCELLED']),
});

/**
 * Trades booked earlier now realise another gain, or open lots now cost something else: an earlier trade was booked or taken
 * back, or the portfolio's lot method has changed. `positions` are those concerned, as they stand now; cash is as it was.
 */
export const lotsReallocated = defineEvent('transactional.lots-reallocated.v1', {
  portfolioId: z.string(), positions: z.array(positionAfter),
  gains: z.array(z.object({ tradeId: z.string(), version: z.number().int().positive(), realizedPnl: decimalText })),
});

const settlement = { tradeId: z.string(), version: z.number().int().positive(), portfolioId: z.string() };
export const tradeSettled = defineEvent('transactional.trade-settled.v1', { ...settlement, settledOn: dateText, netAmount: decimalText, currency: currencyText, cash: cashAbroad, charges });
export const settlementFailed = defineEvent('transactional.settlement-failed.v1', {
  ...settlement, reason: z.string(), attempt: z.number().int(),
  /** Absent in events of the time when cash was the only reason. */
  code: z.enum(['INSUFFICIENT_CASH', 'INSUFFICIENT_SECURITIES', 'UNMATCHED', 'COUNTERPARTY_FAILED', 'ON_HOLD', 'OTHER']).optional(),
});

/** A custodian's statement was compared with the books; `matched` and `differing` count lines. */
export const reconciliationCompleted = defineEvent('transactional.reconciliation-completed.v1', {
  reconciliationId: z.string(), portfolioId: z.string(), custodian: z.string(), account: z.string(), statedOn: dateText,
  basis: z.enum(['TRADED', 'CONTRACTUAL', 'SETTLED']), version: z.number().int().positive(), matched: z.number().int(), differing: z.number().int(),
});

/** A statement shows what the books do not, or the other way round. `theirs` and `ours` are units, or cash of the currency that `subject` names. */
export const breakOpened = defineEvent('transactional.break-opened.v1', {
  breakId: z.string(), reconciliationId: z.string(), portfolioId: z.string(), custodian: z.string(), account: z.string(), statedOn: dateText,
  kind: z.enum(['QUANTITY_DIFFERS', 'MISSING_HERE', 'MISSING_THERE', 'UNKNOWN_INSTRUMENT', 'CASH_DIFFERS']),
  subject: z.string(), instrumentId: z.string().nullable(), theirs: decimalText, ours: decimalText,
});

/** A break was taken on or given back, closed, or seen with other figures. */
export const breakChanged = defineEvent('transactional.break-changed.v1', {
  breakId: z.string(), portfolioId: z.string(), status: z.enum(['OPEN', 'INVESTIGATING', 'RESOLVED']), assignee: z.string().nullable(),
  resolution: z.enum(['BOOKS_CORRECTED', 'CUSTODIAN_CORRECTED', 'TIMING', 'ACCEPTED', 'MATCHED']).nullable(), before: beforeShape,
});

/** How an organisation settles, as it is now. Key: the organisation. */
export const settlementPolicySet = defineEvent('transactional.settlement-policy-set.v1', {
  buyInAfterBusinessDays: z.number().int(), claimsNeedSecondPerson: z.boolean(), parkAfterBusinessDays: z.number().int(), before: beforeShape,
});

const entitlement = { entitlementId: z.string(), actionId: z.string(), version: z.number().int().positive(), portfolioId: z.string() };

const moved = z.array(z.object({ instrumentId: z.string(), currency: currencyText, quantity: decimalText }));

/**
 * A corporate action counts in a portfolio's books, or does something else there than was told before: what is told last of an entitlement stands.
 * `parts` is what it changed in each position on the ex date, `positions` are these as they stand now. Cash is `income` (a dividend, gross) less
 * `tax` plus `capital`, in `currency`, earned on the ex date and paid on the pay date; all of it is negative where a short position owes it.
 * A dividend that was booked from a custodian's statement is told as one, too: the entitlement and the action are the movement of cash, `entitled` is zero.
 */
export const corporateActionApplied = defineEvent('transactional.corporate-action-applied.v1', {
  ...entitlement, kind: z.string(), instrumentId: z.string(), exDate: dateText, payDate: dateText.nullable(),
  entitled: decimalText, currency: currencyText, income: decimalText, tax: decimalText, capital: decimalText,
  parts: z.array(z.object({ instrumentId: z.string(), currency: currencyText, quantity: decimalText, cost: decimalText, gain: decimalText })),
  positions: z.array(positionAfter),
  /** Units that came since this entitlement was told of last, or at all; negative for what went. */
  moved: moved.optional(),
});

/** It counts no more: the action was amended or cancelled. */
export const corporateActionReversed = defineEvent('transactional.corporate-action-reversed.v1', { ...entitlement, positions: z.array(positionAfter), moved: moved.optional() });

/** Its cash has moved; `amount` is negative where it was owed. */
export const entitlementPaid = defineEvent('transactional.entitlement-paid.v1', { ...entitlement, paidOn: dateText, amount: decimalText, currency: currencyText });

/** What else happened on the way to settlement, for those who watch it. `quantity` and `amount` (signed as the trade's) where a part settled. */
export const settlementProgressed = defineEvent('transactional.settlement-progressed.v1', {
  ...settlement, progress: z.enum(['MATCHED', 'PART_SETTLED', 'NETTED', 'NETTING_BROKEN', 'BUY_IN_DUE', 'BOUGHT_IN', 'DELIVERY_REVERSED', 'PARKED', 'RELEASED']), on: dateText,
  quantity: decimalText.optional(), amount: decimalText.optional(), currency: currencyText.optional(), netSetId: z.string().optional(), price: decimalText.optional(),
  /** Of what was parked, why; of what was released, what was decided. */
  reason: z.string().optional(),
});
/** A claim because of a late settlement. `amount` is positive for what we are owed; `by` raised it, or decided on it. */
export const settlementClaimed = defineEvent('transactional.settlement-claimed.v1', {
  ...settlement, claimId: z.string(), kind: z.enum(['INTEREST', 'BUY_IN_DIFFERENCE']), status: z.enum(['PROPOSED', 'BOOKED', 'WITHDRAWN', 'CANCELLED']),
  currency: currencyText, amount: decimalText, by: z.string(),
});

/**
 * Cash of one currency after the event. `kind` DEPOSIT and WITHDRAWAL are external flows: performance is measured around them. FEE, INTEREST and
 * TAX are gains and losses; a CURRENCY_EXCHANGE is told twice, once in each currency.
 */
export const cashMoved = defineEvent('transactional.cash-moved.v1', {
  portfolioId: z.string(), kind: z.enum(['DEPOSIT', 'WITHDRAWAL', 'TRADE', 'REVERSAL', 'SETTLEMENT', 'FEE', 'INTEREST', 'TAX', 'CURRENCY_EXCHANGE', 'CORPORATE_ACTION']), currency: currencyText,
  /** Signed; zero for SETTLEMENT, which moves receivable or payable to settled. */
  amount: decimalText, effectiveDate: dateText,
  /** Traded balance: settled plus receivable less payable. */
  balance: decimalText, settled: decimalText, tradeId: z.string().nullable(),
});

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('transactional');

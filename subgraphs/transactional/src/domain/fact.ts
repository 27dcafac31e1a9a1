/** The facts of a portfolio's books, in the order in which they were recorded; everything else about the books follows from them. */
import type { Currency } from '@pms/money';
import type { Day } from './days.ts';

export const factKinds = [
  'LOT_METHOD_SET', 'CASH_DEPOSITED', 'CASH_WITHDRAWN', 'TRADE_BOOKED', 'TRADE_REVERSED', 'TRADE_CANCELLED', 'TRADE_SETTLED', 'SETTLEMENT_FAILED', 'SETTLEMENT_RETRIED',
  'SETTLEMENT_MATCHED', 'TRADE_PART_SETTLED', 'SETTLEMENT_NETTED', 'NETTING_BROKEN', 'BUY_IN_BEGUN', 'SETTLEMENT_REVERSED', 'SETTLEMENT_PARKED', 'SETTLEMENT_RELEASED',
  'CLAIM_RAISED', 'CLAIM_BOOKED', 'CLAIM_WITHDRAWN', 'CLAIM_CANCELLED',
  'CORPORATE_ACTION_APPLIED', 'CORPORATE_ACTION_REVERSED', 'CORPORATE_ACTION_PAID',
  'CASH_ITEM_BOOKED', 'CASH_MOVEMENT_REVERSED', 'CURRENCY_EXCHANGED', 'CURRENCY_SETTLED', 'CURRENCY_EXCHANGE_CANCELLED',
] as const;
export type FactKind = (typeof factKinds)[number];

/** A fact before it is recorded. */
export interface Fact {
  readonly kind: FactKind;
  /** The day from which it counts. */
  readonly effectiveOn: Day;
  readonly tradeId?: string;
  readonly version?: number;
  readonly instrumentId?: string;
  readonly currency?: Currency;
  /** Order among the trades of one day: microseconds since the epoch at which the version was captured. */
  readonly dayOrder?: number;
  /** JSON; amounts as decimal text. */
  readonly data: Readonly<Record<string, unknown>>;
}

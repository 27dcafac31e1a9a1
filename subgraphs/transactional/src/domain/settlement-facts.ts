/** How a settlement stands after the facts about a booked version, told again in their order. */
import { type Decimal, decimal } from '@pms/money';
import { afterPart, deliveredOf, left } from './delivery.ts';
import type { Day } from './days.ts';
import type { FactKind } from './fact.ts';
import { cashOfFill } from './fill-cash.ts';
import type { Fill } from './lots.ts';
import { begun, next } from './settlement.ts';
import type { Delivered, FailureCode, Heard, Settlement } from './settlement-state.ts';

export interface SettlementFact {
  readonly kind: FactKind;
  readonly effectiveOn: Day;
  readonly data: Readonly<Record<string, unknown>>;
}

type Whole = Pick<Fill, 'quantity' | 'amount' | 'currency' | 'cash'>;

export interface Booked {
  readonly contractualDate: Day;
  /** A counterparty is named. */
  readonly toMatch: boolean;
}

/** Cash is reserved and the trade booked in one and the same transaction: the saga's first steps are taken together. */
export function booked({ contractualDate, toMatch }: Booked, reservationId = ''): Settlement {
  const reserved = next(begun, { type: 'cash-reserved', reservationId }).settlement;
  return next(reserved, { type: 'booked', contractualDate, toMatch }).settlement;
}

/** And the number of the last attempt. */
export function settlementAfter(first: Booked, fill: Whole, facts: readonly SettlementFact[]): { readonly settlement: Settlement; readonly attempt: number } {
  let settlement = booked(first);
  let attempt = 1;
  for (const fact of facts) {
    const heard = heardIn(fact, settlement, fill);
    if (heard !== null) settlement = next(settlement, heard).settlement;
    if ('attempt' in settlement) attempt = settlement.attempt;
  }
  return { settlement, attempt };
}

function heardIn({ kind, effectiveOn, data }: SettlementFact, settlement: Settlement, fill: Whole): Heard | null {
  switch (kind) {
    case 'TRADE_SETTLED': return { type: 'delivered', settledOn: effectiveOn };
    case 'TRADE_PART_SETTLED': return { type: 'part-delivered', total: afterPart(fill, deliveredOf(settlement, fill), decimal(data['quantity'] as string).abs()) };
    // without a code: recorded when cash was the only reason
    case 'SETTLEMENT_FAILED': return { type: 'delivery-refused', code: (data['code'] ?? 'INSUFFICIENT_CASH') as FailureCode, reason: String(data['reason']), on: effectiveOn };
    case 'SETTLEMENT_RETRIED': return { type: 'retried' };
    case 'SETTLEMENT_MATCHED': return { type: 'matched' };
    case 'SETTLEMENT_NETTED': return { type: 'netted', netSetId: String(data['netSetId']) };
    case 'NETTING_BROKEN': return { type: 'net-broken' };
    case 'BUY_IN_BEGUN': return { type: 'buy-in-due', on: effectiveOn };
    case 'TRADE_REVERSED': return { type: 'cancelled' };
    default: return null;
  }
}

/** What changed hands with the fact, as it was recorded; all of the fill, where nothing else is said. */
export const deliveredIn = ({ data }: Pick<SettlementFact, 'data'>, fill: Whole): Delivered => (data['quantity'] === undefined
  ? { quantity: fill.quantity, amount: cashOfFill(fill).amount }
  : { quantity: decimal(data['quantity'] as string), amount: decimal(data['amount'] as string) });

/** What is left, as a fact tells of it: nothing where it is the whole, which is the usual case. */
export function lastPart(settlement: Settlement, fill: Whole): { readonly delivered: Delivered; readonly data: Readonly<Record<string, unknown>> } {
  const before = deliveredOf(settlement, fill);
  const delivered = left(fill, before);
  return { delivered, data: before.quantity.isZero() ? {} : deliveryData(delivered) };
}

export const deliveryData = ({ quantity, amount }: Delivered): Readonly<Record<string, unknown>> => ({ quantity: quantity.toFixed(), amount: amount.toFixed() });

/** What more there is to say of a settlement on its way than its step, for a comparison. */
export function shownOnTheWay(settlement: Settlement): (string | Decimal)[] {
  const part = 'part' in settlement && !settlement.part.quantity.isZero() ? ['part', settlement.part.quantity, settlement.part.amount] : [];
  const failure = 'code' in settlement ? [settlement.code, settlement.failedOn, settlement.matched ? 'matched' : 'unmatched'] : [];
  const set = 'netSetId' in settlement && settlement.netSetId !== null ? ['net set', settlement.netSetId] : [];
  return [...part, ...failure, ...set, ...('dueOn' in settlement ? ['buy-in due', settlement.dueOn] : [])];
}

/** How a settlement stands after the facts about a booked version, told again in their order. */
import { type Decimal, decimal } from '@pms/money';
import { afterPart, deliveredOf, left } from './delivery.ts';
import type { Day } from './days.ts';
import type { FactKind } from './fact.ts';
import { cashOfFill } from './fill-cash.ts';
import type { Fill } from './lots.ts';
import { begun, next } from './settlement.ts';
import type { Delivered, FailureCode, Heard, ParkingCode, Resolution, Settlement } from './settlement-state.ts';

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
    const heard = heardIn(fact, { settlement, fill, contractualDate: first.contractualDate, attempt });
    if (heard !== null) settlement = next(settlement, heard).settlement;
    if ('attempt' in settlement) attempt = settlement.attempt;
  }
  return { settlement, attempt };
}

interface Hearing {
  readonly settlement: Settlement;
  readonly fill: Whole;
  readonly contractualDate: Day;
  /** The last one so far. */
  readonly attempt: number;
}

const hearings: { readonly [Kind in FactKind]?: (fact: SettlementFact, at: Hearing) => Heard } = {
  TRADE_SETTLED: ({ effectiveOn, data }) => ({ type: data['boughtIn'] === undefined ? 'delivered' : 'bought-in', settledOn: effectiveOn }),
  TRADE_PART_SETTLED: ({ data }, { settlement, fill }) => ({ type: 'part-delivered', total: afterPart(fill, deliveredOf(settlement, fill), decimal(data['quantity'] as string).abs()) }),
  SETTLEMENT_FAILED: (fact) => ({ type: 'delivery-refused', ...failureIn(fact), retryOn: dayIn(fact.data, 'retryOn') }),
  SETTLEMENT_REVERSED: (fact, { contractualDate, attempt }) => ({ type: 'delivery-reversed', ...failureIn(fact), contractualDate, attempt }),
  SETTLEMENT_PARKED: ({ effectiveOn, data }) => ({ type: 'parked', code: data['code'] as ParkingCode, reason: String(data['reason']), on: effectiveOn }),
  SETTLEMENT_RELEASED: ({ effectiveOn, data }) => ({ type: 'released', resolution: data['resolution'] as Resolution, on: effectiveOn, retryOn: dayIn(data, 'retryOn') }),
  SETTLEMENT_RETRIED: () => ({ type: 'retried' }),
  SETTLEMENT_MATCHED: () => ({ type: 'matched' }),
  SETTLEMENT_NETTED: ({ data }) => ({ type: 'netted', netSetId: String(data['netSetId']) }),
  NETTING_BROKEN: () => ({ type: 'net-broken' }),
  BUY_IN_BEGUN: ({ effectiveOn }) => ({ type: 'buy-in-due', on: effectiveOn }),
  TRADE_REVERSED: () => ({ type: 'cancelled' }),
};

const heardIn = (fact: SettlementFact, at: Hearing): Heard | null => hearings[fact.kind]?.(fact, at) ?? null;

const dayIn = (data: SettlementFact['data'], name: string): Day | null => (typeof data[name] === 'string' ? data[name] : null);
// without a code: recorded when cash was the only reason
const failureIn = ({ effectiveOn, data }: SettlementFact) => ({ code: (data['code'] ?? 'INSUFFICIENT_CASH') as FailureCode, reason: String(data['reason']), on: effectiveOn });

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
  const waiting = 'code' in settlement ? [...(settlement.retryOn === null ? [] : ['again on', settlement.retryOn]), ...(settlement.parked === null ? [] : ['parked', settlement.parked.code, settlement.parked.reason, settlement.parked.on])] : [];
  return [...part, ...failure, ...set, ...waiting, ...('dueOn' in settlement ? ['buy-in due', settlement.dueOn] : [])];
}

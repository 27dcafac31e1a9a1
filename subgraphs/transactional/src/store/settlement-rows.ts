/** How a settlement is kept in its booking's row. */
import { decimal } from '@pms/money';
import type { FailureCode, ParkingCode, Settlement } from '../domain/settlement-state.ts';
import type { Column } from './statement.ts';

export interface SettlementRow {
  readonly step: string;
  readonly contractual_on: string;
  readonly settled_on: string | null;
  readonly failure_reason: string | null;
  readonly attempt: number;
  readonly matched: boolean;
  readonly part_quantity: string;
  readonly part_amount: string;
  readonly failure_code: string | null;
  readonly failed_on: string | null;
  readonly buy_in_on: string | null;
  readonly net_set_id: string | null;
  readonly retry_on: string | null;
  readonly parked_on: string | null;
  readonly parked_code: string | null;
  readonly parked_reason: string | null;
}

export const SETTLEMENT = `step, contractual_on::text, settled_on::text, failure_reason, attempt, matched, part_quantity::text, part_amount::text,
  failure_code, failed_on::text, buy_in_on::text, net_set_id, retry_on::text, parked_on::text, parked_code, parked_reason`;

export function toSettlement(row: SettlementRow): Settlement {
  const { step, contractual_on: contractualDate, settled_on: settledOn, attempt, matched, net_set_id: netSetId } = row;
  if (step === 'settled') return { step, settledOn: settledOn ?? contractualDate, netSetId };
  if (step === 'cancelled') return { step };
  const instruction = { contractualDate, attempt, part: { quantity: decimal(row.part_quantity), amount: decimal(row.part_amount) } };
  if (step === 'instructed') return { ...instruction, step };
  // the database checks that a code is there with every failure
  const failure = { code: row.failure_code as FailureCode, reason: row.failure_reason ?? '', failedOn: row.failed_on ?? contractualDate, matched, netSetId, retryOn: row.retry_on, parked: parkedIn(row) };
  if (step === 'failed') return { ...instruction, ...failure, step };
  if (step === 'buying-in') return { ...instruction, ...failure, step, dueOn: row.buy_in_on ?? contractualDate };
  return { ...instruction, step: 'matched', netSetId };
}

const parkedIn = ({ parked_on: on, parked_code: code, parked_reason: reason }: SettlementRow) =>
  (on === null || code === null ? null : { on, code: code as ParkingCode, reason: reason ?? '' });

/** What changes with a settlement, beside `step` and `attempt`. */
export const CHANGING: readonly Column[] = [
  ['settled_on', 'date'], ['failure_reason', 'text'], ['matched', 'boolean'], ['part_quantity', 'numeric'], ['part_amount', 'numeric'],
  ['failure_code', 'text'], ['failed_on', 'date'], ['buy_in_on', 'date'], ['net_set_id', 'text'],
  ['retry_on', 'date'], ['parked_on', 'date'], ['parked_code', 'text'], ['parked_reason', 'text'],
];

const NO_FAILURE = { reason: null, code: null, failedOn: null, retryOn: null, parked: null };

/** In the order of CHANGING. */
export function changingValues(settlement: Settlement): readonly unknown[] {
  const failure = failureOf(settlement);
  const { reason, code, failedOn, retryOn, parked } = failure ?? NO_FAILURE;
  return [
    settlement.step === 'settled' ? settlement.settledOn : null, reason, failure === null ? settlement.step !== 'instructed' : failure.matched, ...partValues(settlement), code, failedOn,
    settlement.step === 'buying-in' ? settlement.dueOn : null, netSetOf(settlement), retryOn, ...(parked === null ? [null, null, null] : [parked.on, parked.code, parked.reason]),
  ];
}

const failureOf = (settlement: Settlement) => ('code' in settlement ? settlement : null);
const netSetOf = (settlement: Settlement): string | null => ('netSetId' in settlement ? settlement.netSetId : null);
const partValues = (settlement: Settlement): readonly string[] => ('part' in settlement ? [settlement.part.quantity.toFixed(), settlement.part.amount.toFixed()] : ['0', '0']);

/** As a booking leaves it without a counterparty: all of CHANGING has its default. */
export const isPlain = (settlement: Settlement): boolean => settlement.step === 'matched' && settlement.part.quantity.isZero() && settlement.netSetId === null;

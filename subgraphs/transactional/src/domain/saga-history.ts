/** What the settlement of one version has been through, from its facts: which step, when, by whom, what undoes it, and whether it was undone. */
import type { Day } from './days.ts';
import type { Fill } from './lots.ts';
import { type Compensation, compensations, stepsBehind, type StepName } from './saga-steps.ts';
import { type Booked, booked, settlementAfter, type SettlementFact } from './settlement-facts.ts';

export interface PastFact extends SettlementFact {
  readonly recordedAt: Date;
  readonly actor: string;
}

/** Steps, and what is none: a failure, another attempt, a set that was broken, a delivery that the custodian took back, the waiting for a person. */
export type Passage = StepName | 'fail' | 'retry' | 'net-broken' | 'take-back' | 'park' | 'release' | 'cancel';

export interface Passed {
  readonly step: Passage;
  /** When it was recorded. */
  readonly at: Date;
  readonly on: Day;
  readonly by: string;
  /** In words; null where the step says all. */
  readonly detail: string | null;
  /** What undoes it; null for what is no step. */
  readonly compensation: Compensation | null;
  /** When it was undone; null for what stands, or was consumed by a later step. */
  readonly undoneAt: Date | null;
}

const notSteps: Readonly<Record<string, Passage>> = {
  SETTLEMENT_FAILED: 'fail', SETTLEMENT_RETRIED: 'retry', NETTING_BROKEN: 'net-broken', SETTLEMENT_REVERSED: 'take-back',
  SETTLEMENT_PARKED: 'park', SETTLEMENT_RELEASED: 'release', TRADE_REVERSED: 'cancel',
};

interface Standing {
  readonly passed: Passed;
  /** Neither undone nor consumed. */
  readonly open: boolean;
}

const isOpenStep = ({ passed: { step, compensation }, open }: Standing): boolean => open && compensation !== null && step !== 'reserve';

/** `facts` of one version, in order, its booking first. */
export function passed(first: Booked, fill: Pick<Fill, 'quantity' | 'amount' | 'currency' | 'cash'>, facts: readonly PastFact[]): readonly Passed[] {
  const [booking, ...later] = facts;
  if (booking === undefined) return [];
  let behind: readonly StepName[] = stepsBehind(booked(first));
  // the reservation is consumed by the booking in the same transaction
  let past = (['reserve', ...behind] as const).map((step) => entered(booking, step));
  for (const [index, fact] of later.entries()) {
    const after = stepsBehind(settlementAfter(first, fill, later.slice(0, index + 1)).settlement);
    const other = notSteps[fact.kind];
    const fresh = after.filter((step) => !behind.includes(step) || (step === 'deliver' && isDelivery(fact)));
    past = [
      ...past.map((each) => (isOpenStep(each) && !after.some((step) => step === each.passed.step) ? closed(each, fact) : each)),
      ...(other === undefined ? [] : [entered(fact, other)]), ...fresh.map((step) => entered(fact, step)),
    ];
    behind = after;
  }
  return past.map((each) => each.passed);
}

const entered = (fact: PastFact, step: Passage): Standing => ({
  open: true,
  passed: { step, at: fact.recordedAt, on: fact.effectiveOn, by: fact.actor, detail: detailOf(fact), compensation: step in compensations ? compensations[step as StepName] : null, undoneAt: null },
});

const UNDOING: ReadonlySet<string> = new Set(['TRADE_REVERSED', 'NETTING_BROKEN', 'SETTLEMENT_REVERSED']);
const CALLING_OFF: ReadonlySet<string> = new Set(['SETTLEMENT_MATCHED', 'SETTLEMENT_RETRIED', 'SETTLEMENT_RELEASED']);

/** Undone by a reversal or the breaking of its set, a buy-in by another attempt; consumed by every other step. */
const closed = (standing: Standing, { kind, recordedAt }: PastFact): Standing =>
  ({ open: false, passed: { ...standing.passed, undoneAt: UNDOING.has(kind) || (standing.passed.step === 'buy-in' && CALLING_OFF.has(kind)) ? recordedAt : null } });

const isDelivery = ({ kind }: PastFact): boolean => kind === 'TRADE_SETTLED' || kind === 'TRADE_PART_SETTLED';

const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const words = (...of: readonly unknown[]): string => of.filter((each) => typeof each === 'string').join(': ');
const listed = (...of: readonly unknown[]): string => of.filter((each) => typeof each === 'string').join(', ');

type Data = PastFact['data'];

const details: { readonly [Kind in PastFact['kind']]?: (data: Data) => string | null } = {
  TRADE_BOOKED: ({ counterparty }) => (typeof counterparty === 'string' ? `with ${counterparty}` : 'no counterparty is named: nobody has to match it'),
  SETTLEMENT_FAILED: ({ code, reason }) => words(code, reason),
  SETTLEMENT_REVERSED: ({ code, reason }) => words(code, reason),
  SETTLEMENT_PARKED: ({ code, reason }) => words(code, reason),
  SETTLEMENT_RELEASED: ({ resolution, retryOn, reason }) => listed(resolution, retryOn, reason),
  SETTLEMENT_RETRIED: ({ attempt }) => `attempt ${attempt as number}`,
  SETTLEMENT_NETTED: ({ netSetId }) => word(netSetId),
  NETTING_BROKEN: ({ netSetId }) => word(netSetId),
  TRADE_PART_SETTLED: ({ quantity, amount }) => `${quantity as string} for ${amount as string}`,
  TRADE_SETTLED: ({ boughtIn }) => (boughtIn === undefined ? null : `bought in at ${(boughtIn as { price: string }).price}`),
  TRADE_REVERSED: ({ because, undone }) => listed(because, ...(undone as readonly string[])),
};

const detailOf = ({ kind, data }: PastFact): string | null => details[kind]?.(data) ?? null;

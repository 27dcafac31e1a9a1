/** What actions in a portfolio record, post and tell: when they come to count, when what they did changes, and when they are taken back. */
import type { Origin } from '@pms/events/envelope';
import { text, toStored } from '@pms/money';
import { corporateActionApplied, corporateActionReversed, entitlementPaid } from '@pms/schema/events/transactional';
import { actionBooked, actionPaid, cashOfOutcome, isSameOutcome, keptOutcome } from '../domain/action-entries.ts';
import { reversalOf } from '../domain/journal.ts';
import { keyOf, type PositionState } from '../domain/movement.ts';
import type { Changes } from '../domain/position-change.ts';
import type { Outcome } from '../domain/position-books.ts';
import type { Posting } from '../store/books-store.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { RecordedEntry } from '../store/posting-reads.ts';
import type { CustodyChange } from '../store/settlement-writes.ts';
import type { Ledger } from './ledger.ts';

/** A position as events carry it: unit cost at the precision that is stored. */
export const told = ({ instrumentId, currency, quantity, cost, realized }: PositionState) => ({
  instrumentId, quantity: text(quantity), costBasis: text(cost), realizedPnl: text(realized), currency,
  averageCost: text(quantity.isZero() ? quantity : toStored(cost.div(quantity))),
});

/** Those of the entitlements whose outcome is another one now, with it. */
export const revisedOf = (entitlements: readonly Entitlement[], { outcomes }: Changes): Entitlement[] =>
  entitlements.flatMap((entitlement) => {
    const outcome = outcomes.get(entitlement.action.entitlementId);
    return outcome === undefined || isSameOutcome(outcome, entitlement.outcome) ? [] : [{ ...entitlement, outcome }];
  });

/** What the custodian holds more after an action than before, or than after what was thought of it before. Null: it counts not, or no more. */
export const custodyChanges = (before: Outcome | null, after: Outcome | null): CustodyChange[] =>
  [...(after?.parts ?? []), ...(before?.parts ?? []).map((part) => ({ ...part, quantity: part.quantity.negated() }))];

/** The same of those among `before` that are `revised`. */
export const revisedCustody = (before: readonly Entitlement[], revised: readonly Entitlement[]): CustodyChange[] =>
  revised.flatMap(({ action, outcome }) => custodyChanges(before.find((each) => each.action.entitlementId === action.entitlementId)?.outcome ?? null, outcome));

/** Everything that these entitlements have posted and nobody has reversed yet. */
export const postedOf = (tx: Posting, entitlements: readonly Entitlement[]): Promise<Map<string, RecordedEntry[]>> =>
  tx.unreversedOf(entitlements.map(({ action }) => action.entitlementId));

export interface About {
  readonly factSequence: number;
  readonly origin: Origin;
  readonly changes: Changes;
}

/** An action comes to count. */
export function postApplied(ledger: Ledger, { action, told: data, outcome }: Entitlement, { factSequence, origin, changes }: About): void {
  ledger.post(actionBooked(action, outcome), { factSequence, origin });
  tellApplied(ledger, { action, told: data, outcome }, null, { origin, changes });
  tellCash(ledger, action, outcome, origin);
}

/** What an action did was something else than is in the journal: that is taken back, payment and all, and posted as it should have been. */
export function postRevised(ledger: Ledger, before: Entitlement, after: Entitlement, posted: readonly RecordedEntry[], about: About): void {
  const { factSequence, origin, changes } = about;
  for (const { id, entry } of posted.toReversed()) ledger.post(reversalOf(id, entry), { factSequence, origin });
  ledger.post(actionBooked(after.action, after.outcome), { factSequence, origin });
  if (after.step === 'paid') ledger.post(actionPaid(after.action, after.outcome, after.paidOn ?? after.action.effectiveOn), { factSequence, origin });
  tellApplied(ledger, after, before.outcome, { origin, changes });
  const change = cashOfOutcome(after.outcome).minus(cashOfOutcome(before.outcome));
  if (!change.isZero()) tellCashOf(ledger, after, text(change), origin);
}

/** An action counts no more. */
export function postReversed(ledger: Ledger, { action, outcome }: Entitlement, posted: readonly RecordedEntry[], { factSequence, origin, changes }: About): void {
  for (const { id, entry } of posted.toReversed()) ledger.post(reversalOf(id, entry), { factSequence, origin });
  ledger.tell(corporateActionReversed, {
    entitlementId: action.entitlementId, actionId: action.actionId, version: action.version, portfolioId: ledger.portfolioId, positions: positionsAfter(changes, outcome),
    moved: movedIn(outcome, null),
  }, origin);
  const cash = cashOfOutcome(outcome);
  if (!cash.isZero()) tellCashOf(ledger, { action, outcome }, text(cash.negated()), origin);
}

/** The cash that was awaited is there, or what was owed is paid. */
export function postPaid(ledger: Ledger, entitlement: Entitlement, { factSequence, origin, paidOn }: { readonly factSequence: number; readonly origin: Origin; readonly paidOn: string }): void {
  const { action, outcome } = entitlement;
  ledger.post(actionPaid(action, outcome, paidOn), { factSequence, origin });
  const cash = cashOfOutcome(outcome);
  ledger.tell(entitlementPaid, {
    entitlementId: action.entitlementId, actionId: action.actionId, version: action.version, portfolioId: ledger.portfolioId,
    paidOn, amount: text(cash), currency: outcome.currency,
  }, origin);
  if (!cash.isZero()) ledger.tellCash({ kind: 'SETTLEMENT', currency: outcome.currency, amount: '0', effectiveDate: paidOn, tradeId: null }, origin);
}

/** `before`: what was told of it last. */
function tellApplied(
  ledger: Ledger, { action, told: announced, outcome }: Pick<Entitlement, 'action' | 'told' | 'outcome'>, before: Outcome | null, { origin, changes }: Pick<About, 'origin' | 'changes'>,
): void {
  const { entitled, income, tax, capital, parts, currency } = keptOutcome(outcome);
  ledger.tell(corporateActionApplied, {
    entitlementId: action.entitlementId, actionId: action.actionId, version: action.version, portfolioId: ledger.portfolioId, kind: announced.kind,
    instrumentId: action.instrumentId, exDate: action.effectiveOn, payDate: action.payOn, entitled, currency, income, tax, capital,
    parts: [...parts], positions: positionsAfter(changes, outcome), moved: movedIn(before, outcome),
  }, origin);
}

const movedIn = (before: Outcome | null, after: Outcome | null) =>
  custodyChanges(before, after).filter(({ quantity }) => !quantity.isZero()).map(({ instrumentId, currency, quantity }) => ({ instrumentId, currency, quantity: text(quantity) }));

const positionsAfter = ({ positions }: Changes, { parts }: Outcome): ReturnType<typeof told>[] =>
  parts.flatMap((part) => {
    const change = positions.get(keyOf(part));
    return change === undefined ? [] : [told(change.after)];
  });

function tellCash(ledger: Ledger, action: Entitlement['action'], outcome: Outcome, origin: Origin): void {
  const cash = cashOfOutcome(outcome);
  if (!cash.isZero()) tellCashOf(ledger, { action, outcome }, text(cash), origin);
}

const tellCashOf = (ledger: Ledger, { action, outcome }: Pick<Entitlement, 'action' | 'outcome'>, amount: string, origin: Origin): void =>
  ledger.tellCash({ kind: 'CORPORATE_ACTION', currency: outcome.currency, amount, effectiveDate: action.effectiveOn, tradeId: null }, origin);

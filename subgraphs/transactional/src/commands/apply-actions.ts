/**
 * Brings a portfolio's books up to its corporate actions, behind its lock: those that were amended or cancelled are taken back, those that are due
 * come to count, and what others did is worked out again where it depends on them. Cash moves on the pay date.
 */
import type { Origin } from '@pms/events/envelope';
import type { BooksContext } from '../context.ts';
import { type Action, placeOfAction, targetOf } from '../domain/action-terms.ts';
import { isEmptyOutcome } from '../domain/action-entries.ts';
import { beginning, comparePlaces, type Place } from '../domain/movement.ts';
import { acted, type Changes } from '../domain/position-change.ts';
import { asAction } from '../domain/told-action.ts';
import type { Posting } from '../store/books-store.ts';
import type { Announced, Entitlement } from '../store/entitlements.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { CustodyChange } from '../store/settlement-writes.ts';
import { ratedNow, withRates } from './action-rates.ts';
import { custodyChanges, postApplied, postedOf, postPaid, postReversed, postRevised, revisedCustody, revisedOf } from './action-postings.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { type Group, groupOf, nothing, replayGroup } from './replay-positions.ts';
import { reallocate } from './reallocate.ts';

/** One action may lead to others: what is spun off has its own. More rounds than any chain of them. */
const ROUNDS_MAX = 100;

export interface Applied {
  readonly applied: number;
  readonly reversed: number;
  readonly paid: number;
}

/** Everything that is due for the portfolio. `portfolio` as it was locked. */
export async function applyDueActions(ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, { asOf, origin }: { readonly asOf: string; readonly origin: Origin }): Promise<Applied> {
  let at = portfolio;
  let applied = 0;
  let reversed = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const outdated = await tx.outdatedEntitlements(at.id);
    const pending = outdated.length > 0 ? [] : await tx.pendingActions(at, asOf);
    const rated = outdated.length > 0 || pending.length > 0 ? [] : await ratedNow(tx, at);
    if (outdated.length === 0 && pending.length === 0 && rated.length === 0) break;
    const added: AddedAction[] = rated.map(({ told }) => ({ announced: { told }, action: asAction(told, ctx.newId('ent')) }));
    for (const announced of pending) {
      const told = await withRates(tx, at, announced.told);
      added.push({ announced: { ...announced, told }, action: asAction(told, ctx.newId('ent')) });
    }
    const taken = [...outdated, ...rated.map(({ entitlement }) => entitlement)];
    at = await changeActions(ctx, tx, at, { outdated: taken, added, origin });
    applied += added.length;
    reversed += taken.length;
  }
  const due = await tx.entitlementsDue(at.id, asOf);
  if (due.length > 0) at = await pay(ctx, tx, at, due, origin);
  return { applied, reversed, paid: due.length };
}

export interface AddedAction {
  readonly announced: Pick<Announced, 'told'> & Partial<Announced>;
  readonly action: Action;
}

interface ActionChange {
  readonly outdated: readonly Entitlement[];
  readonly added: readonly AddedAction[];
  /** Of what an announcement has not caused by itself. */
  readonly origin: Origin;
}

/** The portfolio with its counters as they are afterwards. */
export async function changeActions(ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, { outdated, added, origin }: ActionChange): Promise<LockedPortfolio> {
  const actions = added.map(({ action }) => action).toSorted((a, b) => comparePlaces(placeOfAction(a), placeOfAction(b)));
  const group = await groupOf(tx, portfolio, [...outdated, ...added].map(({ action }) => action.instrumentId), [...outdated, ...added].map(({ action }) => action));
  const changes = (outdated.length === 0 ? await inOrder(tx, portfolio, group, actions) : null) ?? (await replayGroup(tx, portfolio, group, {
    ...nothing, addedActions: actions, from: earliest([...outdated, ...added].map(({ action }) => placeOfAction(action))), goneActions: new Set(outdated.map(({ action }) => action.entitlementId)),
  }));
  const kept = group.entitlements.filter(({ action }) => !outdated.some((each) => each.action.entitlementId === action.entitlementId));
  const revised = revisedOf(kept, changes);
  const posted = await postedOf(tx, [...outdated, ...revised]);
  const ledger = await openLedger(ctx, tx, portfolio);
  for (const entitlement of outdated) {
    const factSequence = record(ledger, 'CORPORATE_ACTION_REVERSED', entitlement, entitlement.action.effectiveOn, origin);
    postReversed(ledger, entitlement, posted.get(entitlement.action.entitlementId) ?? [], { factSequence, origin, changes });
  }
  const fresh = added.map((each) => enter(ledger, each, { changes, origin: originOf(each.announced, origin) }));
  revise(ledger, { before: kept, revised, posted, changes, origin });
  await tx.reverseEntitlements(portfolio.id, outdated.map(({ action }) => action.entitlementId));
  const custody = [
    ...outdated.flatMap(({ outcome }) => custodyChanges(outcome, null)), ...fresh.flatMap(({ outcome }) => custodyChanges(null, outcome)), ...revisedCustody(kept, revised),
  ];
  await saveChanges(tx, portfolio, ledger, { changes, entitlements: [...fresh, ...revised], custody, origin });
  return { ...portfolio, lastFact: ledger.lastFact(), lastEntry: ledger.lastEntry() };
}

const earliest = (places: readonly Place[]): Place => places.toSorted(comparePlaces)[0] ?? beginning;

/** Null unless the actions come after all that stands in the positions they touch: then the open lots are enough. */
async function inOrder(tx: Posting, portfolio: LockedPortfolio, { instrumentIds }: Group, actions: readonly Action[]): Promise<Changes | null> {
  const [first] = actions;
  const touched = new Set(actions.flatMap(({ instrumentId, terms }) => [instrumentId, targetOf(terms) ?? instrumentId]));
  const states = (await tx.positionsOf(portfolio.id, instrumentIds)).filter(({ instrumentId }) => touched.has(instrumentId));
  if (first === undefined || states.some(({ last }) => last !== null && comparePlaces(last, placeOfAction(first)) >= 0)) return null;
  const changesLots = actions.some(({ terms }) => terms.kind !== 'CASH_DIVIDEND');
  const lots = await tx.lots(portfolio.id, changesLots ? states.map((key) => ({ ...key, needed: null, named: [] })) : [], portfolio.lotMethod);
  return acted(states.map((state) => ({ state, lots: lots.get(`${state.instrumentId} ${state.currency}`) ?? [] })), actions, portfolio.lotMethod);
}

function enter(ledger: Ledger, { announced, action }: AddedAction, { changes, origin }: { readonly changes: Changes; readonly origin: Origin }): Entitlement {
  const outcome = changes.outcomes.get(action.entitlementId);
  if (outcome === undefined) throw new Error(`action ${action.actionId} has no outcome`);
  const entitlement = { action, told: announced.told, step: 'applied', paidOn: null, outcome, factSequence: 0 } as const;
  const factSequence = record(ledger, 'CORPORATE_ACTION_APPLIED', entitlement, action.effectiveOn, origin);
  if (!isEmptyOutcome(outcome)) postApplied(ledger, entitlement, { factSequence, origin, changes });
  return { ...entitlement, factSequence };
}

const record = (ledger: Ledger, kind: 'CORPORATE_ACTION_APPLIED' | 'CORPORATE_ACTION_REVERSED' | 'CORPORATE_ACTION_PAID', { action, told }: Entitlement, effectiveOn: string, origin: Origin): number =>
  ledger.record({
    kind, effectiveOn, instrumentId: action.instrumentId, currency: action.currency, dayOrder: placeOfAction(action).sequence,
    data: { entitlementId: action.entitlementId, ...(kind === 'CORPORATE_ACTION_APPLIED' && { action: told }) },
  }, origin);

/** Who announced an action has caused what it does. */
const originOf = ({ actor, correlationId, causationId }: Partial<Announced>, origin: Origin): Origin =>
  (correlationId === undefined ? origin : { ...origin, ...(actor !== undefined && { actor }), correlationId, causationId: causationId ?? null });

/** What follows for actions that count already; all of it about the fact that was recorded last. */
export function revise(ledger: Ledger, { before, revised, posted, changes, origin }: {
  readonly before: readonly Entitlement[]; readonly revised: readonly Entitlement[]; readonly posted: Awaited<ReturnType<typeof postedOf>>;
  readonly changes: Changes; readonly origin: Origin;
}): void {
  for (const after of revised) {
    const { entitlementId } = after.action;
    const earlier = before.find(({ action }) => action.entitlementId === entitlementId);
    if (earlier !== undefined) postRevised(ledger, earlier, after, posted.get(entitlementId) ?? [], { factSequence: ledger.lastFact(), origin, changes });
  }
}

async function saveChanges(tx: Posting, portfolio: LockedPortfolio, ledger: Ledger, { changes, entitlements, custody, origin }: {
  readonly changes: Changes; readonly entitlements: readonly Entitlement[]; readonly custody: readonly CustodyChange[]; readonly origin: Origin;
}): Promise<void> {
  const positions = [...changes.positions.values()];
  const regained = positions.flatMap((change) => change.regained);
  if (regained.length > 0) reallocate(ledger, positions, origin);
  await tx.saveGains(regained);
  await tx.removeLots(portfolio, positions);
  await tx.removeClosings(portfolio, positions);
  await ledger.save([
    ...tx.entitlementRows(portfolio, entitlements), ...tx.positionRows(portfolio, positions), ...tx.closingRows(portfolio, positions), ...tx.custodyRows(portfolio, custody),
  ]);
}

async function pay(ctx: BooksContext, tx: Posting, portfolio: LockedPortfolio, due: readonly Entitlement[], origin: Origin): Promise<LockedPortfolio> {
  const ledger = await openLedger(ctx, tx, portfolio);
  const paid = due.map((entitlement): Entitlement => {
    const paidOn = entitlement.action.payOn ?? entitlement.action.effectiveOn;
    const factSequence = record(ledger, 'CORPORATE_ACTION_PAID', entitlement, paidOn, origin);
    postPaid(ledger, entitlement, { factSequence, origin, paidOn });
    return { ...entitlement, step: 'paid', paidOn };
  });
  await ledger.save(tx.entitlementRows(portfolio, paid));
  return { ...portfolio, lastFact: ledger.lastFact(), lastEntry: ledger.lastEntry() };
}


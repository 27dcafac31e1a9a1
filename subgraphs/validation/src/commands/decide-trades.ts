/**
 * Decides a run of trade versions of one portfolio, in order, in the caller's transaction: each sees what those before it take and give.
 * An allowed version counts at once, in place of the version before; one that waits or is rejected leaves the version before as it stands.
 */
import { causedBy, type Event, event } from '@pms/events/envelope';
import { tradeNeedsApproval, tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import type { Workings } from '../context.ts';
import { apply, type Book, cashIn, effectOf, held, negated, type Terms, termsOf, type Told } from '../domain/book.ts';
import { type Assessment, assess } from '../domain/decision.ts';
import type { Market } from '../domain/market.ts';
import { inScope, type Rule } from '../domain/rule.ts';
import type { CheckRun, Commitment, LockedPortfolio, NewDecision, Ruling } from '../store/records.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { marketFor } from './market.ts';

export interface Incoming {
  readonly cause: Event;
  readonly facts: Told;
}

/** What is known at the start of a run; book, commitments and waiting change as the run goes. */
interface State {
  readonly book: Book;
  readonly commitments: Map<string, Commitment>;
  /** Versions that wait for approval, by trade. */
  readonly waiting: Map<string, number>;
  readonly rules: readonly Rule[];
  readonly market: Market;
}

interface Outcome {
  readonly events: Event[];
  readonly decisions: NewDecision[];
  readonly superseded: Ruling[];
  readonly runs: CheckRun[];
  /** By trade: the last one wins. */
  readonly reserved: Map<string, Commitment>;
  /** Whose amounts have changed. */
  readonly currencies: Set<string>;
  readonly instruments: Set<string>;
}

export async function decideTrades(workings: Workings, tx: ValidationWrites, portfolio: LockedPortfolio, incoming: readonly Incoming[]): Promise<void> {
  const cancelled = await tx.cancelledAmong(incoming.map(({ facts }) => facts.tradeId));
  const standing = incoming.filter(({ facts }) => !cancelled.has(facts.tradeId));
  if (standing.length === 0) return;
  const state = await stateFor(tx, portfolio, standing);
  const outcome: Outcome = { events: [], decisions: [], superseded: [], runs: [], reserved: new Map(), currencies: new Set(), instruments: new Set() };
  for (const one of standing) decide(workings, state, outcome, one);
  await written(tx, portfolio, state, outcome, workings.now());
}

async function stateFor(tx: ValidationWrites, portfolio: LockedPortfolio, incoming: readonly Incoming[]): Promise<State> {
  const { organizationId, baseCurrency } = portfolio;
  const ids = incoming.map(({ facts }) => facts.tradeId);
  const book = await tx.book(organizationId, portfolio.id);
  const rules = inScope(await tx.ownRules(organizationId), portfolio.id);
  const decisions = await tx.newestDecisions(organizationId, ids);
  return {
    book, rules,
    commitments: new Map(await tx.commitments(organizationId, ids)),
    waiting: new Map([...decisions.values()].flatMap(({ tradeId, version, outcome }) => (outcome === 'PENDING_APPROVAL' ? [[tradeId, version]] : []))),
    market: await marketFor(tx, { organizationId, baseCurrency, trades: incoming.map(({ facts }) => termsOf(facts)), book, rules }),
  };
}

function decide(workings: Workings, state: State, outcome: Outcome, { cause, facts }: Incoming): void {
  const maker = { origin: causedBy(cause, 'validation'), newId: workings.newId, now: workings.now };
  const { tradeId, version, portfolioId } = facts;
  const waiting = state.waiting.get(tradeId);
  if (waiting !== undefined) {
    // what waits is answered before its successor is: nobody can approve it any more
    outcome.superseded.push({ tradeId, version: waiting, outcome: 'REJECTED', decidedBy: null, comment: `replaced by version ${version} before it was approved` });
    outcome.events.push(event(tradeRejected, portfolioId, { tradeId, version: waiting, portfolioId, checks: [], rejectedBy: null }, maker));
    state.waiting.delete(tradeId);
  }
  const former = state.commitments.get(tradeId);
  const { assessment, commitment } = assessed(state, facts, former);
  const { checks } = assessment;
  outcome.decisions.push({ tradeId, version, outcome: assessment.outcome, facts, maker: cause.actor });
  outcome.runs.push(runOf(workings, facts, assessment, 'CAPTURE'));
  switch (assessment.outcome) {
    case 'VALIDATED':
      take(state, outcome, commitment, former);
      outcome.events.push(event(tradeValidated, portfolioId, { ...facts, checks: [...checks], replaces: former?.version ?? null, approvedBy: null }, maker));
      break;
    case 'PENDING_APPROVAL':
      state.waiting.set(tradeId, version);
      outcome.events.push(event(tradeNeedsApproval, portfolioId, { tradeId, version, portfolioId, checks: [...checks] }, maker));
      break;
    case 'REJECTED':
      outcome.events.push(event(tradeRejected, portfolioId, { tradeId, version, portfolioId, checks: [...checks], rejectedBy: null }, maker));
  }
}

function assessed({ rules, book, market }: Pick<State, 'rules' | 'book' | 'market'>, facts: Told, former: Commitment | undefined): { assessment: Assessment; commitment: Commitment } {
  const trade: Terms = termsOf(facts);
  const effect = effectOf(trade);
  const changes = former === undefined ? [effect] : [negated(former), effect];
  return { assessment: assess(rules, book, changes, { trade, market }), commitment: { ...effect, tradeId: facts.tradeId, version: facts.version } };
}

function take(state: State, outcome: Outcome, commitment: Commitment, former: Commitment | undefined): void {
  const effects = former === undefined ? [commitment] : [negated(former), commitment];
  apply(state.book, effects);
  for (const { currency, instrumentId } of effects) {
    outcome.currencies.add(currency);
    outcome.instruments.add(instrumentId);
  }
  state.commitments.set(commitment.tradeId, commitment);
  outcome.reserved.set(commitment.tradeId, commitment);
}

export const runOf = ({ newId }: Workings, { tradeId, version }: Told, { outcome, checks }: Assessment, occasion: CheckRun['occasion']): CheckRun => ({
  id: newId('chk'), tradeId, version, occasion, outcome, checks,
  breaches: checks.filter((check) => check.outcome !== 'PASSED').map(({ ruleId, rule, kind, outcome: came, message }) => ({ id: newId('brc'), ruleId, rule, kind, outcome: came, message })),
});

async function written(tx: ValidationWrites, portfolio: LockedPortfolio, { book }: State, outcome: Outcome, at: Date): Promise<void> {
  await tx.insertDecisions(portfolio, outcome.decisions, at);
  if (outcome.superseded.length > 0) await tx.rule(outcome.superseded, at);
  await tx.recordRuns(portfolio, outcome.runs, at);
  const reserved = [...outcome.reserved.values()];
  if (reserved.length > 0) {
    await tx.reserve(portfolio, reserved);
    await tx.saveCash(portfolio, [...outcome.currencies].map((currency) => [currency, cashIn(book, currency)]));
    await tx.saveHoldings(portfolio, [...outcome.instruments].map((id) => [id, held(book, id)]));
  }
  await tx.outbox.add(outcome.events);
}

/** The same evaluation for one trade outside of a run: approvals and dry runs. */
export async function assessOne(reads: ValidationWrites | Workings['store'], portfolio: LockedPortfolio, trade: Terms, former: Commitment | undefined): Promise<Assessment> {
  const { organizationId, baseCurrency } = portfolio;
  const book = await reads.book(organizationId, portfolio.id);
  const rules = inScope(await reads.ownRules(organizationId), portfolio.id);
  const market = await marketFor(reads, { organizationId, baseCurrency, trades: [trade], book, rules });
  const effect = effectOf(trade);
  return assess(rules, book, former === undefined ? [effect] : [negated(former), effect], { trade, market });
}

/**
 * Decides a run of trade versions of one portfolio, in order, in the caller's transaction: each sees what those before it take and give.
 * An allowed version counts at once, in place of the version before; one that waits or is rejected leaves the version before as it stands. Nothing is said about a trade
 * while something that the rules rest on is written and has not been heard: then the trade waits.
 */
import { causedBy, type Event, event } from '@pms/events/envelope';
import { inStep } from '@pms/events/gathered';
import { NotYet } from '@pms/events/not-yet';
import { tradeNeedsApproval, tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import { counter } from '@pms/telemetry/metrics';
import type { Workings } from '../context.ts';
import { apply, type Book, cashIn, currenciesOf, type Effect, effectOf, held, negated, type Terms, termsOf, type Told } from '../domain/book.ts';
import { type Assessment, assess } from '../domain/decision.ts';
import type { Market } from '../domain/market.ts';
import { inScope, type Rule, type RuleKind } from '../domain/rule.ts';
import type { CheckRun, Commitment, LockedPortfolio, NewDecision, Ruling } from '../store/records.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { marketFor } from './market.ts';
import { type Asking, type Doubt, notHeard, notHeardBefore, restsOnBooks, restsOnCloses } from './tidings.ts';

const decided = counter('pms_trade_decisions_total', 'Versions of trades decided by the rules, by outcome', ['outcome']);

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

/** `behind` are events that are handled in the same transaction, after these. Throws NotYet for the first trade about which something would be said too early. */
export async function decideTrades(workings: Workings, tx: ValidationWrites, portfolio: LockedPortfolio, incoming: readonly Incoming[], behind: readonly Event[] = []): Promise<void> {
  if (incoming.length === 0) return;
  let made = await decisionsOn(workings, tx, portfolio, incoming);
  const asking = { newest: workings.newest, inOrderWith: portfolio.id, behind };
  const doubt = made === null ? null : doubtIn(made);
  if (made !== null && !(doubt !== null && restsOnBooks(doubt))) await allHeardBefore(tx, made, asking);
  if (doubt !== null) {
    const missing = await notHeard(tx, doubt, asking);
    if (missing.length > 0) throw new NotYet(doubt.first.id, missing);
    // closes do not come behind the portfolio's lock: there may be others by now than were read
    if (restsOnCloses(doubt)) made = await decisionsOn(workings, tx, portfolio, incoming);
  }
  if (made === null) return;
  await written(tx, portfolio, made, workings.now());
  for (const { outcome } of made.outcome.decisions) decided.inc({ outcome });
}

/** What was written before the last trade of a run: one that waits is tried again by itself. */
async function allHeardBefore(tx: ValidationWrites, { portfolio, standing, state: { rules } }: Made, asking: Asking): Promise<void> {
  const [first, last] = [standing[0]?.cause, standing.at(-1)?.cause];
  if (first === undefined || last === undefined) return;
  const missing = await notHeardBefore(tx, last, { portfolio, kinds: rules.map(({ demand }) => demand.kind) }, asking);
  if (missing.length > 0) throw new NotYet(first.id, missing);
}

/** A run of decisions that are not written yet. */
interface Made {
  readonly portfolio: LockedPortfolio;
  readonly standing: readonly Incoming[];
  readonly state: State;
  readonly outcome: Outcome;
}

/** Null where there is nothing to decide. */
async function decisionsOn(workings: Workings, tx: ValidationWrites, portfolio: LockedPortfolio, incoming: readonly Incoming[]): Promise<Made | null> {
  const found = await tx.situation(aboutOf(portfolio, incoming.map(({ facts }) => facts)));
  const standing = incoming.filter(({ facts }) => !found.cancelled.has(facts.tradeId));
  if (standing.length === 0) return null;
  // market data tells of an instrument a moment before or after its first trade: the trade is delivered again
  const unknown = standing.find(({ facts }) => !found.instruments.has(facts.instrumentId));
  if (unknown !== undefined) throw new Error(`instrument ${unknown.facts.instrumentId} is not known yet`);
  const { organizationId, baseCurrency, id } = portfolio;
  const rules = inScope(found.rules, id);
  const market = await marketFor(tx, found, { organizationId, baseCurrency, trades: standing.map(({ facts }) => termsOf(facts)), rules });
  const state: State = { book: found.book, commitments: new Map(found.commitments), waiting: new Map(found.waiting), rules, market };
  const outcome: Outcome = { events: [], decisions: [], superseded: [], runs: [], reserved: new Map(), currencies: new Set(), instruments: new Set() };
  for (const one of standing) decide(workings, state, outcome, one);
  return { portfolio, standing, state, outcome };
}

/** What rules said against trades of the run, and the event of the first of these; null where all are content. */
function doubtIn({ portfolio, standing, state: { book }, outcome: { runs } }: Made): (Doubt & { readonly first: Event }) | null {
  const at = runs.findIndex(({ breaches }) => breaches.length > 0);
  const first = standing[at]?.cause;
  if (first === undefined) return null;
  const kinds = [...new Set(runs.flatMap(({ breaches }) => breaches.map(({ kind }): RuleKind => kind)))];
  return { first, portfolio, kinds, instrumentIds: [...new Set([...standing.map(({ facts }) => facts.instrumentId), ...book.holdings.keys()])] };
}

const aboutOf = ({ organizationId, id }: LockedPortfolio, trades: readonly { readonly tradeId?: string; readonly instrumentId: string }[]) => ({
  organizationId, portfolioId: id, tradeIds: trades.flatMap(({ tradeId }) => (tradeId === undefined ? [] : [tradeId])),
  instrumentIds: [...new Set(trades.map(({ instrumentId }) => instrumentId))],
});

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
  for (const currency of currenciesOf(effects)) outcome.currencies.add(currency);
  for (const { instrumentId } of effects) outcome.instruments.add(instrumentId);
  state.commitments.set(commitment.tradeId, commitment);
  outcome.reserved.set(commitment.tradeId, commitment);
}

export const runOf = ({ newId }: Workings, { tradeId, version }: Told, { outcome, checks }: Assessment, occasion: CheckRun['occasion']): CheckRun => ({
  id: newId('chk'), tradeId, version, occasion, outcome, checks,
  breaches: checks.filter((check) => check.outcome !== 'PASSED').map(({ ruleId, rule, kind, outcome: came, message }) => ({ id: newId('brc'), ruleId, rule, kind, outcome: came, message })),
});

async function written(tx: ValidationWrites, portfolio: LockedPortfolio, { state: { book }, outcome }: Made, at: Date): Promise<void> {
  const recorded = tx.recordDecided(portfolio, {
    decisions: outcome.decisions, runs: outcome.runs, reserved: [...outcome.reserved.values()],
    cash: [...outcome.currencies].map((currency) => [currency, cashIn(book, currency)]),
    holdings: [...outcome.instruments].map((id) => [id, held(book, id)]),
  }, at);
  // events are made ready while Postgres writes the rows
  await inStep([recorded, tx.outbox.add(outcome.events)]);
  if (outcome.superseded.length > 0) await tx.rule(outcome.superseded, at);
}

export interface AssessedOne {
  readonly assessment: Assessment;
  readonly book: Book;
  /** What the trade adds, after what its former version takes back. */
  readonly effects: readonly Effect[];
  /** The version that counts now. */
  readonly former: Commitment | undefined;
}

/** The same evaluation for one trade outside of a run: approvals, and dry runs, which have no id. */
export async function assessOne(reads: ValidationWrites | Workings['store'], portfolio: LockedPortfolio, trade: Terms, tradeId?: string): Promise<AssessedOne> {
  const { organizationId, baseCurrency, id } = portfolio;
  const found = await reads.situation(aboutOf(portfolio, [{ ...trade, ...(tradeId !== undefined && { tradeId }) }]));
  const rules = inScope(found.rules, id);
  const market = await marketFor(reads, found, { organizationId, baseCurrency, trades: [trade], rules });
  const former = tradeId === undefined ? undefined : found.commitments.get(tradeId);
  const effect = effectOf(trade);
  const effects = former === undefined ? [effect] : [negated(former), effect];
  return { assessment: assess(rules, found.book, effects, { trade, market }), book: found.book, effects, former };
}

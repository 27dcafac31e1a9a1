/** A person's answer to a trade that waits: approved or rejected, by somebody other than those who made any version of it. Asking again for the same answer changes nothing. */
import { invalid, Refusal } from '@pms/errors';
import { type EventMaker, event } from '@pms/events/envelope';
import { NotYet } from '@pms/events/not-yet';
import { tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import { awaitHeard } from '@pms/subgraph/await-known';
import type { ValidationContext } from '../context.ts';
import { apply, cashIn, currenciesOf, effectOf, held, termsOf } from '../domain/book.ts';
import type { Check } from '../domain/check.ts';
import type { TradeReference } from '../domain/decision.ts';
import type { LockedPortfolio, StandingDecision } from '../store/records.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { assessOne, runOf } from './decide-trades.ts';
import { notHeard, restsOnCloses } from './tidings.ts';

interface Answer {
  readonly tradeId: string;
  readonly expectedVersion?: number | null | undefined;
}

const WORDS_MAX = 1_000;

const unknownTrade = (): Refusal => new Refusal('NOT_FOUND', 'there is no such trade, or it was not checked yet', ['tradeId']);

export const approveTrade = (ctx: ValidationContext, input: Answer & { readonly comment?: string | null | undefined }): Promise<TradeReference> =>
  awaitHeard(() => answer(ctx, input, 'VALIDATED', input.comment ?? null, approved), 'tradeId');

export function rejectTrade(ctx: ValidationContext, input: Answer & { readonly reason: string }): Promise<TradeReference> {
  if (input.reason.trim() === '') throw invalid('a rejection needs a reason', 'reason');
  return answer(ctx, input, 'REJECTED', input.reason, rejected);
}

type Carry = (ctx: ValidationContext, tx: ValidationWrites, portfolio: LockedPortfolio, waiting: StandingDecision, words: string | null) => Promise<void>;

async function answer(ctx: ValidationContext, { tradeId, expectedVersion }: Answer, outcome: 'VALIDATED' | 'REJECTED', words: string | null, carry: Carry): Promise<TradeReference> {
  if ((words?.length ?? 0) > WORDS_MAX) throw invalid(`at most ${WORDS_MAX} characters`, outcome === 'REJECTED' ? 'reason' : 'comment');
  const { organizationId, subject } = ctx.principal;
  const portfolioId = await ctx.store.portfolioOf(organizationId, tradeId);
  if (portfolioId === null) throw unknownTrade();
  await ctx.store.transaction(async (tx) => {
    const portfolio = await tx.lockPortfolio(organizationId, portfolioId);
    const waiting = (await tx.newestDecisions(organizationId, [tradeId])).get(tradeId);
    if (portfolio === null || waiting === undefined) throw unknownTrade();
    if (waiting.outcome === outcome && waiting.decidedBy === subject) return;
    await checkWaiting(tx, waiting, expectedVersion);
    if ((await tx.makersOf(organizationId, tradeId)).has(subject)) throw new Refusal('NOT_PERMITTED', 'who captured or amended a trade does not decide about it', ['tradeId']);
    await carry(ctx, tx, portfolio, waiting, words);
    await tx.rule([{ tradeId, version: waiting.version, outcome, decidedBy: subject, comment: words }], ctx.now());
  });
  return { id: tradeId };
}

async function checkWaiting(tx: ValidationWrites, { tradeId, version, outcome }: StandingDecision, expectedVersion: number | null | undefined): Promise<void> {
  if (outcome !== 'PENDING_APPROVAL' || (await tx.cancelledAmong([tradeId])).has(tradeId)) throw new Refusal('CONFLICT', 'the trade does not wait for approval', ['tradeId']);
  if (expectedVersion != null && expectedVersion !== version) throw new Refusal('CONFLICT', `version ${version} waits by now`, ['expectedVersion']);
}

/** What was allowed when the trade was captured may not be so any more: rules that block are asked again, by all that was written until now. Throws NotYet while some of that has not come. */
async function approved(ctx: ValidationContext, tx: ValidationWrites, portfolio: LockedPortfolio, waiting: StandingDecision, comment: string | null): Promise<void> {
  const { facts, tradeId, version } = waiting;
  const trade = termsOf(facts);
  const first = await assessOne(tx, portfolio, trade, tradeId);
  const asking = { kinds: first.assessment.checks.map(({ kind }) => kind), portfolio, instrumentIds: [trade.instrumentId, ...first.book.holdings.keys()] };
  const missing = await notHeard(tx, asking, { newest: ctx.newest, inOrderWith: null, behind: [] });
  if (missing.length > 0) throw new NotYet(tradeId, missing);
  // closes do not come behind the portfolio's lock
  const { assessment, book, effects, former } = restsOnCloses(asking) ? await assessOne(tx, portfolio, trade, tradeId) : first;
  const failed = assessment.checks.find(({ outcome }) => outcome === 'FAILED');
  if (failed !== undefined) throw blockedBy(failed);
  apply(book, effects);
  await tx.recordDecided(portfolio, {
    decisions: [], runs: [runOf(ctx, facts, { ...assessment, outcome: 'VALIDATED' }, 'APPROVAL')], reserved: [{ ...effectOf(trade), tradeId, version }],
    cash: currenciesOf(effects).map((currency) => [currency, cashIn(book, currency)]),
    holdings: [...new Set(effects.map(({ instrumentId }) => instrumentId))].map((id) => [id, held(book, id)]),
  }, ctx.now());
  await tx.outbox.add([event(tradeValidated, portfolio.id,
    { ...facts, checks: [...assessment.checks], replaces: former?.version ?? null, approvedBy: ctx.principal.subject }, makerOf(ctx, comment))]);
}

const blockedBy = ({ kind, rule, message }: Check): Refusal =>
  new Refusal(kind === 'SUFFICIENT_CASH' ? 'INSUFFICIENT_FUNDS' : 'CONFLICT', `${rule}: ${message}`, ['tradeId']);

async function rejected(ctx: ValidationContext, tx: ValidationWrites, portfolio: LockedPortfolio, { tradeId, version }: StandingDecision, reason: string | null): Promise<void> {
  await tx.outbox.add([event(tradeRejected, portfolio.id,
    { tradeId, version, portfolioId: portfolio.id, checks: [], rejectedBy: ctx.principal.subject }, makerOf(ctx, reason))]);
}

const makerOf = ({ origin, newId, now }: ValidationContext, reason: string | null): EventMaker => ({ origin: { ...origin, reason: reason ?? undefined }, newId, now });

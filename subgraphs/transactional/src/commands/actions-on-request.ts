/** Corporate actions as people ask for them: all that is due, and the exercise of rights. */
import { invalid, Refusal } from '@pms/errors';
import { decimal, text, ZERO } from '@pms/money';
import { RATE_AGE_DAYS_MAX } from '@pms/money/fx';
import { contentHash } from '@pms/subgraph/idempotency';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import { asAction, type ToldAction } from '../domain/told-action.ts';
import type { Posting } from '../store/books-store.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { withRates } from './action-rates.ts';
import { applyDueActions, changeActions } from './apply-actions.ts';
import { type Processed, processDueActions } from './process-actions.ts';

const PORTFOLIOS_MAX = 5_000;
const AHEAD_DAYS_MAX = 10;
const KEY_LENGTH_MAX = 200;

const today = (ctx: TransactionalContext): string => ctx.now().toISOString().slice(0, 10);
const unknown = (): Refusal => new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);

export async function processCorporateActions(ctx: TransactionalContext, { asOf, portfolioId = null }: { readonly asOf: string; readonly portfolioId?: string | null | undefined }): Promise<Processed> {
  if (asOf > addDays(today(ctx), AHEAD_DAYS_MAX)) throw invalid(`corporate actions can be taken in at most ${AHEAD_DAYS_MAX} days ahead`, 'asOf');
  const { organizationId } = ctx.principal;
  if (portfolioId !== null && (await ctx.store.portfolioOf(organizationId, portfolioId)) === null) throw unknown();
  return processDueActions(ctx, { organizationId, portfolioId, asOf, portfoliosMax: PORTFOLIOS_MAX, originFor: () => ctx.origin });
}

export interface ExerciseRights {
  readonly portfolioId: string;
  /** The rights issue. */
  readonly corporateActionId: string;
  /** How many rights are given up. */
  readonly rights: string;
  readonly effectiveDate?: string | null | undefined;
  readonly idempotencyKey: string;
}

export async function exerciseRights(ctx: TransactionalContext, { idempotencyKey, ...input }: ExerciseRights): Promise<Entitlement> {
  if (idempotencyKey.trim() === '' || idempotencyKey.length > KEY_LENGTH_MAX) throw invalid(`an idempotency key has 1 to ${KEY_LENGTH_MAX} characters`, 'idempotencyKey');
  if (!decimal(input.rights).greaterThan(0)) throw invalid('the number of rights is greater than zero', 'rights');
  const { organizationId } = ctx.principal;
  if ((await ctx.store.portfolioOf(organizationId, input.portfolioId)) === null) throw unknown();
  const issue = await ctx.store.announcedAction(organizationId, input.corporateActionId);
  if (issue === null) throw new Refusal('NOT_FOUND', 'there is no such corporate action', ['corporateActionId']);
  const effectiveOn = input.effectiveDate ?? today(ctx);
  if (effectiveOn > today(ctx)) throw invalid('rights cannot be exercised on a day that has not come', 'effectiveDate');
  const request = { key: idempotencyKey, hash: contentHash({ exercise: input }) };
  return ctx.store.transaction(async (tx) => {
    const portfolio = await tx.lock(input.portfolioId);
    if (portfolio === null) throw unknown();
    return (await answeredBefore(tx, portfolio, request)) ?? exercise(ctx, tx, portfolio, { told: exerciseOf(issue, ctx.newId('exr'), { ...input, effectiveOn }), request });
  });
}

/** The terms of the issue, as an action of the rights. */
function exerciseOf(issue: ToldAction & Subscription, actionId: string, { rights, effectiveOn }: { readonly rights: string; readonly effectiveOn: string }): ToldAction {
  const { newInstrumentId, subscriptionPrice = null, subscribedInstrumentId = null, subscribedShares = null, subscribedRights = null, expiresOn = null } = issue;
  if (issue.kind !== 'RIGHTS_ISSUE' || newInstrumentId === null || subscriptionPrice === null || expiresOn === null)
    throw invalid('it issues no rights that can be exercised', 'corporateActionId');
  if (effectiveOn > expiresOn || effectiveOn < issue.exDate) throw invalid(`these rights can be exercised from ${issue.exDate} to ${expiresOn}`, 'effectiveDate');
  return {
    actionId, version: 1, instrumentId: newInstrumentId, kind: 'RIGHTS_EXERCISE', exDate: effectiveOn, payDate: effectiveOn, currency: issue.currency, cashPerShare: subscriptionPrice,
    withholdingRate: null, newShares: subscribedShares, oldShares: subscribedRights, newInstrumentId: subscribedInstrumentId, basisShare: null, oldPrice: null, newPrice: null,
    cashInLieuPrice: null, taxable: false, rights,
  };
}

interface Subscription {
  readonly subscriptionPrice?: string | null;
  readonly subscribedInstrumentId?: string | null;
  readonly subscribedShares?: string | null;
  readonly subscribedRights?: string | null;
  readonly expiresOn?: string | null;
}

async function answeredBefore(tx: Posting, { id, organizationId }: LockedPortfolio, { key, hash }: { readonly key: string; readonly hash: string }): Promise<Entitlement | null> {
  const earlier = await tx.request(organizationId, key);
  if (earlier === null) return null;
  if (earlier.contentHash !== hash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'this key was used for something else', ['idempotencyKey']);
  return (await tx.entitlementsById(id, [earlier.reference]))[0] ?? null;
}

/**
 * The exercise out of one position: that in the currency of the subscription, where it has so many rights, else the first that has. What is held in another currency
 * counts at the rate published last on or before the day; MISSING_RATE where there is none, since nothing can be subscribed at an unknown cost.
 */
async function outOfPosition(tx: Posting, portfolio: LockedPortfolio, told: ToldAction): Promise<ToldAction> {
  const held = (await tx.positionsOf(portfolio.id, [told.instrumentId])).filter(({ quantity }) => quantity.greaterThan(0));
  const enough = held.filter(({ quantity }) => quantity.greaterThanOrEqualTo(decimal(told.rights ?? '0')));
  const position = enough.find(({ currency }) => currency === told.currency) ?? enough.toSorted((a, b) => (a.currency < b.currency ? -1 : 1))[0];
  if (position === undefined) throw invalid(held.length > 1 ? `${held.map(({ quantity, currency }) => `${text(quantity)} rights in ${currency}`).join(' and ')} are held: exercise those of one currency at a time` : `${text(held[0]?.quantity ?? ZERO)} rights are held`, 'rights');
  const rated = position.currency === told.currency ? told : await withRates(tx, portfolio, told);
  if (rated.currency !== position.currency && rated.rates?.every(({ currency }) => currency !== position.currency) !== false)
    throw new Refusal('MISSING_RATE', `the subscription is paid in ${told.currency} and the rights are held in ${position.currency}: there is no rate between them for ${told.exDate}, nor one of the ${RATE_AGE_DAYS_MAX} days before`, ['corporateActionId']);
  return { ...rated, heldIn: position.currency };
}

async function exercise(ctx: TransactionalContext, tx: Posting, portfolio: LockedPortfolio, { told, request }: { told: ToldAction; request: { key: string; hash: string } }): Promise<Entitlement> {
  const exercised = await outOfPosition(tx, portfolio, told);
  const action = asAction(exercised, ctx.newId('ent'));
  await tx.rememberRequest(portfolio.organizationId, { ...request, reference: action.entitlementId });
  const after = await changeActions(ctx, tx, portfolio, { outdated: [], added: [{ announced: { told: exercised }, action }], origin: ctx.origin });
  await applyDueActions(ctx, tx, after, { asOf: today(ctx), origin: ctx.origin });
  const [made] = await tx.entitlementsById(portfolio.id, [action.entitlementId]);
  if (made === undefined) throw new Error(`exercise ${action.entitlementId} was not kept`);
  return made;
}

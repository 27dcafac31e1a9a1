/**
 * A page of what corporate actions did in a portfolio; empty for one that is unknown or another organisation's. At a moment it is worked out anew: from the
 * actions that counted, the trades that stood and the payments that had been made then.
 */
import { badInput } from '@pms/errors';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import { isEmptyOutcome } from '../domain/action-entries.ts';
import { standingActions } from '../domain/told-action.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { Moment } from '../store/history-reads.ts';
import { isNow, type MomentArgs, momentOf, newestFirst, pageFrom } from './moment.ts';
import { replayedOutcomes } from './positions.ts';

const placeOf = ({ action }: Pick<Entitlement, 'action'>): readonly string[] => [action.effectiveOn, action.entitlementId];

export async function entitlementsOf(ctx: TransactionalContext, portfolioId: string, args: PageArgs & MomentArgs): Promise<Connection<Entitlement>> {
  const page = pageOf(args);
  const moment = momentOf(args);
  if (isNow(moment)) return connectionOf(await ctx.store.entitlementPage(ctx.principal.organizationId, portfolioId, page), page, placeOf);
  if (page.from !== null && page.from.length !== 2) throw badInput('the cursor is not one that this list gave out');
  const all = (await entitlementsThen(ctx, portfolioId, moment)).toSorted((a, b) => newestFirst(placeOf(a), placeOf(b)));
  return connectionOf(pageFrom(all, page, (row, key) => newestFirst(placeOf(row), key)), page, placeOf);
}

async function entitlementsThen({ store, principal: { organizationId } }: TransactionalContext, portfolioId: string, moment: Moment): Promise<Entitlement[]> {
  const then = (await store.tradesThen(organizationId, [portfolioId], moment)).get(portfolioId);
  const standing = standingActions(await store.actionFactsThen(organizationId, portfolioId, moment));
  if (then === undefined || standing.length === 0) return [];
  const outcomes = replayedOutcomes(then);
  return standing.flatMap(({ action, told, factSequence, paidOn }): Entitlement[] => {
    const outcome = outcomes.get(action.entitlementId);
    return outcome === undefined || isEmptyOutcome(outcome) ? [] : [{ action, told, factSequence, paidOn, step: paidOn === null ? 'applied' : 'paid', outcome }];
  });
}

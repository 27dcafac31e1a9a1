/** Keeps corporate actions as market data tells of them. The books take them in when they are due, portfolio by portfolio, each in a transaction of its own. */
import type { Event } from '@pms/events/envelope';
import type { CorporateActionFacts } from '@pms/schema/events/rttm';
import type { BooksContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import type { ToldAction } from '../domain/told-action.ts';

/** Rights that nobody exercised become void by themselves: an action of its own, on the day after the last. */
const lapseOf = (actionId: string): string => `${actionId}/lapse`;

/** Announced or amended. */
export const knowAction = (ctx: BooksContext, event: Event, facts: CorporateActionFacts): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    const { organizationId, actor, correlationId, id: causationId } = event;
    const known = { cancelled: false, actor, correlationId, causationId };
    await tx.keepAction(organizationId, { ...known, told: facts });
    const lapse = lapsing(facts);
    if (lapse !== null) await tx.keepAction(organizationId, { ...known, told: lapse });
    else if (facts.kind === 'RIGHTS_ISSUE') await tx.cancelAction(organizationId, lapseOf(facts.actionId), facts.version);
  });

export const forgetAction = (ctx: BooksContext, event: Event, { actionId, version }: { readonly actionId: string; readonly version: number }): Promise<void> =>
  ctx.store.transaction(async (tx) => {
    if (!(await tx.firstSight(event.id))) return;
    await tx.cancelAction(event.organizationId, actionId, version);
    await tx.cancelAction(event.organizationId, lapseOf(actionId), version);
  });

function lapsing({ kind, expiresOn, newInstrumentId, actionId, version, currency }: CorporateActionFacts): ToldAction | null {
  if (kind !== 'RIGHTS_ISSUE' || expiresOn === null || newInstrumentId === null) return null;
  return {
    actionId: lapseOf(actionId), version, instrumentId: newInstrumentId, kind: 'RIGHTS_LAPSE', exDate: addDays(expiresOn, 1), payDate: null, currency, cashPerShare: null, withholdingRate: null,
    newShares: null, oldShares: null, newInstrumentId: null, basisShare: null, oldPrice: null, newPrice: null, cashInLieuPrice: null, taxable: false,
  };
}

/** Places and releases legal holds. While one stands on somebody, nothing of them is erased. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { legalHoldPlaced, legalHoldReleased } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { type LegalHold, reasoned } from '../domain/legal-hold.ts';

export async function placeLegalHold(ctx: AuthContext, input: { readonly userId: string; readonly reason: string }): Promise<LegalHold> {
  const { organizationId, subject } = ctx.principal;
  const hold: LegalHold = {
    id: ctx.newId('hld'), organizationId, personId: input.userId, reason: reasoned(input.reason), placedBy: subject, placedAt: ctx.now(), releasedBy: null, releasedAt: null,
  };
  await ctx.store.transaction(async (tx) => {
    if ((await tx.userForUpdate(organizationId, input.userId)) === null) throw new Refusal('NOT_FOUND', 'there is no such user', ['userId']);
    await tx.insertHold(hold);
    await tx.outbox.add([event(legalHoldPlaced, hold.personId, { legalHoldId: hold.id, userId: hold.personId }, { ...ctx, origin: { ...ctx.origin, reason: hold.reason } })]);
  });
  return hold;
}

/** The one who placed it may not release it. */
export async function releaseLegalHold(ctx: AuthContext, input: { readonly legalHoldId: string; readonly reason: string }): Promise<LegalHold> {
  const { organizationId, subject } = ctx.principal;
  const reason = reasoned(input.reason);
  return ctx.store.transaction(async (tx) => {
    const hold = await tx.releaseHold(organizationId, input.legalHoldId, { actor: subject, at: ctx.now() });
    if (hold === null) throw new Refusal('NOT_FOUND', 'there is no such hold that stands', ['legalHoldId']);
    if (hold.placedBy === subject) throw new Refusal('NOT_PERMITTED', 'somebody else has to release what you placed', ['legalHoldId']);
    await tx.outbox.add([event(legalHoldReleased, hold.personId, { legalHoldId: hold.id, userId: hold.personId }, { ...ctx, origin: { ...ctx.origin, reason } })]);
    return hold;
  });
}

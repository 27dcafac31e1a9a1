/** Erases a user for good: the key under which their address and name are sealed is destroyed, wherever the sealed text lies. What they did stays on record, under an id that names nobody. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { personErased } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { reasoned } from '../domain/legal-hold.ts';

export interface ErasePerson {
  readonly userId: string;
  readonly reason: string;
}

/** Refuses one's own erasure, that of the last ADMIN, and that of somebody on whom a legal hold stands. */
export async function erasePerson(ctx: AuthContext, { userId, reason: given }: ErasePerson): Promise<{ userId: string; erasedAt: string }> {
  const { organizationId, subject } = ctx.principal;
  const reason = reasoned(given);
  if (userId === subject) throw new Refusal('NOT_PERMITTED', 'somebody else has to erase you', ['userId']);
  const at = ctx.now();
  await ctx.store.transaction(async (tx) => {
    const otherAdmins = await tx.otherAdmins(organizationId, userId);
    const user = await tx.userForUpdate(organizationId, userId);
    if (user === null) throw new Refusal('NOT_FOUND', 'there is no such user', ['userId']);
    const [hold] = await tx.holdsOn(organizationId, userId);
    if (hold !== undefined) throw new Refusal('CONFLICT', `a legal hold stands since ${hold.placedAt.toISOString()}: ${hold.reason}`, ['userId']);
    if (user.roles.includes('ADMIN') && otherAdmins === 0) throw new Refusal('CONFLICT', 'the organisation would be left without an ADMIN', ['userId']);
    await tx.endSessions(userId);
    await tx.revokeTokens(userId, at);
    await tx.erase(organizationId, userId, at);
    await tx.outbox.add([event(personErased, userId, { userId }, { ...ctx, origin: { ...ctx.origin, reason } })]);
  });
  return { userId, erasedAt: at.toISOString() };
}

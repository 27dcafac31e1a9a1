/** Ends every session of a user, and revokes their refresh tokens and their access tokens. Anybody may end their own; another's needs identity:manage. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { sessionsRevoked } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import type { User } from '../domain/user.ts';

export interface RevokeSessions {
  readonly userId?: string | null | undefined;
  readonly reason?: string | null | undefined;
}

export async function revokeSessions(ctx: AuthContext, { userId: asked, reason }: RevokeSessions): Promise<{ user: User; revoked: number }> {
  const { principal } = ctx;
  const userId = asked ?? principal.subject;
  if (userId !== principal.subject && !principal.scopes.has('identity:manage'))
    throw new Refusal('NOT_PERMITTED', 'only your own sessions', ['userId']);
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  return ctx.store.transaction(async (tx) => {
    const user = await tx.userForUpdate(principal.organizationId, userId);
    if (user === null) throw new Refusal('NOT_FOUND', 'there is no such user', ['userId']);
    const revoked = await tx.endSessions(userId);
    await tx.revokeTokens(userId, ctx.now());
    await tx.outbox.add([event(sessionsRevoked, userId, { userId }, { ...ctx, origin })]);
    return { user, revoked };
  });
}

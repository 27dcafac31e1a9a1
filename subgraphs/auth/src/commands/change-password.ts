/** Changes the caller's own password, ends all their sessions and revokes every access token of theirs but the one they ask with. Throws RATE_LIMITED after too many wrong guesses at the current one. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { passwordChanged } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { acceptable } from '../domain/password.ts';
import type { User } from '../domain/user.ts';
import { confirmedAccount, ownAccount } from './own-account.ts';

export interface ChangePassword {
  readonly currentPassword: string;
  readonly newPassword: string;
}

export async function changePassword(ctx: AuthContext, { currentPassword, newPassword }: ChangePassword): Promise<User> {
  const { subject, organizationId, tokenId } = ctx.principal;
  await ownAccount(ctx);
  acceptable(newPassword, 'newPassword');
  await confirmedAccount(ctx, currentPassword);
  const passwordHash = await ctx.hashing.hash(newPassword);
  return ctx.store.transaction(async (tx) => {
    const user = await tx.userForUpdate(organizationId, subject);
    if (user === null) throw new Refusal('NOT_FOUND', 'there is no such user');
    await tx.savePassword(subject, passwordHash);
    await tx.endSessions(subject);
    await tx.revokeTokens(subject, ctx.now(), tokenId);
    await tx.outbox.add([event(passwordChanged, subject, { userId: subject }, ctx)]);
    return user;
  });
}

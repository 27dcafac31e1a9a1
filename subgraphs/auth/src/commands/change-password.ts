/** Changes the caller's own password, ends all their sessions and revokes every access token of theirs but the one they ask with. Throws RATE_LIMITED after too many wrong guesses at the current one. */
import { DomainError, invalid, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { passwordChanged } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { acceptable } from '../domain/password.ts';
import type { User } from '../domain/user.ts';

export interface ChangePassword {
  readonly currentPassword: string;
  readonly newPassword: string;
}

export async function changePassword(ctx: AuthContext, { currentPassword, newPassword }: ChangePassword): Promise<User> {
  const { subject, organizationId, tokenId } = ctx.principal;
  const found = await ctx.store.userById(subject);
  if (found === null) throw new Refusal('NOT_PERMITTED', 'a service client has a secret, not a password');
  acceptable(newPassword, 'newPassword');
  const outcome = await ctx.confirm(found.user.email, found.passwordHash, currentPassword);
  if ('refused' in outcome) {
    if (outcome.refused === 'WRONG') throw invalid('that is not the current password', 'currentPassword');
    throw new DomainError('RATE_LIMITED', 'too many wrong passwords', { retryAfterMs: outcome.until.getTime() - ctx.now().getTime() });
  }
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

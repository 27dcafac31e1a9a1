/** The caller's own account, for what only its owner may change: they say their password again. */
import { DomainError, invalid, Refusal } from '@pms/errors';
import type { AuthContext } from '../context.ts';
import type { User } from '../domain/user.ts';

/** Throws NOT_PERMITTED for a service client. */
export async function ownAccount(ctx: AuthContext): Promise<{ readonly user: User; readonly passwordHash: string }> {
  const found = await ctx.store.userById(ctx.principal.subject);
  if (found === null) throw new Refusal('NOT_PERMITTED', 'a service client has a secret, and no account of a person');
  return found;
}

/** Throws INVALID for another password, RATE_LIMITED after too many of them. */
export async function confirmedAccount(ctx: AuthContext, currentPassword: string): Promise<User> {
  const { user, passwordHash } = await ownAccount(ctx);
  const outcome = await ctx.confirm(user.email, passwordHash, currentPassword);
  if ('as' in outcome) return user;
  if (outcome.refused === 'WRONG') throw invalid('that is not the current password', 'currentPassword');
  throw new DomainError('RATE_LIMITED', 'too many wrong passwords', { retryAfterMs: outcome.until.getTime() - ctx.now().getTime() });
}

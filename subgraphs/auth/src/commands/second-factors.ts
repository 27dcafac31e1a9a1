/**
 * The caller's authenticator app and recovery codes. A secret counts once a code of it was given back; codes are shown this once. What is added or
 * taken away ends every session and access token of the user but the one that asks.
 */
import { DomainError, invalid, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { recoveryCodesRenewed, secondFactorAdded, secondFactorRemoved, secondFactorsReset } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import type { User } from '../domain/user.ts';
import type { AuthWrites } from '../store/writes.ts';
import { confirmedAccount, ownAccount } from './own-account.ts';

/** Only for what the caller asks now: other sessions were opened with less. */
export async function endOthers(ctx: AuthContext, tx: AuthWrites): Promise<void> {
  const { subject, tokenId } = ctx.principal;
  await tx.endSessions(subject);
  await tx.revokeTokens(subject, ctx.now(), tokenId);
}

export async function beginTotp(ctx: AuthContext, { currentPassword }: { readonly currentPassword: string }): Promise<{ secret: string; uri: string }> {
  const user = await confirmedAccount(ctx, currentPassword);
  const { secret, uri, sealed } = await ctx.factors.propose(user);
  const proposed = await ctx.store.transaction((tx) => tx.proposeTotp(user, sealed, ctx.now()));
  if (!proposed) throw new Refusal('CONFLICT', 'there is an authenticator app already: remove it first');
  return { secret, uri };
}

export async function confirmTotp(ctx: AuthContext, { code }: { readonly code: string }): Promise<{ user: User; recoveryCodes: readonly string[] }> {
  const { user } = await ownAccount(ctx);
  await counted(ctx, user, () => ctx.factors.spendCode(user.id, code, false));
  const { codes, digests } = await ctx.factors.recoveryCodes();
  await ctx.store.transaction(async (tx) => {
    if (!(await tx.confirmTotp(user.id, ctx.now()))) throw new Refusal('CONFLICT', 'it was confirmed already');
    await tx.replaceRecoveryCodes(user, digests, ctx.now());
    await endOthers(ctx, tx);
    await tx.outbox.add([event(secondFactorAdded, user.id, { userId: user.id, kind: 'TOTP', name: null }, ctx)]);
  });
  return { user, recoveryCodes: codes };
}

interface Proven {
  readonly currentPassword: string;
  readonly code: string;
}

export async function removeTotp(ctx: AuthContext, { currentPassword, code }: Proven): Promise<User> {
  const user = await confirmedAccount(ctx, currentPassword);
  await counted(ctx, user, async () => (await ctx.factors.spend(user.id, code)) !== null);
  await ctx.store.transaction(async (tx) => {
    if (!(await tx.removeTotp(user.id))) throw new Refusal('CONFLICT', 'there is no authenticator app');
    await tx.dropIdleRecoveryCodes(user.id);
    await endOthers(ctx, tx);
    await tx.outbox.add([event(secondFactorRemoved, user.id, { userId: user.id, kind: 'TOTP', name: null }, ctx)]);
  });
  return user;
}

/** With the password alone: a person who has a passkey and no app has no code to give. */
export async function renewRecoveryCodes(ctx: AuthContext, { currentPassword }: { readonly currentPassword: string }): Promise<{ user: User; recoveryCodes: readonly string[] }> {
  const user = await confirmedAccount(ctx, currentPassword);
  if (!(await ctx.factors.needed(user.id))) throw new Refusal('CONFLICT', 'there is no second factor that they could stand in for');
  const { codes, digests } = await ctx.factors.recoveryCodes();
  await ctx.store.transaction(async (tx) => {
    await tx.replaceRecoveryCodes(user, digests, ctx.now());
    await tx.outbox.add([event(recoveryCodesRenewed, user.id, { userId: user.id }, ctx)]);
  });
  return { user, recoveryCodes: codes };
}

export interface ResetSecondFactors {
  readonly userId: string;
  readonly reason?: string | null | undefined;
}

/** For somebody who has lost theirs: by another person, who is not the one that it lets in. */
export async function resetSecondFactors(ctx: AuthContext, { userId, reason }: ResetSecondFactors): Promise<User> {
  if (userId === ctx.principal.subject) throw new Refusal('NOT_PERMITTED', 'not your own: who is let in by it is not who decides it', ['userId']);
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  return ctx.store.transaction(async (tx) => {
    const user = await tx.userForUpdate(ctx.principal.organizationId, userId);
    if (user === null) throw new Refusal('NOT_FOUND', 'there is no such user', ['userId']);
    if ((await tx.removeFactors(userId)) === 0) throw new Refusal('CONFLICT', 'they have no second factor', ['userId']);
    await tx.endSessions(userId);
    await tx.revokeTokens(userId, ctx.now());
    await tx.outbox.add([event(secondFactorsReset, userId, { userId }, { ...ctx, origin })]);
    return user;
  });
}

/** Throws INVALID for a wrong code, RATE_LIMITED after too many. */
async function counted(ctx: AuthContext, { id }: User, proven: () => Promise<boolean>): Promise<void> {
  const outcome = await ctx.confirmFactor(id, proven);
  if ('as' in outcome) return;
  if (outcome.refused === 'WRONG') throw invalid('that is not a code that holds now; one that was used does not hold again', 'code');
  throw new DomainError('RATE_LIMITED', 'too many wrong codes', { retryAfterMs: outcome.until.getTime() - ctx.now().getTime() });
}

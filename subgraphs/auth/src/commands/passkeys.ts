/** The caller's passkeys. The first second factor of a user comes with recovery codes, which are shown this once. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { secondFactorAdded, secondFactorRemoved } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { named } from '../domain/name.ts';
import { type Passkey, PASSKEYS_MAX } from '../domain/passkey.ts';
import type { User } from '../domain/user.ts';
import { confirmedAccount, ownAccount } from './own-account.ts';
import { endOthers } from './second-factors.ts';

/** The options for `navigator.credentials.create`. */
export async function beginPasskey(ctx: AuthContext, { currentPassword }: { readonly currentPassword: string }): Promise<object> {
  const user = await confirmedAccount(ctx, currentPassword);
  if ((await ctx.factors.of(user.id)).passkeys.length >= PASSKEYS_MAX) throw new Refusal('CONFLICT', `at most ${PASSKEYS_MAX} passkeys`);
  return ctx.passkeys.askToRegister(user);
}

export interface FinishPasskey {
  readonly name: string;
  readonly response: unknown;
}

export async function finishPasskey(ctx: AuthContext, { name, response }: FinishPasskey): Promise<{ passkey: Passkey; recoveryCodes: readonly string[] | null }> {
  const { user } = await ownAccount(ctx);
  const passkey = await ctx.passkeys.register(user, response, named(name, 'name'));
  const first = !(await ctx.factors.needed(user.id));
  const { codes, digests } = await ctx.factors.recoveryCodes();
  await ctx.store.transaction(async (tx) => {
    if (!(await tx.insertPasskey(passkey))) throw new Refusal('CONFLICT', 'this passkey is registered already', ['response']);
    if (first) await tx.replaceRecoveryCodes(user, digests, ctx.now());
    await endOthers(ctx, tx);
    await tx.outbox.add([event(secondFactorAdded, user.id, { userId: user.id, kind: 'PASSKEY', name: passkey.name }, ctx)]);
  });
  return { passkey, recoveryCodes: first ? codes : null };
}

export interface RemovePasskey {
  readonly passkeyId: string;
  readonly currentPassword: string;
}

export async function removePasskey(ctx: AuthContext, { passkeyId, currentPassword }: RemovePasskey): Promise<User> {
  const user = await confirmedAccount(ctx, currentPassword);
  const held = (await ctx.factors.of(user.id)).passkeys.find(({ id }) => id === passkeyId);
  await ctx.store.transaction(async (tx) => {
    if (held === undefined || !(await tx.removePasskey(user.id, passkeyId))) throw new Refusal('NOT_FOUND', 'there is no such passkey of yours', ['passkeyId']);
    await tx.dropIdleRecoveryCodes(user.id);
    await endOthers(ctx, tx);
    await tx.outbox.add([event(secondFactorRemoved, user.id, { userId: user.id, kind: 'PASSKEY', name: held.name }, ctx)]);
  });
  return user;
}

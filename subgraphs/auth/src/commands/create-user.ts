/** Adds a user to the caller's organisation. The caller cannot give roles that allow more than they may do themselves, nor name investors that there are not. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { scopesOf } from '@pms/identity/principal';
import { userCreated } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { acceptable } from '../domain/password.ts';
import type { Role } from '../domain/role.ts';
import { newUser, type User } from '../domain/user.ts';
import { newSecret } from './new-secret.ts';
import { mustKnowInvestors } from './references.ts';

export interface CreateUser {
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly investorIds?: readonly string[] | null | undefined;
  readonly password?: string | null | undefined;
}

/** `initialPassword` is null where the input had one. */
export async function createUser(ctx: AuthContext, { email, displayName, roles, investorIds, password }: CreateUser): Promise<{ user: User; initialPassword: string | null }> {
  const user = newUser({ id: ctx.newId('usr'), organizationId: ctx.principal.organizationId, email, displayName, roles, investorIds: investorIds ?? [], createdAt: ctx.now() });
  mustHold(ctx, user.roles);
  await mustKnowInvestors(ctx, investorIds ?? []);
  const initialPassword = password == null ? newSecret() : null;
  const passwordHash = await ctx.hashing.hash(initialPassword ?? acceptable(password ?? '', 'password'));
  await ctx.store.transaction(async (tx) => {
    const sealed = await tx.insertUser(user, passwordHash);
    if (sealed === null) throw new Refusal('CONFLICT', 'somebody signs in with this e-mail address', ['email']);
    await tx.outbox.add([event(userCreated, user.id, { userId: user.id, ...sealed, roles: [...user.roles], investorIds: [...user.investorIds] }, ctx)]);
  });
  return { user, initialPassword };
}

/** Nobody gives rights that they do not have. */
export function mustHold({ principal }: AuthContext, roles: readonly Role[]): void {
  const beyond = scopesOf(roles).find((scope) => !principal.scopes.has(scope));
  if (beyond !== undefined) throw new Refusal('NOT_PERMITTED', `you cannot give ${beyond}: you do not have it`, ['roles']);
}

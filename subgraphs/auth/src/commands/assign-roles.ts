/** Replaces the roles of a user. An organisation always keeps an ADMIN. Where a role is taken away, what was issued to the user before holds no longer. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { rolesAssigned } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import type { Role } from '../domain/role.ts';
import { type User, withRoles } from '../domain/user.ts';
import { mustHold } from './create-user.ts';

export interface AssignRoles {
  readonly userId: string;
  readonly roles: readonly Role[];
  readonly reason?: string | null | undefined;
}

export async function assignRoles(ctx: AuthContext, { userId, roles, reason }: AssignRoles): Promise<User> {
  const { organizationId } = ctx.principal;
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  return ctx.store.transaction(async (tx) => {
    const otherAdmins = await tx.otherAdmins(organizationId, userId);
    const before = await tx.userForUpdate(organizationId, userId);
    if (before === null) throw new Refusal('NOT_FOUND', 'there is no such user', ['userId']);
    mustHold(ctx, roles.filter((role) => !before.roles.includes(role)));
    const after = withRoles(before, roles, otherAdmins);
    await tx.saveRoles(after);
    if (before.roles.some((role) => !after.roles.includes(role))) await tx.revokeTokens(userId, ctx.now());
    await tx.outbox.add([event(rolesAssigned, userId, { userId, before: [...before.roles], roles: [...after.roles] }, { ...ctx, origin })]);
    return after;
  });
}

/**
 * Says whose portfolios a user sees who is nothing but INVESTOR. An id that names no investor of the organisation is refused, and nothing changes.
 * Where somebody is taken away, what was issued to the user before holds no longer.
 */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { investorsAssigned } from '@pms/schema/events/auth';
import type { AuthContext } from '../context.ts';
import { investorsIn, type User } from '../domain/user.ts';
import { mustKnowInvestors } from './references.ts';

export interface AssignInvestors {
  readonly userId: string;
  readonly investorIds: readonly string[];
  readonly reason?: string | null | undefined;
}

export async function assignInvestors(ctx: AuthContext, { userId, investorIds: asked, reason }: AssignInvestors): Promise<User> {
  const investorIds = investorsIn(asked);
  await mustKnowInvestors(ctx, asked);
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  return ctx.store.transaction(async (tx) => {
    const before = await tx.userForUpdate(ctx.principal.organizationId, userId);
    if (before === null) throw new Refusal('NOT_FOUND', 'there is no such user', ['userId']);
    const after = { ...before, investorIds };
    await tx.saveInvestors(after);
    if (before.investorIds.some((id) => !investorIds.includes(id))) await tx.revokeTokens(userId, ctx.now());
    await tx.outbox.add([event(investorsAssigned, userId, { userId, before: [...before.investorIds], investorIds: [...investorIds] }, { ...ctx, origin })]);
    return after;
  });
}

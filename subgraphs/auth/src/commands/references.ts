/** What a user may name must exist in the organisation: refused NOT_FOUND, with the way to it, where it does not. */
import { Refusal } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { AuthContext } from '../context.ts';

/** `asked` as the input has them. An investor that was made a moment ago is waited for: its event may still be on the way. */
export async function mustKnowInvestors(ctx: Pick<AuthContext, 'principal' | 'store' | 'now'>, asked: readonly string[]): Promise<void> {
  const { organizationId } = ctx.principal;
  const found = await ctx.store.knownInvestors(organizationId, asked);
  for (const [index, id] of asked.entries()) {
    if (found.has(id)) continue;
    const late = await awaitKnown(id, ctx.now, async () => ((await ctx.store.knownInvestors(organizationId, [id])).has(id) ? id : null));
    if (late === null) throw new Refusal('NOT_FOUND', 'there is no such investor', ['investorIds', String(index)]);
  }
}

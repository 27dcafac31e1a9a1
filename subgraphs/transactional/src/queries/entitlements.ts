/** A page of what corporate actions did in a portfolio; empty for one that is unknown or another organisation's. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import type { Entitlement } from '../store/entitlements.ts';

export async function entitlementsOf(ctx: TransactionalContext, portfolioId: string, args: PageArgs): Promise<Connection<Entitlement>> {
  const page = pageOf(args);
  const rows = await ctx.store.entitlementPage(ctx.principal.organizationId, portfolioId, page);
  return connectionOf(rows, page, ({ action }) => [action.effectiveOn, action.entitlementId]);
}

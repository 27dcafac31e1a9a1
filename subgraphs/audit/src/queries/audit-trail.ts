/** The organisation's trail, in the order in which it was recorded. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { AuditContext } from '../context.ts';
import type { ChainedEntry } from '../domain/hash-chain.ts';
import type { TrailFilter } from '../store/audit-store.ts';

export async function auditTrail(ctx: AuditContext, filter: TrailFilter, args: PageArgs): Promise<Connection<ChainedEntry>> {
  const page = pageOf(args);
  return connectionOf(await ctx.store.trail(ctx.principal.organizationId, filter, page), page, ({ seq }) => [String(seq)]);
}

/** Reconciliations and their breaks, page by page; another organisation's are not there. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../../context.ts';
import { addDays } from '../../domain/days.ts';
import type { Break, Reconciliation } from '../../domain/custody/reconciliation.ts';
import type { BreakFilter, ReconciliationFilter } from '../../store/custody/custody-reads.ts';

type Optional<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

export async function reconciliationsOf(ctx: TransactionalContext, filter: Optional<Omit<ReconciliationFilter, 'superseded'>> & { readonly superseded?: boolean | null | undefined }, args: PageArgs): Promise<Connection<Reconciliation>> {
  const page = pageOf(args);
  const { portfolioId = null, custodian = null, from = null, to = null, superseded } = filter;
  const rows = await ctx.store.reconciliationsPage(ctx.principal.organizationId, { portfolioId, custodian, from, to, superseded: superseded ?? false }, page);
  return connectionOf(rows, page, ({ statedOn, id }) => [statedOn, id]);
}

/** Open and under investigation, unless the filter names statuses. */
export async function breaksOf(ctx: TransactionalContext, filter: Optional<Omit<BreakFilter, 'openedBy'>> & { readonly olderThanDays?: number | null | undefined }, args: PageArgs): Promise<Connection<Break>> {
  const page = pageOf(args);
  const { portfolioId = null, custodian = null, kinds = null, assignee = null, olderThanDays = null } = filter;
  const openedBy = olderThanDays === null ? null : addDays(ctx.now().toISOString().slice(0, 10), -olderThanDays);
  const rows = await ctx.store.breaksPage(ctx.principal.organizationId, { portfolioId, custodian, kinds, assignee, openedBy, statuses: filter.statuses ?? ['OPEN', 'INVESTIGATING'] }, page);
  return connectionOf(rows, page, ({ openedOn, id }) => [openedOn, id]);
}

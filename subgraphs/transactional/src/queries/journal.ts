/** A page of a portfolio's journal, the newest entry first; empty for a portfolio that is unknown or another organisation's. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import type { JournalEntry } from '../store/standing-reads.ts';

export async function journalOf(ctx: TransactionalContext, portfolioId: string, args: PageArgs): Promise<Connection<JournalEntry>> {
  const page = pageOf(args);
  const rows = await ctx.store.journalPage(ctx.principal.organizationId, portfolioId, page);
  return connectionOf(rows, page, ({ number }) => [String(number)]);
}

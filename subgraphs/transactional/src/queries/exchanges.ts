/** A page of a portfolio's currency exchanges, the newest first; empty for a portfolio that is unknown or another organisation's. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import type { CurrencyExchange } from '../domain/currency-exchange.ts';

export async function exchangesOf(ctx: TransactionalContext, portfolioId: string, args: PageArgs): Promise<Connection<CurrencyExchange>> {
  const page = pageOf(args);
  return connectionOf(await ctx.store.exchangePage(ctx.principal.organizationId, portfolioId, page), page, ({ id }) => [id]);
}

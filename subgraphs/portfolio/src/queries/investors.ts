/** Investors of the asker's organisation; for an investor, themselves. Another's and none at all look alike. */
import { notFound } from '@pms/errors';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { PortfolioContext } from '../context.ts';
import type { Investor } from '../domain/investor.ts';

/** Throws NOT_FOUND. */
export async function investorById(ctx: PortfolioContext, id: string): Promise<Investor> {
  const investor = await ctx.loaders.investor.load(id);
  if (investor === null) throw notFound('investor', id);
  return investor;
}

/** Oldest first. */
export async function investors(ctx: PortfolioContext, args: PageArgs): Promise<Connection<Investor>> {
  const page = pageOf(args);
  return connectionOf(await ctx.store.investorPage(ctx.principal, page), page, ({ id }) => [id]);
}

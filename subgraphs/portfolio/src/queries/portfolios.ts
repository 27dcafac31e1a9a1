/** Portfolios of the asker's organisation; of an investor, theirs. Another's and none at all look alike. */
import { notFound } from '@pms/errors';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { PortfolioContext } from '../context.ts';
import type { Portfolio } from '../domain/portfolio.ts';
import type { PortfolioFilter } from '../store/portfolio-store.ts';

/** Throws NOT_FOUND. */
export async function portfolioById(ctx: PortfolioContext, id: string): Promise<Portfolio> {
  const portfolio = await ctx.loaders.portfolio.load(id);
  if (portfolio === null) throw notFound('portfolio', id);
  return portfolio;
}

/** Oldest first. */
export async function portfolios(ctx: PortfolioContext, filter: PortfolioFilter, args: PageArgs): Promise<Connection<Portfolio>> {
  const page = pageOf(args);
  return connectionOf(await ctx.store.portfolioPage(ctx.principal, filter, page), page, ({ id }) => [id]);
}

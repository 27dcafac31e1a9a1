/** Closes a portfolio for good. */
import { event } from '@pms/events/envelope';
import { portfolioClosed } from '@pms/schema/events/portfolio';
import type { PortfolioContext } from '../context.ts';
import { closed, type Portfolio } from '../domain/portfolio.ts';
import { changePortfolio } from './change-portfolio.ts';

export interface ClosePortfolio {
  readonly portfolioId: string;
  readonly reason?: string | null | undefined;
}

export async function closePortfolio(ctx: PortfolioContext, { portfolioId, reason }: ClosePortfolio): Promise<Portfolio> {
  const origin = { ...ctx.origin, reason: reason ?? undefined };
  return changePortfolio(ctx, portfolioId, { apply: closed, tell: ({ id }) => event(portfolioClosed, id, { portfolioId: id }, { ...ctx, origin }) });
}

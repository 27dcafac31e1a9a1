/** Questions at the root. */
import { investorById, investors } from '../queries/investors.ts';
import { portfolioById, portfolios } from '../queries/portfolios.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  portfolio: (_, { id }, ctx) => portfolioById(ctx, id),
  portfolios: (_, { filter, ...page }, ctx) => portfolios(ctx, filter ?? {}, page),
  investor: (_, { id }, ctx) => investorById(ctx, id),
  investors: (_, page, ctx) => investors(ctx, page),
};

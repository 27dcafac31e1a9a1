/** The fields of portfolios, investors and targets that are more than a column. */
import type { InvestorResolvers, PortfolioResolvers, TargetWeightResolvers } from './types.generated.ts';

export const Portfolio: PortfolioResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.portfolio.load(id),
  investor: ({ investorId }, _, ctx) => (investorId === null ? null : ctx.loaders.investor.load(investorId)),
  benchmark: ({ benchmarkInstrumentId }) => (benchmarkInstrumentId === null ? null : { id: benchmarkInstrumentId }),
  targetAllocation: ({ targets }) => targets,
  createdAt: ({ createdAt }) => createdAt.toISOString(),
};

export const Investor: InvestorResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.investor.load(id),
  createdAt: ({ createdAt }) => createdAt.toISOString(),
};

export const TargetWeight: TargetWeightResolvers = {
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  weight: ({ weight }) => weight.toNumber(),
};

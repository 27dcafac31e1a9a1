/** What analytics says of a portfolio. */
import { toStored } from '@pms/money';
import { exposure } from '../queries/exposure.ts';
import { performance } from '../queries/performance.ts';
import { portfolioPnl } from '../queries/portfolio-pnl.ts';
import { risk } from '../queries/risk.ts';
import { valuationOf } from '../queries/valuations.ts';
import type { ExposureResolvers, PortfolioPnlResolvers, PortfolioResolvers, PositionValueResolvers, SubscriptionResolvers } from './types.generated.ts';

export const Portfolio: PortfolioResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  valuation: ({ id }, { asOf }, ctx) => valuationOf(ctx, id, asOf ?? null),
  performance: ({ id }, period, ctx) => performance(ctx, id, period),
  risk: ({ id }, { confidence, horizonDays, method, observations }, ctx) =>
    risk(ctx, id, { confidence: confidence ?? 0.99, horizonDays: horizonDays ?? 1, method: method ?? 'HISTORICAL', observations: observations ?? 500 }),
  exposure: ({ id }, { by }, ctx) => exposure(ctx, id, by),
};

export const PositionValue: PositionValueResolvers = {
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  priceDate: ({ priceDay }) => priceDay,
  localMarketValue: ({ localValue }) => localValue,
  fxRate: ({ rate: { rate, ...quote } }) => ({ ...quote, rate: toStored(rate) }),
};

export const PortfolioPnl: PortfolioPnlResolvers = { portfolio: ({ portfolioId }) => ({ id: portfolioId }) };

export const Exposure: ExposureResolvers = { instrument: ({ instrumentId }) => (instrumentId === null ? null : { id: instrumentId }) };

export const Subscription: SubscriptionResolvers = {
  portfolioPnl: {
    subscribe: (_, { portfolioId }, ctx) => portfolioPnl(ctx, portfolioId),
  },
};

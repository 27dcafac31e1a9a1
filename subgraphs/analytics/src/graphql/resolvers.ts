/** All resolvers of the domain. */
import { Exposure, Portfolio, PortfolioPnl, PositionValue, Subscription } from './portfolio.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = { Exposure, Portfolio, PortfolioPnl, PositionValue, Subscription };

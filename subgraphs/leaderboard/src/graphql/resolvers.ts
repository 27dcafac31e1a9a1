/** All resolvers of the domain. */
import { leaderboardChanged } from '../queries/leaderboard-changed.ts';
import { leaderboardPage } from '../queries/leaderboard-page.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = {
  Query: { leaderboard: (_, { metric, window, ...page }, ctx) => leaderboardPage(ctx, metric, window, page) },
  Subscription: { leaderboardChanged: { subscribe: (_, { metric, window, first }, ctx) => leaderboardChanged(ctx, metric, window, first ?? 10) } },
  Portfolio: {
    __resolveReference: ({ id }) => ({ id }),
    rank: async ({ id }, { metric, window }, ctx) => (await ctx.boards(metric, window)).placeOf(id),
  },
  LeaderboardEntry: { portfolio: ({ portfolioId }) => ({ id: portfolioId }), rank: (place) => place },
};

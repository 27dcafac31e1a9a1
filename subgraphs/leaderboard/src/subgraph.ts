/** Puts the leaderboard domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/leaderboard';
import { portfolioCreated, portfolioUpdated } from '@pms/schema/events/portfolio';
import { withOwnWork } from '@pms/subgraph/own-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import type { LeaderboardContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { boardsOf } from './queries/boards.ts';
import { onPerformanceMeasured } from './reactions/performance-measured.ts';
import { onPortfolioClosed } from './reactions/portfolio-closed.ts';
import { onPortfolioKept } from './reactions/portfolio-kept.ts';
import { leaderboardStore } from './store/leaderboard-store.ts';

export function leaderboardSubgraph({ database, live, wake, now }: Surroundings): Subgraph {
  const store = leaderboardStore(new PrismaClient({ adapter: database.adapter }), unitOfWork(database, 'leaderboard', wake));
  return withOwnWork({
    name: 'leaderboard',
    schema: executableSchema(sdl, resolvers),
    reactions: [onPortfolioKept(store, portfolioCreated), onPortfolioKept(store, portfolioUpdated), onPerformanceMeasured(store, live), onPortfolioClosed(store, live)],
    contextFor: (request): LeaderboardContext => {
      const who = signed(request);
      return { ...who, store, live, now, boards: boardsOf(store, who.principal) };
    },
    ready: store.ready,
    close: store.close,
  });
}

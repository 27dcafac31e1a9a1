/** Puts the portfolio domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/portfolio';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import type { PortfolioContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { loadersFor } from './queries/loaders.ts';
import { onInstrumentCreated } from './reactions/instrument-created.ts';
import { portfolioStore } from './store/portfolio-store.ts';

export function portfolioSubgraph({ database, wake, newId, now }: Surroundings): Subgraph {
  const store = portfolioStore(new PrismaClient({ adapter: database.adapter }), unitOfWork(database, 'portfolio', wake));
  return {
    name: 'portfolio',
    schema: executableSchema(sdl, resolvers),
    reactions: [onInstrumentCreated(store)],
    contextFor: (request): PortfolioContext => {
      const who = signed(request);
      return { ...who, store, newId, now, loaders: loadersFor(store, who.principal) };
    },
    ready: store.ready,
    close: store.close,
  };
}

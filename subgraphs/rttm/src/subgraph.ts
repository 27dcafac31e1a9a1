/** Puts market data together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/rttm';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import type { RttmContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import type { Market } from './market.ts';
import { loaders } from './queries/loaders.ts';
import { rttmStore } from './store/rttm-store.ts';

export function rttmSubgraph({ database, live, wake, newId, now }: Surroundings): Subgraph {
  const prisma = new PrismaClient({ adapter: database.adapter });
  const store = rttmStore(prisma, database, unitOfWork(database, 'rttm', wake));
  const market: Market = { store, live, feed: null, newId, now };
  return {
    name: 'rttm',
    schema: executableSchema(sdl, resolvers),
    reactions: [],
    contextFor(request): RttmContext {
      const from = signed(request);
      return { ...market, ...from, loaders: loaders(market, from.principal.organizationId) };
    },
    ready: async () => void (await database.query('select 1')),
    close: () => prisma.$disconnect(),
  };
}

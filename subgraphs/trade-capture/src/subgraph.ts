/** Puts the trade-capture domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/trade-capture';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import { groupedCaptures } from './commands/grouped-captures.ts';
import type { TradeCaptureContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { loadersFor } from './queries/loaders.ts';
import { onInstrumentCreated, onPortfolioClosed, onPortfolioCreated } from './reactions/known-things.ts';
import { tradeStatusReactions } from './reactions/trade-status.ts';
import { tradeStore } from './store/trade-store.ts';

export function tradeCaptureSubgraph({ database, live, wake, newId, now }: Surroundings): Subgraph {
  const store = tradeStore(new PrismaClient({ adapter: database.adapter }), database, unitOfWork(database, 'trade-capture', wake));
  const writeGrouped = groupedCaptures({ store, live, newId, now });
  return {
    name: 'trade-capture',
    schema: executableSchema(sdl, resolvers),
    reactions: [onPortfolioCreated(store), onPortfolioClosed(store), onInstrumentCreated(store), ...tradeStatusReactions(store, live)],
    contextFor: (request): TradeCaptureContext => {
      const who = signed(request);
      return { ...who, store, live, writeGrouped, newId, now, loaders: loadersFor(store, who.principal.organizationId) };
    },
    ready: store.ready,
    close: store.close,
  };
}

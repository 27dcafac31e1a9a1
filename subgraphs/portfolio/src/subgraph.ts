/** Puts the portfolio domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/portfolio';
import { withOwnWork } from '@pms/subgraph/own-work';
import { personVault } from '@pms/subgraph/person-vault';
import { rewrapped } from '@pms/subgraph/rewrapping';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import type { PortfolioContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { loadersFor } from './queries/loaders.ts';
import { onInstrumentCreated } from './reactions/instrument-created.ts';
import { sealStored } from './store/investors.ts';
import { portfolioStore } from './store/portfolio-store.ts';

export interface PortfolioSubgraph extends Subgraph {
  /** All that is held here about an investor of the organisation; null where there is none. */
  aboutPerson(organizationId: string, investorId: string): Promise<object | null>;
}

export function portfolioSubgraph({ database, wake, newId, now, settings }: Surroundings): PortfolioSubgraph {
  const vault = personVault('portfolio', settings);
  const store = portfolioStore({ prisma: new PrismaClient({ adapter: database.adapter }), sql: database, work: unitOfWork(database, 'portfolio', wake), vault });
  return withOwnWork({
    name: 'portfolio',
    schema: executableSchema(sdl, resolvers),
    reactions: [onInstrumentCreated(store)],
    contextFor: (request): PortfolioContext => {
      const who = signed(request);
      return { ...who, store, newId, now, loaders: loadersFor(store, who.principal) };
    },
    aboutPerson: async (organizationId, investorId) => (await store.investors(organizationId, [investorId]))[0] ?? null,
    start: () => sealStored(database, vault),
    rewrapKeys: (only) => rewrapped(database, 'portfolio', { settings, only }),
    ready: store.ready,
    close: store.close,
  });
}

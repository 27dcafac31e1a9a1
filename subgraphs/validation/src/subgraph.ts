/** Puts the validation domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/validation';
import { corporateActionApplied, corporateActionReversed } from '@pms/schema/events/transactional';
import { withOwnWork } from '@pms/subgraph/own-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import type { ValidationContext, Workings } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { loadersFor } from './queries/loaders.ts';
import { onBookingRefused } from './reactions/booking-refused.ts';
import { onUnitsMoved } from './reactions/books.ts';
import { onInstrumentCreated, onPortfolioCreated, onPricesRecorded } from './reactions/known-things.ts';
import { onTradeAmended, onTradeCancelled, tradesAndBooks } from './reactions/trades.ts';
import { validationStore } from './store/validation-store.ts';

export function validationSubgraph({ database, wake, newest, newId, now }: Surroundings): Subgraph {
  const store = validationStore(new PrismaClient({ adapter: database.adapter }), database, unitOfWork(database, 'validation', wake));
  const workings: Workings = { store, newest, newId, now };
  return withOwnWork({
    name: 'validation',
    schema: executableSchema(sdl, resolvers),
    reactions: [
      onPortfolioCreated(store), onInstrumentCreated(store), onPricesRecorded(store), ...tradesAndBooks(workings),
      onUnitsMoved(store, corporateActionApplied), onUnitsMoved(store, corporateActionReversed),
      onTradeAmended(workings), onTradeCancelled(workings), onBookingRefused(workings),
    ],
    contextFor: (request): ValidationContext => {
      const who = signed(request);
      return { ...who, ...workings, loaders: loadersFor(store, who.principal.organizationId) };
    },
    ready: store.ready,
    close: store.close,
  });
}

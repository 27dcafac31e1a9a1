/** Puts the books together. The only file that sees all their rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/transactional';
import { withOwnWork } from '@pms/subgraph/own-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import { businessDaysSince } from './calendars/business-days.ts';
import { marketDays } from './calendars/market-days.ts';
import { businessDaysLateOf, settlementDateOf } from './calendars/settlement-date.ts';
import { actionsTimer } from './commands/actions-timer.ts';
import { breakAges } from './commands/custody/break-ages.ts';
import { fxSpotDate } from './calendars/fx-spot.ts';
import { checkpointTimer } from './commands/checkpoint-timer.ts';
import { keepCheckpoints, type Keeping } from './commands/keep-checkpoints.ts';
import { rebuildBooks } from './commands/rebuild-books.ts';
import { settlementTimer } from './commands/settlement-timer.ts';
import { verifyBooks, type VerifyOptions } from './commands/verify-books.ts';
import type { BooksContext, TransactionalContext } from './context.ts';
import type { Verified } from './domain/finding.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { bookDatasets } from './queries/exports.ts';
import { loadersFor } from './queries/loaders.ts';
import { onCorporateAction } from './reactions/corporate-action-announced.ts';
import { onFxRatePublished } from './reactions/fx-rate-published.ts';
import { onInstrumentCreated } from './reactions/instrument-created.ts';
import { onPeopleChanged } from './reactions/people-changed.ts';
import { onPortfolioChanged } from './reactions/portfolio-changed.ts';
import { onPricesRecorded } from './reactions/prices-recorded.ts';
import { onTradeCancelled } from './reactions/trade-cancelled.ts';
import { onTradeValidated } from './reactions/trade-validated.ts';
import { booksStore } from './store/books-store.ts';

export interface TransactionalSubgraph extends Subgraph {
  /** Proves the books, portfolio by portfolio. */
  verify(options: VerifyOptions): AsyncIterable<Verified>;
  /** Keeps what is missing of positions at the ends of days, which happens by itself too; resolves to how many days. */
  keepCheckpoints(options: Omit<Keeping, 'today'>): Promise<number>;
}

export function transactionalSubgraph({ database, logger, wake, newId, now }: Surroundings): TransactionalSubgraph {
  const store = booksStore(new PrismaClient({ adapter: database.adapter }), database, unitOfWork(database, 'transactional', wake));
  const books: BooksContext = { store, logger, settlementDate: settlementDateOf, businessDaysSince, businessDaysLate: businessDaysLateOf, spotDate: ([bought, sold], tradedOn) => fxSpotDate(bought, sold, tradedOn), newId, now };
  const timer = settlementTimer(books);
  const actions = actionsTimer(books);
  const checkpoints = checkpointTimer(books);
  const ages = breakAges(books);
  return withOwnWork({
    name: 'transactional',
    schema: executableSchema(sdl, resolvers),
    reactions: [...onPortfolioChanged(books), ...onPeopleChanged(books), onInstrumentCreated(books), onFxRatePublished(books), onPricesRecorded(books), ...onCorporateAction(books), onTradeValidated(books), onTradeCancelled(books)],
    contextFor: (request): TransactionalContext => {
      const who = signed(request);
      return { ...who, ...books, days: marketDays, loaders: loadersFor(store, who.principal, now) };
    },
    start: async () => {
      await timer.start();
      actions.start();
      await checkpoints.start();
      ages.start();
    },
    rebuild: (options) => rebuildBooks(books, options),
    verify: (options) => verifyBooks(books, options),
    keepCheckpoints: (options) => keepCheckpoints(books, { today: now().toISOString().slice(0, 10), ...options }),
    datasets: bookDatasets(store),
    ready: store.ready,
    close: async () => {
      await Promise.all([timer.stop(), actions.stop(), checkpoints.stop(), ages.stop()]);
      await store.close();
    },
  });
}

/** Puts the analytics domain together. The only file that sees all its rooms. */
import { setTimeout as delay } from 'node:timers/promises';
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/analytics';
import { portfolioCreated, portfolioUpdated } from '@pms/schema/events/portfolio';
import { withOwnWork } from '@pms/subgraph/own-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import { catchUp } from './commands/catch-up.ts';
import { measurePortfolios } from './commands/measure-portfolios.ts';
import type { AnalyticsContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { loadersFor } from './queries/loaders.ts';
import { quoteBook } from './queries/quote-book.ts';
import { seriesCache } from './queries/series-cache.ts';
import { onCashMoved, onLotsReallocated, onTradeBooked, onTradeReversed } from './reactions/books.ts';
import { onCorporateActionAnnounced, onCorporateActionApplied, onCorporateActionReversed } from './reactions/corporate-actions.ts';
import { onFxRatePublished } from './reactions/fx-rate-published.ts';
import { onPricesRecorded } from './reactions/prices-recorded.ts';
import { onInstrumentCreated, onPortfolioKept } from './reactions/reference-data.ts';
import { analyticsStore } from './store/analytics-store.ts';

const MEASURE_EVERY_MS = 1_000;

export function analyticsSubgraph({ database, live, logger, wake, newId, now }: Surroundings): Subgraph {
  const store = analyticsStore(new PrismaClient({ adapter: database.adapter }), database, unitOfWork(database, 'analytics', wake));
  const quotes = quoteBook(live);
  const measuring = { store, quotes, series: seriesCache(store), now, newId };
  const stopped = new AbortController();
  let measuringLoop = Promise.resolve();
  const keepMeasuring = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const count = await measurePortfolios(measuring).catch((error: unknown) => {
        logger.warn({ err: error }, 'portfolios could not be measured');
        return 0;
      });
      if (count === 0) await delay(MEASURE_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  return withOwnWork({
    name: 'analytics',
    schema: executableSchema(sdl, resolvers),
    reactions: [
      ...onCorporateActionAnnounced(store), onCorporateActionApplied(store, live), onCorporateActionReversed(store, live),
      onPortfolioKept(store, portfolioCreated), onPortfolioKept(store, portfolioUpdated), onInstrumentCreated(store, quotes.followEverywhere),
      onPricesRecorded(store), onFxRatePublished(store), onTradeBooked(store, live), onTradeReversed(store, live), onLotsReallocated(store, live), onCashMoved(store, live),
    ],
    contextFor: (request): AnalyticsContext => {
      const who = signed(request);
      return { ...who, ...measuring, live, loaders: loadersFor(measuring, who.principal) };
    },
    catchUp: (_, events, inTime) => catchUp(measuring, events, inTime),
    start: async () => {
      for (const instrumentId of await store.allInstrumentIds()) quotes.follow(instrumentId);
      measuringLoop = keepMeasuring();
    },
    ready: store.ready,
    close: async () => {
      stopped.abort();
      quotes.close();
      await measuringLoop;
      await store.close();
    },
  });
}

/** Puts market data together. The only file that sees all its rooms. */
import type { Origin } from '@pms/events/envelope';
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/rttm';
import { withOwnWork } from '@pms/subgraph/own-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import { recordCloses } from './commands/record-closes.ts';
import { namesTimer } from './commands/names-timer.ts';
import { spreadTicks } from './commands/spread-ticks.ts';
import type { RttmContext } from './context.ts';
import type { QuoteFeed } from './feed/quote-feed.ts';
import { simulatedTape } from './feed/simulated-tape.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import type { Market } from './market.ts';
import { priceDatasets } from './queries/exports.ts';
import { loaders } from './queries/loaders.ts';
import { exportReads } from './store/export-reads.ts';
import { rttmStore } from './store/rttm-store.ts';

/** How often the demo's tape tells a quote of each instrument. */
const TAPE_INTERVAL_MS = 1_000;

export function rttmSubgraph({ database, live, logger, settings, wake, newId, now }: Surroundings, { tapeIntervalMs = TAPE_INTERVAL_MS } = {}): Subgraph {
  const prisma = new PrismaClient({ adapter: database.adapter });
  const store = rttmStore(prisma, database, unitOfWork(database, 'rttm', wake));
  const originOf = (organizationId: string): Origin => ({ organizationId, actor: 'system:rttm', correlationId: newId('cor'), causationId: null });
  const feed: QuoteFeed | null = !settings.demo ? null : simulatedTape({
    store, logger, now, intervalMs: tapeIntervalMs,
    record: async (instrument, closes) => void (await recordCloses(market, instrument, closes, originOf(instrument.organizationId))),
  });
  const market: Market = { store, live, feed, newId, now };
  const names = namesTimer(market, logger, originOf);
  return withOwnWork({
    name: 'rttm',
    schema: executableSchema(sdl, resolvers),
    reactions: [],
    contextFor(request): RttmContext {
      const from = signed(request);
      return { ...market, ...from, loaders: loaders(market, from.principal.organizationId) };
    },
    async start() {
      names.start();
      await feed?.start((ticks) => spreadTicks(market, ticks, originOf));
    },
    datasets: priceDatasets(exportReads(database)),
    ready: async () => void (await database.query('select 1')),
    async close() {
      await names.stop();
      await feed?.stop();
      await prisma.$disconnect();
    },
  });
}

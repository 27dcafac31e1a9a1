/** Puts the simulation domain together. The only file that sees all its rooms. */
import { MessageChannel } from 'node:worker_threads';
import { unitOfWork } from '@pms/events/unit-of-work';
import { waker } from '@pms/events/waker';
import { PrismaClient } from '@pms/prisma/simulation';
import { corporateActionApplied, corporateActionReversed, tradeBooked, tradeReversed } from '@pms/schema/events/transactional';
import { withOwnWork } from '@pms/subgraph/own-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import DataLoader from 'dataloader';
import { Piscina } from 'piscina';
import { type Compute, runSimulations } from './commands/run-simulations.ts';
import type { SimulationContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { onCashMoved, onCorporateAction, onPortfolioCreated, onPositionChanged, onPricesRecorded } from './reactions/read-model.ts';
import { simulationStore } from './store/simulation-store.ts';

const POLL_MS = 2_000;

export function simulationSubgraph({ database, live, logger, wake, newId, now }: Surroundings): Subgraph {
  const store = simulationStore(new PrismaClient({ adapter: database.adapter }), database, unitOfWork(database, 'simulation', wake));
  const workers = new Piscina({ filename: new URL('./commands/monte-carlo-worker.ts', import.meta.url).href, name: 'simulate', minThreads: 0, maxThreads: 1 });
  const compute: Compute = (input, onProgress, signal) => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', onProgress);
    // piscina derives the list's type from the last overload of postMessage, which is not the one that it calls
    return workers.run({ input, port: port2 }, { transferList: [port2] as never, signal }).finally(() => port1.close());
  };
  const stop = new AbortController();
  const waiting = waker();
  let running = Promise.resolve();
  const keepRunning = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await runSimulations({ store, live, logger, compute, newId, now }, stop.signal).catch((error: unknown) => logger.warn({ err: error }, 'simulations paused'));
      if (!stop.signal.aborted) await waiting.sleep(POLL_MS);
    }
  };
  return withOwnWork({
    name: 'simulation',
    schema: executableSchema(sdl, resolvers),
    reactions: [onPortfolioCreated(store), onPricesRecorded(store), onPositionChanged(store, tradeBooked), onPositionChanged(store, tradeReversed), onCashMoved(store),
      onCorporateAction(store, corporateActionApplied), onCorporateAction(store, corporateActionReversed)],
    contextFor: (request): SimulationContext => {
      const who = signed(request);
      const simulations = new DataLoader(async (ids: readonly string[]) => {
        const found = new Map((await store.simulations(who.principal.organizationId, ids)).map((each) => [each.id, each]));
        return ids.map((id) => found.get(id) ?? null);
      });
      return { ...who, store, live, simulations, wakeRunner: waiting.wake, newId, now };
    },
    start: async () => { running = keepRunning(); },
    ready: store.ready,
    close: async () => {
      stop.abort();
      waiting.wake();
      await running;
      await workers.destroy();
      await store.close();
    },
  });
}

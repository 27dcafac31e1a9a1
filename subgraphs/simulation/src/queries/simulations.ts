/** Simulations by id, by portfolio, and as they go on. */
import { notFound } from '@pms/errors';
import { listen, source } from '@pms/events/live';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { SimulationContext } from '../context.ts';
import type { Simulation } from '../store/simulation-row.ts';

/** The live topic on which a simulation is said to have come further, or to have ended. */
export const progressTopic = (id: string): string => `simulation/${id}`;

/** Throws NOT_FOUND for one that is unknown or another organisation's. */
export async function simulationById({ simulations }: SimulationContext, id: string): Promise<Simulation> {
  const found = await simulations.clear(id).load(id);
  if (found === null) throw notFound('simulation', id);
  return found;
}

export async function simulationsOf({ store, principal }: SimulationContext, portfolioId: string, args: PageArgs): Promise<Connection<Simulation>> {
  const page = pageOf(args);
  return connectionOf(await store.page(principal.organizationId, portfolioId, page), page, ({ id }) => [id]);
}

export interface ProgressMessage {
  readonly simulationProgress: Simulation;
}

export async function simulationProgress(ctx: SimulationContext, id: string): Promise<AsyncIterableIterator<ProgressMessage>> {
  await simulationById(ctx, id);
  return source((own) => progress(ctx, id, own(listen(ctx.live, [progressTopic(id)], { keep: 'latest' }))));
}

async function* progress(ctx: SimulationContext, id: string, news: AsyncIterableIterator<unknown>): AsyncGenerator<ProgressMessage> {
  try {
    do {
      const simulation = await simulationById(ctx, id);
      yield { simulationProgress: simulation };
      if (simulation.status !== 'QUEUED' && simulation.status !== 'RUNNING') return;
    } while ((await news.next()).done !== true);
  } finally {
    await news.return?.();
  }
}

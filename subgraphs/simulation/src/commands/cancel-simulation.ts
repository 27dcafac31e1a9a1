/** Ends a simulation that waits or runs; its worker is stopped. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { simulationFinished } from '@pms/schema/events/simulation';
import type { SimulationContext } from '../context.ts';
import { progressTopic } from '../queries/simulations.ts';
import type { Simulation } from '../store/simulation-row.ts';

export async function cancelSimulation(ctx: SimulationContext, { simulationId, reason }: { readonly simulationId: string; readonly reason?: string | null | undefined }): Promise<Simulation> {
  const found = await ctx.simulations.load(simulationId);
  if (found === null) throw new Refusal('NOT_FOUND', 'simulation not found', ['simulationId']);
  const cancelled = await ctx.store.transaction(async (tx) => {
    const ended = await tx.end(simulationId, 'CANCELLED');
    if (ended !== null) {
      const maker = { ...ctx, origin: { ...ctx.origin, reason: reason ?? undefined } };
      await tx.outbox.add([event(simulationFinished, simulationId, { simulationId, portfolioId: ended.portfolioId, outcome: 'CANCELLED' }, maker)]);
    }
    return ended;
  });
  if (cancelled === null) throw new Refusal('CONFLICT', `the simulation is ${found.status.toLowerCase()}`, ['simulationId']);
  ctx.live.publish(progressTopic(simulationId), { cancelled: true });
  return cancelled;
}

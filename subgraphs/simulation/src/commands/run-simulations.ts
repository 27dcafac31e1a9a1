/** Takes simulations one after another and has each computed off the event loop. A process that dies leaves its simulation to the next. */
import { setTimeout as delay } from 'node:timers/promises';
import { event } from '@pms/events/envelope';
import type { Live } from '@pms/events/live';
import { simulationFinished } from '@pms/schema/events/simulation';
import type { Logger } from '@pms/telemetry/logger';
import { counter } from '@pms/telemetry/metrics';
import type { MonteCarloInput, MonteCarloResult, Progress } from '../domain/monte-carlo.ts';
import { progressTopic } from '../queries/simulations.ts';
import type { Simulation } from '../store/simulation-row.ts';
import type { SimulationStore } from '../store/simulation-store.ts';

const REPORT_EVERY_MS = 200;
const RETRY_MS = 1_000;

const ended = counter('pms_simulations_total', 'Simulations that ended, by outcome', ['outcome']);

/** Computes in another thread; rejects when the signal aborts. */
export type Compute = (input: MonteCarloInput, onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<MonteCarloResult>;

export interface RunnerContext {
  readonly store: SimulationStore;
  readonly live: Live;
  readonly logger: Logger;
  readonly compute: Compute;
  newId(kind: string): string;
  now(): Date;
}

/** Runs what waits until nothing does, or until `stop` aborts: what runs then goes on in the next process. */
export async function runSimulations(ctx: RunnerContext, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const next = await ctx.store.claim();
    if (next === null) return;
    await runOne(ctx, next, stop);
  }
}

async function runOne(ctx: RunnerContext, simulation: Simulation, stop: AbortSignal): Promise<void> {
  const cancelled = new AbortController();
  const unsubscribe = ctx.live.subscribe(progressTopic(simulation.id), (message) => {
    if ((message as { cancelled?: boolean }).cancelled === true) cancelled.abort();
  });
  const reported = reporter(ctx, simulation.id, cancelled);
  try {
    const result = await ctx.compute(simulation.input, reported.at, AbortSignal.any([stop, cancelled.signal]));
    await reported.end();
    await finish(ctx, simulation, 'COMPLETED', { result });
  } catch (error) {
    await reported.end();
    if (stop.aborted || cancelled.signal.aborted) return;
    ctx.logger.error({ err: error, simulationId: simulation.id }, 'a simulation failed');
    await finish(ctx, simulation, 'FAILED', { failure: 'the simulation could not be computed' });
  } finally {
    unsubscribe();
  }
}

/** Writes progress down at most five times a second, which is also the sign of life; learns there that it was cancelled elsewhere. */
function reporter(ctx: RunnerContext, id: string, cancelled: AbortController): { at(progress: Progress): void; end(): Promise<void> } {
  let done = 0;
  let open = true;
  const loop = (async () => {
    while (open) {
      await delay(REPORT_EVERY_MS);
      if (!open) return;
      const running = await ctx.store.cameFurther(id, done).catch(() => true);
      if (!running) { cancelled.abort(); return; }
      ctx.live.publish(progressTopic(id), { done });
    }
  })();
  return { at: (progress) => { done = progress.done; }, end: async () => { open = false; await loop; } };
}

async function finish(ctx: RunnerContext, simulation: Simulation, outcome: 'COMPLETED' | 'FAILED', end: { readonly result?: MonteCarloResult; readonly failure?: string }): Promise<void> {
  const origin = { organizationId: simulation.organizationId, actor: 'system:simulation', correlationId: simulation.correlationId, causationId: null };
  for (let written = false; !written;) {
    written = await ctx.store.transaction(async (tx) => {
      if ((await tx.end(simulation.id, outcome, end)) === null) return;
      await tx.outbox.add([event(simulationFinished, simulation.id, { simulationId: simulation.id, portfolioId: simulation.portfolioId, outcome }, { ...ctx, origin })]);
    }).then(() => true, async (error: unknown) => {
      ctx.logger.warn({ err: error, simulationId: simulation.id }, 'a result could not be written down yet');
      await delay(RETRY_MS);
      return false;
    });
  }
  ended.inc({ outcome });
  ctx.live.publish(progressTopic(simulation.id), { ended: outcome });
}

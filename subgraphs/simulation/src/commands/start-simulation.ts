/** Asks for a simulation: what it starts from is fixed now, and it runs when its turn comes. */
import { randomInt } from 'node:crypto';
import { invalid, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { simulationStarted } from '@pms/schema/events/simulation';
import { awaitKnown } from '@pms/subgraph/await-known';
import { contentHash } from '@pms/subgraph/idempotency';
import type { SimulationContext } from '../context.ts';
import { monteCarloInput } from '../queries/monte-carlo-input.ts';
import { simulationById } from '../queries/simulations.ts';
import type { ModelName, Simulation } from '../store/simulation-row.ts';

const WAITING_MAX = 20;
const SEED_MAX = 2 ** 31 - 1;
const KEY_CHARACTERS_MAX = 200;

export interface StartSimulation {
  readonly portfolioId: string;
  readonly model?: ModelName | null | undefined;
  readonly horizonDays?: number | null | undefined;
  readonly paths?: number | null | undefined;
  readonly seed?: number | null | undefined;
  readonly idempotencyKey: string;
}

export async function startSimulation(ctx: SimulationContext, input: StartSimulation): Promise<Simulation> {
  const { organizationId } = ctx.principal;
  if (input.idempotencyKey === '' || input.idempotencyKey.length > KEY_CHARACTERS_MAX) throw invalid(`a key has 1 to ${KEY_CHARACTERS_MAX} characters`, 'idempotencyKey');
  const portfolio = await awaitKnown(input.portfolioId, ctx.now, () => ctx.store.portfolio(organizationId, input.portfolioId));
  if (portfolio === null) throw new Refusal('NOT_FOUND', 'portfolio not found', ['portfolioId']);
  const asked = { model: input.model ?? 'BLOCK_BOOTSTRAP', horizonDays: input.horizonDays ?? 252, paths: input.paths ?? 10_000, seed: input.seed ?? randomInt(SEED_MAX) } as const;
  const { input: facts, simulated } = await monteCarloInput(ctx.store, portfolio, asked);
  const simulation: Simulation = {
    ...asked, id: ctx.newId('sim'), organizationId, portfolioId: portfolio.id, status: 'QUEUED', donePaths: 0, currency: portfolio.baseCurrency, input: facts, result: null,
    simulated, failure: null, requestedBy: ctx.principal.subject, correlationId: ctx.origin.correlationId, createdAt: ctx.now(), startedAt: null, finishedAt: null,
  };
  const waiting = await ctx.store.unfinished(organizationId);
  const hash = contentHash(input);
  const earlier = await ctx.store.transaction(async (tx) => {
    const before = await tx.insert(simulation, input.idempotencyKey, hash);
    if (before !== null) return before;
    if (waiting >= WAITING_MAX) throw new Refusal('CONFLICT', `${WAITING_MAX} simulations are waiting or running; start another when one has ended`);
    const { id, portfolioId, paths, horizonDays, seed } = simulation;
    await tx.outbox.add([event(simulationStarted, id, { simulationId: id, portfolioId, paths, horizonDays, seed }, ctx)]);
    return null;
  });
  if (earlier !== null && earlier.contentHash !== hash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'the key was used before with another content', ['idempotencyKey']);
  ctx.wakeRunner();
  return earlier === null ? simulation : simulationById(ctx, earlier.id);
}

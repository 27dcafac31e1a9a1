/** All resolvers of the domain. */
import { payload } from '@pms/subgraph/refusals';
import { cancelSimulation } from '../commands/cancel-simulation.ts';
import { startSimulation } from '../commands/start-simulation.ts';
import { resultOf } from '../queries/results.ts';
import { simulationById, simulationProgress, simulationsOf } from '../queries/simulations.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = {
  Query: { simulation: (_, { id }, ctx) => simulationById(ctx, id) },
  Mutation: {
    startSimulation: (_, { input }, ctx) => payload(['simulation'], async () => ({ simulation: await startSimulation(ctx, input) })),
    cancelSimulation: (_, { input }, ctx) => payload(['simulation'], async () => ({ simulation: await cancelSimulation(ctx, input) })),
  },
  Subscription: { simulationProgress: { subscribe: (_, { id }, ctx) => simulationProgress(ctx, id) } },
  Portfolio: {
    __resolveReference: ({ id }) => ({ id }),
    simulations: ({ id }, page, ctx) => simulationsOf(ctx, id, page),
  },
  Simulation: {
    __resolveReference: ({ id }, ctx) => ctx.simulations.load(id),
    portfolio: ({ portfolioId }) => ({ id: portfolioId }),
    progress: ({ donePaths, paths }) => donePaths / paths,
    createdAt: ({ createdAt }) => createdAt.toISOString(),
    startedAt: ({ startedAt }) => startedAt?.toISOString() ?? null,
    finishedAt: ({ finishedAt }) => finishedAt?.toISOString() ?? null,
    result: (simulation) => resultOf(simulation),
  },
};

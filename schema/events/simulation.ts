/** What simulation tells the others. Key: the simulation. */
import { defineEvent } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { z } from 'zod';

const about = { simulationId: z.string(), portfolioId: z.string() };
export const simulationStarted = defineEvent('simulation.simulation-started.v1', { ...about, paths: z.number().int(), horizonDays: z.number().int(), seed: z.number().int() });
export const simulationFinished = defineEvent('simulation.simulation-finished.v1', { ...about, outcome: z.enum(['COMPLETED', 'CANCELLED', 'FAILED']) });

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('simulation');

/** A simulation as it is kept. */
import type { MonteCarloInput, MonteCarloResult } from '../domain/monte-carlo.ts';

export type Status = 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
export type ModelName = 'GEOMETRIC_BROWNIAN' | 'BLOCK_BOOTSTRAP';

export interface Simulation {
  readonly id: string;
  readonly organizationId: string;
  readonly portfolioId: string;
  readonly status: Status;
  readonly model: ModelName;
  readonly paths: number;
  readonly horizonDays: number;
  readonly seed: number;
  readonly donePaths: number;
  readonly currency: string;
  readonly input: MonteCarloInput;
  readonly result: MonteCarloResult | null;
  readonly simulated: boolean;
  readonly failure: string | null;
  readonly requestedBy: string;
  readonly correlationId: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export const SIMULATION_COLUMNS = `id, organization_id as "organizationId", portfolio_id as "portfolioId", status, model, paths, horizon_days as "horizonDays", seed,
  done_paths as "donePaths", currency, input, result, simulated, failure, requested_by as "requestedBy", correlation_id as "correlationId",
  created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** What a transaction of this domain may do. */
import type { Work } from '@pms/events/unit-of-work';
import type { MonteCarloResult } from '../domain/monte-carlo.ts';
import { type Simulation, SIMULATION_COLUMNS, type Status } from './simulation-row.ts';

export type SimulationWrites = ReturnType<typeof writes>;

export interface Earlier {
  readonly id: string;
  readonly contentHash: string;
}

export function writes({ sql, outbox, firstSight, firstSights }: Work) {
  return {
    outbox, firstSight, firstSights,

    /** Null once it is inserted; otherwise what was there under its key. */
    async insert(simulation: Simulation, idempotencyKey: string, contentHash: string): Promise<Earlier | null> {
      const { rowCount } = await sql.query(
        `insert into simulation.simulation (id, organization_id, portfolio_id, status, model, paths, horizon_days, seed, currency, input, simulated, requested_by, correlation_id, created_at, idempotency_key, content_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict (organization_id, idempotency_key) do nothing`,
        [simulation.id, simulation.organizationId, simulation.portfolioId, simulation.status, simulation.model, simulation.paths, simulation.horizonDays, simulation.seed,
          simulation.currency, JSON.stringify(simulation.input), simulation.simulated, simulation.requestedBy, simulation.correlationId, simulation.createdAt, idempotencyKey, contentHash]);
      if (rowCount === 1) return null;
      const { rows } = await sql.query<Earlier>('select id, content_hash as "contentHash" from simulation.simulation where organization_id = $1 and idempotency_key = $2', [simulation.organizationId, idempotencyKey]);
      const [row] = rows;
      if (row === undefined) throw new Error('no simulation has the key that was in the way of another');
      return row;
    },

    /** Null when it had ended before. */
    async end(id: string, status: Status, { result = null, failure = null }: { readonly result?: MonteCarloResult | null; readonly failure?: string | null } = {}): Promise<Simulation | null> {
      const { rows } = await sql.query<Simulation>(
        `update simulation.simulation set status = $2, result = $3, failure = $4, finished_at = now(), done_paths = case when $2 = 'COMPLETED' then paths else done_paths end
          where id = $1 and status in ('QUEUED', 'RUNNING') returning ${SIMULATION_COLUMNS}`, [id, status, result === null ? null : JSON.stringify(result), failure]);
      return rows[0] ?? null;
    },

    async keepPortfolio(id: string, organizationId: string, baseCurrency: string): Promise<void> {
      await sql.query('insert into simulation.portfolio (id, organization_id, base_currency) values ($1, $2, $3) on conflict do nothing', [id, organizationId, baseCurrency]);
    },

    async keepCloses(instrumentId: string, organizationId: string, prices: readonly { readonly date: string; readonly close: string; readonly simulated: boolean }[]): Promise<void> {
      await sql.query(
        `insert into simulation.close (instrument_id, organization_id, day, close, simulated)
         select $1, $2, * from unnest($3::date[], $4::numeric[], $5::boolean[])
         on conflict (instrument_id, day) do update set close = excluded.close, simulated = excluded.simulated`,
        [instrumentId, organizationId, prices.map(({ date }) => date), prices.map(({ close }) => close), prices.map(({ simulated }) => simulated)]);
    },

    /** Of a position that comes twice the caller passes the last. */
    async keepPositions(positions: readonly { readonly portfolioId: string; readonly instrumentId: string; readonly organizationId: string; readonly currency: string; readonly quantity: string }[]): Promise<void> {
      await sql.query(
        `insert into simulation.position (portfolio_id, instrument_id, organization_id, currency, quantity)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[])
         on conflict (portfolio_id, instrument_id) do update set quantity = excluded.quantity`,
        [positions.map(({ portfolioId }) => portfolioId), positions.map(({ instrumentId }) => instrumentId), positions.map(({ organizationId }) => organizationId),
          positions.map(({ currency }) => currency), positions.map(({ quantity }) => quantity)]);
    },

    async keepCash(portfolioId: string, organizationId: string, currency: string, balance: string): Promise<void> {
      await sql.query(
        `insert into simulation.cash (portfolio_id, organization_id, currency, balance) values ($1, $2, $3, $4)
         on conflict (portfolio_id, currency) do update set balance = excluded.balance`, [portfolioId, organizationId, currency, balance]);
    },
  };
}

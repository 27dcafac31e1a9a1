/** The only place of this domain that names tables. Every read by a caller names its organisation. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork } from '@pms/events/unit-of-work';
import { type Money, money, decimal } from '@pms/money';
import type { PrismaClient } from '@pms/prisma/simulation';
import type { Page } from '@pms/subgraph/connection';
import { type Simulation, SIMULATION_COLUMNS } from './simulation-row.ts';
import { type SimulationWrites, writes } from './writes.ts';

export type SimulationStore = ReturnType<typeof simulationStore>;

export interface PortfolioRow {
  readonly id: string;
  readonly baseCurrency: string;
}

export interface CloseRow {
  readonly instrumentId: string;
  readonly day: string;
  readonly close: string;
  readonly simulated: boolean;
}

/** A worker that was silent for this long has died. */
const SILENT_SECONDS = 15;

export function simulationStore(prisma: PrismaClient, sql: Sql, work: UnitOfWork) {
  const read = async (statement: string, values: readonly unknown[]): Promise<Simulation[]> => (await sql.query<Simulation>(statement, values)).rows;
  return {
    portfolio: (organizationId: string, id: string): Promise<PortfolioRow | null> => prisma.portfolio.findFirst({ where: { organizationId, id } }),
    async positions(portfolioId: string): Promise<{ readonly instrumentId: string; readonly currency: string; readonly quantity: string }[]> {
      const rows = await prisma.position.findMany({ where: { portfolioId, NOT: { quantity: 0 } }, orderBy: { instrumentId: 'asc' } });
      return rows.map(({ instrumentId, currency, quantity }) => ({ instrumentId, currency, quantity: quantity.toFixed() }));
    },
    async cash(portfolioId: string): Promise<Money[]> {
      const rows = await prisma.cash.findMany({ where: { portfolioId, NOT: { balance: 0 } } });
      return rows.map(({ currency, balance }) => money(decimal(balance.toFixed()), currency));
    },
    /** The last `count` closes of an instrument, rising. */
    async lastCloses(instrumentId: string, count: number): Promise<CloseRow[]> {
      return (await sql.query<CloseRow>(
        `select * from (select instrument_id as "instrumentId", day::text, close::text, simulated from simulation.close
          where instrument_id = $1 order by simulation.close.day desc limit $2) as latest order by day`, [instrumentId, count])).rows;
    },
    simulations: (organizationId: string, ids: readonly string[]): Promise<Simulation[]> =>
      read(`select ${SIMULATION_COLUMNS} from simulation.simulation where organization_id = $1 and id = any($2)`, [organizationId, ids]),
    /** Newest first. */
    page: (organizationId: string, portfolioId: string, { from, backward, limit }: Page): Promise<Simulation[]> =>
      read(`select ${SIMULATION_COLUMNS} from simulation.simulation where organization_id = $1 and portfolio_id = $2 and ($3::text is null or id ${backward ? '>' : '<'} $3)
        order by id ${backward ? 'asc' : 'desc'} limit $4`, [organizationId, portfolioId, from?.[0] ?? null, limit]),
    async unfinished(organizationId: string): Promise<number> {
      return prisma.simulation.count({ where: { organizationId, status: { in: ['QUEUED', 'RUNNING'] } } });
    },
    /** The next that waits, or whose worker has died; it is the caller's from then on. Null when there is none. */
    async claim(): Promise<Simulation | null> {
      const [claimed] = await read(
        `update simulation.simulation set status = 'RUNNING', started_at = coalesce(started_at, now()), heartbeat_at = now()
          where id = (select id from simulation.simulation where status = 'QUEUED' or (status = 'RUNNING' and heartbeat_at < now() - interval '${SILENT_SECONDS} seconds')
            order by id limit 1 for update skip locked) returning ${SIMULATION_COLUMNS}`, []);
      return claimed ?? null;
    },
    /** False when it runs no more: it was cancelled. */
    async cameFurther(id: string, donePaths: number): Promise<boolean> {
      const { rowCount } = await sql.query(`update simulation.simulation set done_paths = greatest(done_paths, $2), heartbeat_at = now() where id = $1 and status = 'RUNNING'`, [id, donePaths]);
      return rowCount === 1;
    },
    transaction: <T>(steps: (tx: SimulationWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit))),
    ready: async (): Promise<void> => void (await prisma.$queryRaw`select 1`),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

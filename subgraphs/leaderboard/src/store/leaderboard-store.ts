/** The only place of this domain that names tables: a read model of the newest figures, kept by reactions. */
import type { UnitOfWork, Work } from '@pms/events/unit-of-work';
import type { PrismaClient } from '@pms/prisma/leaderboard';

export type Metric = 'TIME_WEIGHTED_RETURN' | 'SHARPE' | 'VOLATILITY' | 'MAX_DRAWDOWN';
export type Window = 'MONTH_TO_DATE' | 'YEAR_TO_DATE' | 'ONE_YEAR' | 'SINCE_INCEPTION';

export interface Measure {
  readonly window: Window;
  readonly timeWeightedReturn: number | null;
  readonly sharpe: number | null;
  readonly volatility: number | null;
  readonly maxDrawdown: number | null;
}

export type LeaderboardStore = ReturnType<typeof leaderboardStore>;

const columnOf = { TIME_WEIGHTED_RETURN: 'timeWeightedReturn', SHARPE: 'sharpe', VOLATILITY: 'volatility', MAX_DRAWDOWN: 'maxDrawdown' } as const;

export function leaderboardStore(prisma: PrismaClient, work: UnitOfWork) {
  return {
    /** Open portfolios of the organisation and the figure of each, by id. */
    async figures(organizationId: string, metric: Metric, window: Window): Promise<{ readonly portfolioId: string; readonly investorId: string | null; readonly value: number | null }[]> {
      const rows = await prisma.measure.findMany({ where: { organizationId, window, portfolio: { open: true } }, orderBy: { portfolioId: 'asc' }, include: { portfolio: { select: { investorId: true } } } });
      return rows.map((row) => ({ portfolioId: row.portfolioId, investorId: row.portfolio.investorId, value: row[columnOf[metric]]?.toNumber() ?? null }));
    },
    transaction: <T>(steps: (tx: LeaderboardWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit))),
    ready: async (): Promise<void> => void (await prisma.$queryRaw`select 1`),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

export type LeaderboardWrites = ReturnType<typeof writes>;

function writes({ sql, firstSight }: Work) {
  return {
    firstSight,
    /** A portfolio that is measured before it is heard of counts as open. */
    async keepPortfolio(portfolioId: string, organizationId: string, open: boolean): Promise<void> {
      await sql.query('insert into leaderboard.portfolio (id, organization_id, open) values ($1, $2, $3) on conflict (id) do update set open = portfolio.open and excluded.open', [portfolioId, organizationId, open]);
    },
    async keepInvestor(portfolioId: string, organizationId: string, investorId: string | null): Promise<void> {
      await sql.query('insert into leaderboard.portfolio (id, organization_id, investor_id) values ($1, $2, $3) on conflict (id) do update set investor_id = excluded.investor_id', [portfolioId, organizationId, investorId]);
    },
    /** An older day's figures do not replace newer ones. */
    async keepMeasures(portfolioId: string, organizationId: string, asOf: string, measures: readonly Measure[]): Promise<void> {
      await sql.query(
        `insert into leaderboard.measure (portfolio_id, organization_id, as_of, "window", time_weighted_return, sharpe, volatility, max_drawdown)
         select $1, $2, $3::date, * from unnest($4::text[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[])
         on conflict (portfolio_id, "window") do update set as_of = excluded.as_of, time_weighted_return = excluded.time_weighted_return,
           sharpe = excluded.sharpe, volatility = excluded.volatility, max_drawdown = excluded.max_drawdown where measure.as_of <= excluded.as_of`,
        [portfolioId, organizationId, asOf, measures.map(({ window }) => window), measures.map((of) => of.timeWeightedReturn),
          measures.map(({ sharpe }) => sharpe), measures.map(({ volatility }) => volatility), measures.map(({ maxDrawdown }) => maxDrawdown)]);
    },
  };
}

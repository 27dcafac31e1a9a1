/** The only place of this domain that names tables. Rows come in and go out as domain types; every read names its organisation. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork } from '@pms/events/unit-of-work';
import type { Prisma, PrismaClient } from '@pms/prisma/portfolio';
import type { Page } from '@pms/subgraph/connection';
import type { PersonVault } from '@pms/subgraph/person-vault';
import type { Investor } from '../domain/investor.ts';
import type { Portfolio, PortfolioStatus } from '../domain/portfolio.ts';
import { investorsOf } from './investors.ts';
import { toPortfolio } from './rows.ts';
import { type PortfolioWrites, writes } from './writes.ts';

export type PortfolioStore = ReturnType<typeof portfolioStore>;

export interface PortfolioFilter {
  readonly status?: PortfolioStatus | null | undefined;
  readonly investorId?: string | null | undefined;
  readonly baseCurrency?: string | null | undefined;
  readonly nameContains?: string | null | undefined;
}

/** Whose organisation, and whose portfolios in it: all, where it names no investors. */
export interface Asker {
  readonly organizationId: string;
  readonly investors?: readonly string[];
}

const including = { targets: true } as const;

export interface PortfolioStoreParts {
  readonly prisma: PrismaClient;
  readonly sql: Sql;
  readonly work: UnitOfWork;
  readonly vault: PersonVault;
}

export function portfolioStore({ prisma, sql, work, vault }: PortfolioStoreParts) {
  return {
    async portfolios(organizationId: string, ids: readonly string[]): Promise<Portfolio[]> {
      const rows = await prisma.portfolio.findMany({ where: { organizationId, id: { in: [...ids] } }, include: including });
      return rows.map(toPortfolio);
    },
    async investors(organizationId: string, ids: readonly string[]): Promise<Investor[]> {
      return investorsOf(sql, vault, await prisma.investor.findMany({ where: { organizationId, id: { in: [...ids] } } }));
    },
    /** Ids sort by the time they were made, so the id is the whole sort key. */
    async portfolioPage({ organizationId, investors }: Asker, filter: PortfolioFilter, page: Page): Promise<Portfolio[]> {
      const rows = await prisma.portfolio.findMany({ where: { organizationId, ...matching(filter), ...within(page), ...(investors === undefined ? {} : { AND: { investorId: { in: [...investors] } } }) }, ...inOrder(page), include: including });
      return rows.map(toPortfolio);
    },
    async investorPage({ organizationId, investors }: Asker, page: Page): Promise<Investor[]> {
      return investorsOf(sql, vault, await prisma.investor.findMany({ where: { organizationId, ...within(page), ...(investors === undefined ? {} : { AND: { id: { in: [...investors] } } }) }, ...inOrder(page) }));
    },
    /** Those of `ids` that market data told of. */
    async knownInstruments(organizationId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
      const rows = await prisma.knownInstrument.findMany({ where: { organizationId, id: { in: [...ids] } }, select: { id: true } });
      return new Set(rows.map(({ id }) => id));
    },
    /** One transaction: changes and their events are kept together or not at all. */
    transaction: <T>(steps: (tx: PortfolioWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit, vault))),
    ready: async (): Promise<void> => void (await prisma.$queryRaw`select 1`),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

const within = ({ from, backward }: Page): { readonly id?: { readonly gt?: string; readonly lt?: string } } => {
  const cursor = from?.[0];
  if (cursor === undefined) return {};
  return { id: backward ? { lt: cursor } : { gt: cursor } };
};

const inOrder = ({ backward, limit }: Page) => ({ orderBy: { id: backward ? 'desc' : 'asc' } as const, take: limit });

function matching({ status, investorId, baseCurrency, nameContains }: PortfolioFilter): Prisma.PortfolioWhereInput {
  return {
    ...(status == null ? {} : { status }),
    ...(investorId == null ? {} : { investorId }),
    ...(baseCurrency == null ? {} : { baseCurrency }),
    ...(nameContains == null ? {} : { name: { contains: nameContains, mode: 'insensitive' as const } }),
  };
}

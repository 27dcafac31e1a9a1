/** Where rules, decisions and their evidence are kept: the reads, and the door to a transaction. Every read names its organisation. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork } from '@pms/events/unit-of-work';
import type { Prisma, PrismaClient } from '@pms/prisma/validation';
import type { Page } from '@pms/subgraph/connection';
import type { Breach } from '../domain/breach.ts';
import type { Check, CheckOutcome } from '../domain/check.ts';
import type { Decision, DecisionOutcome } from '../domain/decision.ts';
import type { Restricted } from '../domain/restricted.ts';
import type { RuleKind } from '../domain/rule.ts';
import { books } from './books.ts';
import { type ValidationWrites, writes } from './writes.ts';

export type ValidationStore = ReturnType<typeof validationStore>;

export interface BreachFilter {
  readonly portfolioId?: string | null | undefined;
  readonly tradeId?: string | null | undefined;
  readonly kind?: RuleKind | null | undefined;
  readonly outcome?: CheckOutcome | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

export interface AskedRun {
  readonly tradeId: string;
  /** Null: the newest that was checked. */
  readonly version: number | null;
}

export function validationStore(prisma: PrismaClient, sql: Sql, work: UnitOfWork) {
  return {
    ...books(sql),

    async portfolio(organizationId: string, id: string): Promise<{ readonly id: string; readonly baseCurrency: string } | null> {
      return prisma.knownPortfolio.findFirst({ where: { organizationId, id }, select: { id: true, baseCurrency: true } });
    },

    /** The checks of the last run, for each asked version that was checked. */
    async lastRuns(organizationId: string, asked: readonly AskedRun[]): Promise<(AskedRun & { readonly checks: readonly Check[] })[]> {
      const { rows } = await sql.query<AskedRun & { checks: readonly Check[] }>(
        `select asked.trade_id as "tradeId", asked.version, last.checks from unnest($2::text[], $3::int[]) as asked(trade_id, version)
         cross join lateral (
           select r.checks from validation.check_run r
           where r.organization_id = $1 and r.trade_id = asked.trade_id and (asked.version is null or r.version = asked.version)
           order by r.version desc, r.id desc limit 1) last`,
        [organizationId, asked.map(({ tradeId }) => tradeId), asked.map(({ version }) => version)]);
      return rows;
    },

    /** The newest version's. */
    async decisions(organizationId: string, tradeIds: readonly string[]): Promise<Decision[]> {
      const rows = await prisma.decision.findMany({
        where: { organizationId, tradeId: { in: [...tradeIds] } }, distinct: ['tradeId'], orderBy: [{ tradeId: 'asc' }, { version: 'desc' }],
        select: { tradeId: true, version: true, outcome: true, decidedAt: true, decidedBy: true, comment: true },
      });
      return rows.map((row) => ({ ...row, outcome: row.outcome as DecisionOutcome })); // a check in the database keeps it within the union
    },

    async portfolioOf(organizationId: string, tradeId: string): Promise<string | null> {
      return (await prisma.decision.findFirst({ where: { organizationId, tradeId }, select: { portfolioId: true } }))?.portfolioId ?? null;
    },

    async restrictedList(organizationId: string): Promise<Restricted[]> {
      return prisma.restrictedInstrument.findMany({ where: { organizationId }, orderBy: { instrumentId: 'asc' }, select: { instrumentId: true, setAt: true, setBy: true } });
    },

    /** Newest first. */
    async breachPage(organizationId: string, filter: BreachFilter, { from, backward, limit }: Page): Promise<Breach[]> {
      const cursor = from?.[0];
      const rows = await prisma.breach.findMany({
        where: { organizationId, ...matching(filter), ...(cursor === undefined ? {} : { id: backward ? { gt: cursor } : { lt: cursor } }) },
        orderBy: { id: backward ? 'asc' : 'desc' }, take: limit,
      });
      return rows.map(toBreach);
    },

    async breaches(organizationId: string, ids: readonly string[]): Promise<Breach[]> {
      return (await prisma.breach.findMany({ where: { organizationId, id: { in: [...ids] } } })).map(toBreach);
    },

    /** One transaction: changes and their events are kept together or not at all. */
    transaction: <T>(steps: (tx: ValidationWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit))),
    ready: async (): Promise<void> => void (await sql.query('select 1')),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

type BreachRow = Omit<Breach, 'kind' | 'outcome'> & { readonly kind: string; readonly outcome: string };

const toBreach = (row: BreachRow): Breach => ({ ...row, kind: row.kind as RuleKind, outcome: row.outcome as CheckOutcome });

function matching({ portfolioId, tradeId, kind, outcome, from, to }: BreachFilter): Prisma.BreachWhereInput {
  return {
    ...(portfolioId == null ? {} : { portfolioId }), ...(tradeId == null ? {} : { tradeId }),
    ...(kind == null ? {} : { kind }), ...(outcome == null ? {} : { outcome }),
    ...(from == null && to == null ? {} : { at: { ...(from == null ? {} : { gte: from }), ...(to == null ? {} : { lte: to }) } }),
  };
}

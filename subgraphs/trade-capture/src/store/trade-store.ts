/** Where trades are kept: the reads, and the door to a transaction. Every read names its organisation. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork } from '@pms/events/unit-of-work';
import { isQuoteUnit, type QuoteUnit } from '@pms/money/quote-unit';
import type { PrismaClient } from '@pms/prisma/trade-capture';
import type { Page } from '@pms/subgraph/connection';
import type { Earlier } from '../domain/capture.ts';
import type { Side, Status, Trade, TradeVersion } from '../domain/trade.ts';
import { fixStore } from './fix-store.ts';
import { earlierCaptures } from './earlier-captures.ts';
import { importReads } from './import-reads.ts';
import { newsReads } from './news.ts';
import { remembered } from './remembered.ts';
import { SHOWN, TRADE_COLUMNS, toTrade, toVersion, type TradeRow, VERSION_COLUMNS, type VersionRow } from './rows.ts';
import { type TradeWrites, writes } from './writes.ts';

export type TradeStore = ReturnType<typeof tradeStore>;

export interface TradeFilter {
  readonly status?: readonly Status[] | null | undefined;
  readonly side?: Side | null | undefined;
  readonly instrumentId?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly externalId?: string | null | undefined;
}

export interface KnownPortfolio {
  readonly id: string;
}

export interface KnownInstrument {
  readonly id: string;
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
}

const MATCHING = `($3::text[] is null or v.status = any($3)) and ($4::text is null or v.side = $4) and ($5::text is null or v.instrument_id = $5)
  and ($6::date is null or v.trade_date >= $6) and ($7::date is null or v.trade_date <= $7) and ($8::text is null or t.external_id = $8)`;

export function tradeStore(prisma: PrismaClient, sql: Sql, work: UnitOfWork) {
  return {
    ...newsReads(sql), ...importReads(sql), ...fixStore(sql),

    /** Open or closed: whether a portfolio is closed is seen under its lock. */
    portfolios: remembered((organizationId, ids) =>
      prisma.knownPortfolio.findMany({ where: { organizationId, id: { in: [...ids] } }, select: { id: true } })),

    instruments: remembered(async (organizationId, ids): Promise<KnownInstrument[]> => {
      const rows = await prisma.knownInstrument.findMany({ where: { organizationId, id: { in: [...ids] } }, select: { id: true, currency: true, quoteUnit: true } });
      return rows.map(({ quoteUnit, ...row }) => ({ ...row, quoteUnit: quoteUnit !== null && isQuoteUnit(quoteUnit) ? quoteUnit : null }));
    }),

    async trades(organizationId: string, ids: readonly string[]): Promise<Trade[]> {
      const { rows } = await sql.query<TradeRow>(
        `select ${TRADE_COLUMNS} from ${SHOWN} where t.organization_id = $1 and t.id = any($2)`, [organizationId, ids]);
      return rows.map(toTrade);
    },

    /** A page of each of the portfolios, newest first, in one statement. */
    async tradePages(organizationId: string, portfolioIds: readonly string[], filter: TradeFilter, page: Page): Promise<Trade[]> {
      const cursor = page.from?.[0] ?? null;
      const [comparison, direction] = page.backward ? ['>', 'asc'] : ['<', 'desc'];
      const { rows } = await sql.query<TradeRow>(
        `select paged.* from unnest($2::text[]) as asked(portfolio_id) cross join lateral (
           select ${TRADE_COLUMNS} from ${SHOWN}
           where t.organization_id = $1 and t.portfolio_id = asked.portfolio_id and ${MATCHING} and ($9::text is null or t.id ${comparison} $9)
           order by t.id ${direction} limit $10) as paged order by paged.id ${direction}`,
        [organizationId, portfolioIds, filter.status ?? null, filter.side ?? null, filter.instrumentId ?? null,
          filter.from ?? null, filter.to ?? null, filter.externalId ?? null, cursor, page.limit]);
      return rows.map(toTrade);
    },

    /** Oldest first. */
    async histories(organizationId: string, tradeIds: readonly string[]): Promise<(TradeVersion & { readonly tradeId: string })[]> {
      const { rows } = await sql.query<VersionRow & { tradeId: string }>(
        `select v.trade_id as "tradeId", ${VERSION_COLUMNS} from trade_capture.trade_version v
         where v.organization_id = $1 and v.trade_id = any($2) order by v.trade_id, v.version`, [organizationId, tradeIds]);
      return rows.map((row) => ({ ...toVersion(row), tradeId: row.tradeId }));
    },

    earlier: (organizationId: string, externalIds: readonly string[], keys: readonly string[]): Promise<Earlier[]> =>
      earlierCaptures(sql, organizationId, externalIds, keys),

    /** One transaction: changes and their events are kept together or not at all. */
    transaction: <T>(steps: (tx: TradeWrites) => Promise<T>): Promise<T> => work((unit) => steps(writes(unit))),
    ready: async (): Promise<void> => void (await sql.query('select 1')),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

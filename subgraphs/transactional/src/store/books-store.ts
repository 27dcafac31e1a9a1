/** The only place of this domain that names tables. Rows come in and go out as domain values; every read names its organisation. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork, Work } from '@pms/events/unit-of-work';
import { rateStore } from '@pms/subgraph/rates';
import type { PrismaClient } from '@pms/prisma/transactional';
import { breakWrites } from './custody/break-writes.ts';
import { custodyReads } from './custody/custody-reads.ts';
import { custodyWrites } from './custody/custody-writes.ts';
import { dueReads, entitlementReads, entitlementWrites } from './entitlements.ts';
import { baseReads } from './base-reads.ts';
import { baseViewReads } from './base-view-reads.ts';
import { gainReads } from './gain-reads.ts';
import { priceReads, priceWrites } from './prices.ts';
import { exchangeReads, exchangeWrites } from './exchanges.ts';
import { checkpointReads, checkpointWrites } from './checkpoints.ts';
import { exportReads } from './export-reads.ts';
import { historyReads } from './history-reads.ts';
import { knownReads, knownWrites } from './known.ts';
import { ledgerReads } from './ledger-reads.ts';
import { movementPages } from './movement-pages.ts';
import { movementReads } from './movement-reads.ts';
import { policyWrites } from './operations-reads.ts';
import { postingReads } from './posting-reads.ts';
import { postingWrites } from './posting-writes.ts';
import { rebuildReads } from './rebuild-reads.ts';
import { settlementReads } from './settlement-reads.ts';
import { settlementWrites } from './settlement-writes.ts';
import { standingReads } from './standing-reads.ts';
import { statementReads } from './statement-reads.ts';
import { verifyReads } from './verify-reads.ts';

export type BooksStore = ReturnType<typeof booksStore>;

/** What one transaction on a portfolio's books may do. */
export type Posting = ReturnType<typeof posting>;

const posting = ({ sql, outbox, firstSight, firstSights }: Work) =>
  ({
    ...rateStore(sql, 'transactional'), ...exchangeWrites(sql), ...priceWrites(sql), tradeRates: baseViewReads(sql).tradeRates, ...postingReads(sql), ...postingWrites(sql), ...knownWrites(sql), ...rebuildReads(sql), ...checkpointWrites(sql), ...movementPages(sql), ...settlementWrites(sql), ...policyWrites(sql), ...settlementReads(sql), ...entitlementReads(sql), ...entitlementWrites(sql),
    ...custodyWrites(sql), ...breakWrites(sql), ...verifyReads(sql), outbox, firstSight, firstSights,
  });

export function booksStore(prisma: PrismaClient, sql: Sql, work: UnitOfWork) {
  return {
    ...standingReads(prisma, sql),
    ...historyReads(sql),
    ...checkpointReads(sql),
    ...exchangeReads(sql),
    ...priceReads(sql),
    ...baseReads(sql),
    published: rateStore(sql, 'transactional').published,
    ...dueReads(sql),
    ...gainReads(sql),
    ...baseViewReads(sql),
    ...ledgerReads(sql),
    ...movementReads(sql),
    ...statementReads(sql),
    ...exportReads(sql),
    ...settlementReads(sql),
    ...custodyReads(sql),
    ...knownReads(sql),
    /** One transaction: facts, journal, projections and events are kept together or not at all. */
    transaction: <T>(steps: (tx: Posting) => Promise<T>): Promise<T> => work((unit) => steps(posting(unit))),
    /** Reads many things as they stood at one moment; locks nothing, writes nothing. */
    snapshot: <T>(steps: (tx: Posting) => Promise<T>): Promise<T> => work(async (unit) => {
      const tx = posting(unit);
      await tx.atOneMoment();
      return steps(tx);
    }),
    ready: async (): Promise<void> => void (await prisma.$queryRaw`select 1`),
    close: (): Promise<void> => prisma.$disconnect(),
  };
}

/**
 * Works projections out of the recorded facts: lots, positions, cash, settlements. With `verify` they are compared with what is
 * stored, and so are the journal's totals; without it they are written anew, and then compared with the journal. Portfolio by portfolio, each
 * behind its lock; memory holds a page of facts and the open lots of one position.
 */
import type { RebuildReport } from '@pms/subgraph/subgraph';
import type { BooksContext } from '../context.ts';
import { type Difference, sentenceOf } from '../domain/rebuilt.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { checkpointDifferences } from './keep-checkpoints.ts';
import { rebuildExchanges } from './rebuild-exchanges.ts';
import { rebuildPositions } from './rebuild-positions.ts';
import { rebuildClaims, rebuildCustody } from './rebuild-settlement.ts';
import { journalDifferences, rebuildBookings, rebuildCash } from './rebuild-steps.ts';

const PORTFOLIOS_AT_ONCE = 100;
/** More than anybody reads; the rest is counted. */
const DIFFERENCES_MAX = 1_000;

export async function rebuildBooks(ctx: Pick<BooksContext, 'store'>, { verify }: { readonly verify: boolean }): Promise<RebuildReport> {
  const differences: string[] = [];
  let facts = 0;
  for (let after = ''; ;) {
    const ids = await ctx.store.portfolioIdsAfter(after, PORTFOLIOS_AT_ONCE);
    for (const id of ids) {
      const found = await ctx.store.transaction(async (tx) => {
        const portfolio = await tx.lock(id);
        return portfolio === null ? { facts: 0, differences: [] } : rebuildPortfolio(tx, portfolio, verify);
      });
      facts += found.facts;
      differences.push(...found.differences.slice(0, DIFFERENCES_MAX - differences.length).map((each) => `${id}: ${sentenceOf(each)}`));
    }
    const last = ids.at(-1);
    if (last === undefined) return { domain: 'transactional', facts, differences };
    after = last;
  }
}

/** With `verify`, in a snapshot or behind the lock; without it, behind the lock. */
export async function rebuildPortfolio(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<{ facts: number; differences: Difference[] }> {
  if (!verify) {
    await tx.dropProjections(portfolio.id);
    await tx.restoreCancellations(portfolio.id);
  }
  const bookings = await rebuildBookings(tx, portfolio, verify);
  const positions = await rebuildPositions(tx, portfolio, verify);
  const checkpoints = verify ? await checkpointDifferences(tx, portfolio) : []; // without verify they are gone, and will be kept again
  const custody = [...(await rebuildCustody(tx, portfolio, verify)), ...(await rebuildClaims(tx, portfolio, verify))];
  const exchanges = await rebuildExchanges(tx, portfolio, verify);
  const cash = await rebuildCash(tx, portfolio, verify, positions.actions);
  return { facts: cash.facts, differences: [...bookings, ...positions.differences, ...checkpoints, ...custody, ...exchanges, ...cash.differences, ...(await journalDifferences(tx, portfolio))] };
}

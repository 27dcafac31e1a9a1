/**
 * Proves the books: every entry balances and is what its fact led to, lots are positions are custody, cash is the sum of the entries, projections
 * are what the facts say. Portfolio by portfolio, each as it stood at one moment, beside those who write; nothing is changed, nothing locked.
 * Memory holds a page of facts and the open lots of one position, however many trades there are.
 */
import type { BooksContext } from '../context.ts';
import { type Finding, tableOf, type Verified } from '../domain/finding.ts';
import type { Difference } from '../domain/rebuilt.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import { rebuildPortfolio } from './rebuild-books.ts';

export interface VerifyOptions {
  /** Only this organisation's; null for all. */
  readonly organizationId: string | null;
  /** Only this one; null for all. */
  readonly portfolioId: string | null;
}

const PORTFOLIOS_AT_ONCE = 100;
/** Of one portfolio: more than anybody reads. */
const FINDINGS_MAX = 1_000;

export async function* verifyBooks(ctx: Pick<BooksContext, 'store'>, { organizationId, portfolioId }: VerifyOptions): AsyncGenerator<Verified> {
  const wanted = (portfolio: LockedPortfolio | null): portfolio is LockedPortfolio =>
    portfolio !== null && (organizationId === null || portfolio.organizationId === organizationId);
  for (let after = ''; ;) {
    const ids = portfolioId === null ? await ctx.store.portfolioIdsAfter(after, PORTFOLIOS_AT_ONCE) : after === '' ? [portfolioId] : [];
    for (const id of ids) {
      const verified = await ctx.store.snapshot(async (tx) => {
        await tx.byIndex();
        const portfolio = await tx.seen(id);
        return wanted(portfolio) ? verifyPortfolio(tx, portfolio) : null;
      });
      if (verified !== null) yield verified;
    }
    const last = ids.at(-1);
    if (last === undefined) break;
    after = last;
  }
  if (organizationId !== null || portfolioId !== null) return;
  const findings = await ctx.store.snapshot((tx) => tx.orphans());
  if (findings.length > 0) yield { organizationId: '', portfolioId: null, facts: 0, entries: 0, trades: 0, findings };
}

async function verifyPortfolio(tx: Posting, portfolio: LockedPortfolio): Promise<Verified> {
  const { id, organizationId } = portfolio;
  const checked = await tx.checkedBooks(id, organizationId);
  const rebuilt = await unreadable(id, async () => named(id, (await rebuildPortfolio(tx, portfolio, true)).differences));
  return { organizationId, portfolioId: id, ...(await tx.counts(id)), findings: [...checked, ...rebuilt].slice(0, FINDINGS_MAX) };
}

const named = (portfolioId: string, differences: readonly Difference[]): Finding[] => differences.map(({ what, stored, facts }) => {
  const table = tableOf(what);
  const check = table === 'journal_line' ? 'projections are the sum of the entries' : 'what is stored is what the facts say';
  return { check, portfolioId, table, what, expected: facts ?? 'nothing', found: stored ?? 'nothing' };
});

/** A fact that cannot be read any more is a finding as well; the database's own errors are not. */
async function unreadable(portfolioId: string, work: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || 'severity' in error) throw error;
    return [{ check: 'facts can be replayed', portfolioId, table: 'fact', what: 'the facts of the portfolio', expected: 'facts that lead to books', found: error.message.slice(0, 300) }];
  }
}

/** Begins every write to a portfolio's books: waits for its turn. */
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';

/** Throws where the portfolio has not been heard of: an event about it is then tried again a little later. */
export async function lockedPortfolio(tx: Posting, portfolioId: string): Promise<LockedPortfolio> {
  const portfolio = await tx.lock(portfolioId);
  if (portfolio === null) throw new Error(`portfolio ${portfolioId} is not known yet`);
  return portfolio;
}

/** Cash as it stands, or as it stood on a day and was known at a time. */
import type { Cash } from '../domain/cash.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Moment } from '../store/history-reads.ts';

/** In the order of the ids; none for a portfolio that is unknown or another organisation's. */
export async function cashAt(store: BooksStore, organizationId: string, portfolioIds: readonly string[], moment: Moment): Promise<(readonly Cash[])[]> {
  const found = moment.asOf === null && moment.knownAt === null ? await store.cashBalances(organizationId, portfolioIds) : await store.cashThen(organizationId, portfolioIds, moment);
  return portfolioIds.map((id) => found.get(id) ?? []);
}

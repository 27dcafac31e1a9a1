/** Currency exchanges as their facts have them, compared with what is stored, or written. */
import { exchangesIn, type KeptExchange } from '../domain/exchange-history.ts';
import { type Difference, differences, shown } from '../domain/rebuilt.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';

const show = (all: Iterable<KeptExchange>): Map<string, string> => new Map([...all].map(({ id, sold, bought, tradedOn, valueOn, settledOn, cancelled }) =>
  [`currency exchange ${id}`, shown(sold.amount, sold.currency, 'for', bought.amount, bought.currency, 'of', tradedOn, 'value', valueOn, cancelled ? 'taken back' : 'settled', settledOn)]));

export async function rebuildExchanges(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<Difference[]> {
  const rebuilt = exchangesIn(await tx.exchangeFacts(portfolio.id));
  if (!verify) for (const exchange of rebuilt) await tx.insertExchange(portfolio, exchange);
  return differences(show(await tx.exchangesOf(portfolio.id)), show(rebuilt));
}

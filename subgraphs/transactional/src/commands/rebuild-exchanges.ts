/** Currency exchanges as their facts have them, compared with what is stored, or written. */
import { decimal } from '@pms/money';
import { type Difference, differences, shown } from '../domain/rebuilt.ts';
import type { Posting } from '../store/books-store.ts';
import type { KeptExchange } from '../store/exchanges.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';

interface Sides {
  readonly exchangeId: string;
  readonly sold: { readonly amount: string; readonly currency: string };
  readonly bought: { readonly amount: string; readonly currency: string };
  readonly valueDate: string;
  readonly idempotencyKey: string;
  readonly contentHash: string;
}

const show = (all: Iterable<KeptExchange>): Map<string, string> => new Map([...all].map(({ id, sold, bought, tradedOn, valueOn, settledOn }) =>
  [`currency exchange ${id}`, shown(sold.amount, sold.currency, 'for', bought.amount, bought.currency, 'of', tradedOn, 'value', valueOn, 'settled', settledOn)]));

export async function rebuildExchanges(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<Difference[]> {
  const rebuilt = new Map<string, KeptExchange>();
  for (const { kind, effectiveOn, data } of await tx.exchangeFacts(portfolio.id)) {
    const { exchangeId: id, sold, bought, valueDate: valueOn, idempotencyKey, contentHash } = data as unknown as Sides;
    const known = rebuilt.get(id);
    if (kind === 'CURRENCY_SETTLED' && known !== undefined) rebuilt.set(id, { ...known, settledOn: effectiveOn });
    else if (kind === 'CURRENCY_EXCHANGED') {
      rebuilt.set(id, {
        id, sold: { ...sold, amount: decimal(sold.amount) }, bought: { ...bought, amount: decimal(bought.amount) }, tradedOn: effectiveOn, valueOn, settledOn: null, idempotencyKey, contentHash,
      });
    }
  }
  if (!verify) for (const exchange of rebuilt.values()) await tx.insertExchange(portfolio, exchange);
  return differences(show(await tx.exchangesOf(portfolio.id)), show(rebuilt.values()));
}

/**
 * What each holding is of net assets (cash and holdings at the last close, in the base currency). The traded instrument without a close is
 * valued at the trade's price. Not known where another holding has no close, where another currency is held, or where nothing is left to divide by.
 */
import { type Decimal, sum, ZERO } from '@pms/money';
import type { Book, Terms } from './book.ts';
import type { Market } from './market.ts';

export type Weighed =
  | { readonly known: true; readonly weights: ReadonlyMap<string, Decimal>; readonly netAssets: Decimal }
  | { readonly known: false; readonly because: string };

export function weightsOf(book: Book, trade: Terms, market: Market): Weighed {
  const foreign = [...book.cash].find(([currency, amount]) => currency !== market.baseCurrency && !amount.isZero());
  if (foreign !== undefined) return { known: false, because: `there is no rate for ${foreign[0]}` };
  const values = new Map<string, Decimal>();
  for (const [instrumentId, quantity] of book.holdings) {
    if (quantity.isZero()) continue;
    const price = priceOf(instrumentId, trade, market);
    if (typeof price === 'string') return { known: false, because: price };
    values.set(instrumentId, quantity.times(price));
  }
  const netAssets = sum(values.values()).plus(book.cash.get(market.baseCurrency) ?? ZERO);
  if (!netAssets.greaterThan(0)) return { known: false, because: 'there are no net assets to weigh by' };
  return { known: true, weights: new Map([...values].map(([id, value]) => [id, value.div(netAssets)])), netAssets };
}

/** Why there is none, as text. */
function priceOf(instrumentId: string, trade: Terms, market: Market): Decimal | string {
  const instrument = market.instruments.get(instrumentId);
  if (instrument !== undefined && instrument.currency !== market.baseCurrency) return `there is no rate for ${instrument.currency}`;
  const close = market.closeAt(instrumentId, trade.tradeDate)?.close;
  if (close !== undefined) return close;
  return instrumentId === trade.instrumentId ? trade.price : `there is no close of ${instrument?.symbol ?? instrumentId}`;
}

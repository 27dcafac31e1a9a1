/** A trade, as the other domains tell of it, as the fill that the lots see. Throws for a fee in another currency that has no rate. */
import { type Decimal, decimal } from '@pms/money';
import { chargesOf, type ToldFee } from './charges.ts';
import { charged, settledIn } from './fill-cash.ts';
import { type Fill, fillOf } from './lots.ts';

/** Amounts are decimal text, times RFC 3339. */
export interface ToldTrade {
  readonly tradeId: string;
  readonly tradeDate: string;
  readonly capturedAt: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly currency: string;
  /** The currency in which cash moves, where it is another one, and the trade's own rate into it. */
  readonly settlement?: { readonly currency: string; readonly rate: string } | undefined;
  readonly fees: readonly ToldFee[];
  readonly lotPicks?: readonly { readonly lotId: string; readonly quantity: string }[] | undefined;
}

export function asFill(trade: ToldTrade): Fill {
  const { currency, settlement } = trade;
  const { own, charges } = chargesOf(trade);
  const fill = ownFill(trade, own);
  const settled = settlement === undefined ? fill : settledIn(fill, { currency: settlement.currency, rate: decimal(settlement.rate) });
  return charges.length === 0 ? settled : charged(settled, charges, settlement?.currency ?? currency);
}

const ownFill = (trade: ToldTrade, fees: Decimal): Fill => fillOf({
  tradeId: trade.tradeId, tradedOn: trade.tradeDate, sequence: microsecondsOf(trade.capturedAt), side: trade.side,
  quantity: decimal(trade.quantity), price: decimal(trade.price), fees, currency: trade.currency,
  ...namedIn(trade.lotPicks ?? []),
});

/** Nothing where none are named. */
export const namedIn = (picks: readonly { readonly lotId: string; readonly quantity: string }[]): Pick<Fill, 'named'> =>
  (picks.length === 0 ? {} : { named: picks.map(({ lotId, quantity }) => ({ lotId, quantity: decimal(quantity) })) });

/** Since the epoch. Capture gives each version of a portfolio an instant of its own, often within one millisecond. */
const microsecondsOf = (instant: string): number => Date.parse(instant) * 1_000 + Number(/\.\d{3}(\d{3})/.exec(instant)?.[1] ?? 0);

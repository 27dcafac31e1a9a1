/** A trade, as the other domains tell of it, as the fill that the lots see. Refuses a fee in another currency than the trade's. */
import { type Decimal, decimal, sum } from '@pms/money';
import { settledIn } from './fill-cash.ts';
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
  readonly fees: readonly { readonly amount: { readonly amount: string; readonly currency: string } }[];
  readonly lotPicks?: readonly { readonly lotId: string; readonly quantity: string }[] | undefined;
}

export function asFill(trade: ToldTrade): Fill {
  const { settlement } = trade;
  const fill = ownFill(trade);
  return settlement === undefined ? fill : settledIn(fill, { currency: settlement.currency, rate: decimal(settlement.rate) });
}

const ownFill = (trade: ToldTrade): Fill => fillOf({
  tradeId: trade.tradeId, tradedOn: trade.tradeDate, sequence: microsecondsOf(trade.capturedAt), side: trade.side,
  quantity: decimal(trade.quantity), price: decimal(trade.price), fees: feesOf(trade), currency: trade.currency,
  ...namedIn(trade.lotPicks ?? []),
});

/** Nothing where none are named. */
export const namedIn = (picks: readonly { readonly lotId: string; readonly quantity: string }[]): Pick<Fill, 'named'> =>
  (picks.length === 0 ? {} : { named: picks.map(({ lotId, quantity }) => ({ lotId, quantity: decimal(quantity) })) });

/** Since the epoch. Capture gives each version of a portfolio an instant of its own, often within one millisecond. */
const microsecondsOf = (instant: string): number => Date.parse(instant) * 1_000 + Number(/\.\d{3}(\d{3})/.exec(instant)?.[1] ?? 0);

/** Capture sees to it that fees are in the trade's currency; one that is not would make the cash wrong in silence. */
function feesOf({ tradeId, currency, fees }: ToldTrade): Decimal {
  const foreign = fees.find(({ amount }) => amount.currency !== currency);
  if (foreign !== undefined) throw new Error(`trade ${tradeId} is in ${currency} and has a fee in ${foreign.amount.currency}`);
  return sum(fees.map(({ amount }) => decimal(amount.amount)));
}

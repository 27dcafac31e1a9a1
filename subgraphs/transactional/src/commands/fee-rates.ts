/**
 * The rates at which fees in another currency than their trade's count in what was bought or sold: the last ones published on or before the trade date, fixed in the fact
 * when the trade is booked, so that a correction changes nothing. Without one the trade is refused: what it cost would not be known.
 */
import { text, toStored } from '@pms/money';
import { RATE_AGE_DAYS_MAX, rateIfKnown } from '@pms/money/fx';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { unratedFees } from '../domain/charges.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';

interface Booking {
  readonly book: { readonly trade: TradeFacts } | null;
}

interface Rated<Turn> {
  readonly turns: readonly Turn[];
  /** Those that cannot be booked, with what is missing. */
  readonly unrated: readonly { readonly turn: Turn; readonly reason: string }[];
}

export async function withFeeRates<Turn extends Booking>(tx: Posting, { organizationId }: LockedPortfolio, asked: readonly Turn[]): Promise<Rated<Turn>> {
  const needed = asked.flatMap(({ book }) => (book === null ? [] : unratedFees(book.trade).map(({ amount }) => ({ base: amount.currency, quote: book.trade.currency, on: book.trade.tradeDate }))));
  if (needed.length === 0) return { turns: asked, unrated: [] };
  const published = await tx.published(organizationId, needed);
  const turns: Turn[] = [];
  const unrated: { turn: Turn; reason: string }[] = [];
  for (const turn of asked) {
    const { book } = turn;
    const foreign = book === null ? [] : unratedFees(book.trade);
    const rates = new Map(foreign.map(({ amount: { currency } }) => [currency, book === null ? null : rateIfKnown(published, { base: currency, quote: book.trade.currency, on: book.trade.tradeDate })]));
    const missing = [...rates].find(([, rate]) => rate === null)?.[0];
    if (book === null || foreign.length === 0) turns.push(turn);
    else if (missing !== undefined) unrated.push({ turn, reason: missingRate(missing, book.trade) });
    else turns.push({ ...turn, book: { ...book, trade: { ...book.trade, fees: book.trade.fees.map((fee) => ratedFee(fee, rates.get(fee.amount.currency) ?? null)) } } });
  }
  return { turns, unrated };
}

type ToldFee = TradeFacts['fees'][number];

const ratedFee = (fee: ToldFee, rate: ReturnType<typeof rateIfKnown>): ToldFee =>
  (rate === null || fee.rate !== undefined ? fee : { ...fee, rate: text(toStored(rate.rate)), rateOn: rate.date });

const missingRate = (from: string, { currency, tradeDate }: TradeFacts): string =>
  `MISSING_RATE: a fee is in ${from} and the trade in ${currency}, and no rate between them was published on ${tradeDate} or in the ${RATE_AGE_DAYS_MAX} days before: publish one, and capture the trade again`;

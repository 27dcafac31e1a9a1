/**
 * What may be captured: positive quantity and price, fees of zero or more in the trade's currency, a day that has begun
 * somewhere on earth, a gross amount that can be stored, lots by name. Everything else is refused as INVALID, with its path.
 */
import { invalid } from '@pms/errors';
import { Decimal, decimal, money, text } from '@pms/money';
import { type LotPickInput, lotPicksOf } from './lot-picks.ts';
import type { Fee, FeeKind, Side, Terms } from './trade.ts';

/** The terms as they come in: decimals as text. */
export interface TermsInput {
  readonly instrumentId: string;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly currency: string;
  readonly tradeDate: string;
  readonly fees?: readonly FeeInput[] | null | undefined;
  readonly lotPicks?: readonly LotPickInput[] | null | undefined;
}

export interface FeeInput {
  readonly kind: FeeKind;
  readonly amount: { readonly amount: string; readonly currency: string };
}

const FEES_MAX = 20;
const EARLIEST_DAY = '1900-01-01';
/** numeric(38,18) keeps 20 whole digits; two are left for sums. */
const GROSS_MAX = new Decimal('1e18');
/** The first places on earth to begin a day are 14 hours ahead of UTC. */
const FIRST_ZONE_AHEAD_MS = 14 * 3_600_000;

/** The latest day that has begun anywhere. */
export const latestDay = (now: Date): string => new Date(now.getTime() + FIRST_ZONE_AHEAD_MS).toISOString().slice(0, 10);

export function termsOf(input: TermsInput, now: Date): Terms {
  const quantity = decimal(input.quantity);
  const price = decimal(input.price);
  if (!quantity.greaterThan(0)) throw invalid('the quantity must be more than zero', 'quantity');
  if (!price.greaterThan(0)) throw invalid('the price must be more than zero', 'price');
  if (quantity.times(price).greaterThanOrEqualTo(GROSS_MAX)) throw invalid(`quantity times price must be less than ${text(GROSS_MAX)}`, 'quantity');
  if (input.tradeDate > latestDay(now)) throw invalid('the trade date is in the future', 'tradeDate');
  if (input.tradeDate < EARLIEST_DAY) throw invalid(`the trade date is before ${EARLIEST_DAY}`, 'tradeDate');
  return {
    instrumentId: input.instrumentId, side: input.side, quantity, price, currency: input.currency, tradeDate: input.tradeDate,
    fees: feesOf(input.fees ?? [], input.currency), lotPicks: lotPicksOf(input.lotPicks ?? [], quantity),
  };
}

function feesOf(fees: readonly FeeInput[], currency: string): readonly Fee[] {
  if (fees.length > FEES_MAX) throw invalid(`a trade has at most ${FEES_MAX} fees`, 'fees');
  return fees.map((fee, index) => {
    const amount = decimal(fee.amount.amount);
    if (amount.isNegative()) throw invalid('a fee must not be negative', 'fees', String(index), 'amount', 'amount');
    if (amount.greaterThanOrEqualTo(GROSS_MAX)) throw invalid(`a fee must be less than ${text(GROSS_MAX)}`, 'fees', String(index), 'amount', 'amount');
    if (fee.amount.currency !== currency) throw invalid(`fees are in the trade's currency, ${currency}`, 'fees', String(index), 'amount', 'currency');
    return { kind: fee.kind, amount: money(amount, currency) };
  });
}

/** The trade is in the currency that its instrument is traded in. */
export function checkCurrency(terms: Terms, instrumentCurrency: string): void {
  if (terms.currency !== instrumentCurrency) throw invalid(`the instrument is traded in ${instrumentCurrency}, not in ${terms.currency}`, 'currency');
}

/** Terms as comparable text: "100" and "100.0" are the same quantity; lots in whatever order, and nothing of them where none are named. */
export const canonicalTerms = ({ lotPicks, ...terms }: Terms): object => ({
  ...terms, quantity: text(terms.quantity), price: text(terms.price),
  fees: terms.fees.map(({ kind, amount }) => ({ kind, amount: text(amount.amount), currency: amount.currency })),
  ...(lotPicks.length > 0 && { lotPicks: lotPicks.map(({ lotId, quantity }) => `${lotId} ${text(quantity)}`).toSorted() }),
});

/**
 * What may be captured: positive quantity and price, fees of zero or more in any currency, a day that has begun
 * somewhere on earth, a gross amount that can be stored, lots by name. Everything else is refused as INVALID, with its path.
 */
import { invalid } from '@pms/errors';
import { Decimal, decimal, money, text } from '@pms/money';
import { isCurrency } from '@pms/money/currencies';
import { priceDigitsMax, type QuoteUnit, quoteUnitNamed, quoteUnits } from '@pms/money/quote-unit';
import { type LotPickInput, lotPicksOf } from './lot-picks.ts';
import type { Fee, FeeKind, Settlement, Side, Terms } from './trade.ts';

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
  readonly settlementCurrency?: string | null | undefined;
  readonly settlementRate?: string | null | undefined;
  readonly counterparty?: string | null | undefined;
  readonly placeOfSettlement?: string | null | undefined;
  readonly custodyAccount?: string | null | undefined;
}

export interface FeeInput {
  readonly kind: FeeKind;
  readonly amount: { readonly amount: string; readonly currency: string };
}

const FEES_MAX = 20;
const PARTY_LENGTH_MAX = 100;
const EARLIEST_DAY = '1900-01-01';
/** numeric(38,18) keeps 20 whole digits; two are left for sums. */
const GROSS_MAX = new Decimal('1e18');
/** The first places on earth to begin a day are 14 hours ahead of UTC. */
const FIRST_ZONE_AHEAD_MS = 14 * 3_600_000;

/** The latest day that has begun anywhere. */
export const latestDay = (now: Date): string => new Date(now.getTime() + FIRST_ZONE_AHEAD_MS).toISOString().slice(0, 10);

/** What follows from the instrument, `quoteUnit`, is not known yet: see `quotedAs`. */
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
    fees: feesOf(input.fees ?? [], input.currency), lotPicks: lotPicksOf(input.lotPicks ?? [], quantity), quoteUnit: null, settlement: settlementOf(input),
    counterparty: partyOf(input.counterparty, 'counterparty'), placeOfSettlement: partyOf(input.placeOfSettlement, 'placeOfSettlement'),
    custodyAccount: partyOf(input.custodyAccount, 'custodyAccount'),
  };
}

/** Names are kept as they are given, without the space around them: settlement groups by them. */
function partyOf(given: string | null | undefined, field: string): string | null {
  if (given == null) return null;
  const name = given.trim();
  if (name === '' || name.length > PARTY_LENGTH_MAX) throw invalid(`the ${field} has 1 to ${PARTY_LENGTH_MAX} characters`, field);
  return name;
}

function feesOf(fees: readonly FeeInput[], currency: string): readonly Fee[] {
  if (fees.length > FEES_MAX) throw invalid(`a trade has at most ${FEES_MAX} fees`, 'fees');
  return fees.map((fee, index) => {
    const amount = decimal(fee.amount.amount);
    if (amount.isNegative()) throw invalid('a fee must not be negative', 'fees', String(index), 'amount', 'amount');
    if (amount.greaterThanOrEqualTo(GROSS_MAX)) throw invalid(`a fee must be less than ${text(GROSS_MAX)}`, 'fees', String(index), 'amount', 'amount');
    if (fee.amount.currency !== currency) checkForeign(fee.amount.currency, ['fees', String(index), 'amount']);
    return { kind: fee.kind, amount: money(amount, fee.amount.currency) };
  });
}

/** At which rate a fee in another currency counts in what was bought or sold, the books decide. */
function checkForeign(currency: string, path: readonly string[]): void {
  const unit = quoteUnitNamed(currency);
  if (unit !== null) throw invalid(`${currency} is a unit that prices are quoted in: a fee is in ${quoteUnits[unit].currency}`, ...path, 'currency');
  if (!isCurrency(currency)) throw invalid(`${currency} is not a currency`, ...path, 'currency');
}

const RATE_MAX = new Decimal('1e9');

/** Null: cash moves in the trade's currency. */
function settlementOf({ currency, settlementCurrency, settlementRate }: TermsInput): Settlement | null {
  const rate = settlementRate == null ? null : decimal(settlementRate);
  if (settlementCurrency == null || settlementCurrency === currency) {
    if (rate !== null && !rate.equals(1)) throw invalid(`a trade that settles in its own currency, ${currency}, has no rate`, 'settlementRate');
    return null;
  }
  if (!isCurrency(settlementCurrency)) throw invalid(`${settlementCurrency} is not a currency`, 'settlementCurrency');
  if (rate === null) throw invalid(`a trade in ${currency} that settles in ${settlementCurrency} needs its rate: how much ${settlementCurrency} one ${currency} is`, 'settlementRate');
  if (!rate.greaterThan(0) || rate.greaterThan(RATE_MAX)) throw invalid(`a rate is more than zero and at most ${text(RATE_MAX)}`, 'settlementRate');
  return { currency: settlementCurrency, rate };
}

export interface TradedIn {
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
}

/** The terms with the unit of their price. The trade is in the currency that its instrument is traded in, its price in the unit that it is quoted in. */
export function quotedAs(terms: Terms, { currency, quoteUnit }: TradedIn): Terms {
  if (terms.currency !== currency) {
    const meant = quoteUnitNamed(terms.currency);
    throw invalid(meant === null ? `the instrument is traded in ${currency}, not in ${terms.currency}`
      : `${terms.currency} is not a currency but a unit that prices are quoted in: the currency is ${quoteUnits[meant].currency}, and the price stays in ${meant} where the instrument is quoted so`, 'currency');
  }
  if (terms.price.decimalPlaces() > priceDigitsMax(quoteUnit)) throw invalid(`a price in ${quoteUnit} has at most ${priceDigitsMax(quoteUnit)} fractional digits`, 'price');
  return { ...terms, quoteUnit };
}

/**
 * Terms as comparable text: "100" and "100.0" are the same quantity; lots in whatever order, and nothing of them, nor of parties, where none are named. The unit
 * of the price is left out: it follows from the instrument.
 */
export const canonicalTerms = ({ settlement, lotPicks, counterparty, placeOfSettlement, custodyAccount, ...terms }: Terms): object => ({
  instrumentId: terms.instrumentId, side: terms.side, currency: terms.currency, tradeDate: terms.tradeDate, ...(settlement !== null && { settlement: { currency: settlement.currency, rate: text(settlement.rate) } }),
  quantity: text(terms.quantity), price: text(terms.price),
  fees: terms.fees.map(({ kind, amount }) => ({ kind, amount: text(amount.amount), currency: amount.currency })),
  ...(lotPicks.length > 0 && { lotPicks: lotPicks.map(({ lotId, quantity }) => `${lotId} ${text(quantity)}`).toSorted() }),
  ...(counterparty !== null && { counterparty }), ...(placeOfSettlement !== null && { placeOfSettlement }), ...(custodyAccount !== null && { custodyAccount }),
});

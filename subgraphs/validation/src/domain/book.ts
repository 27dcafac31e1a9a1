/**
 * A portfolio as it will stand once everything that was allowed is booked: cash by currency, quantities by instrument.
 * A trade's effect is what it adds to both; a purchase takes cash, a short holding is negative.
 */
import { type Decimal, decimal, minorUnits, sum, ZERO } from '@pms/money';

export interface Effect {
  readonly instrumentId: string;
  readonly quantity: Decimal;
  readonly currency: string;
  readonly cash: Decimal;
}

export interface Book {
  readonly cash: Map<string, Decimal>;
  readonly holdings: Map<string, Decimal>;
}

/** A version of a trade, as rules see it. */
export interface Terms {
  readonly portfolioId: string;
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly currency: string;
  readonly tradeDate: string;
  /** All together, in the trade's currency. */
  readonly fees: Decimal;
  /** Where cash moves in another currency than the trade's. */
  readonly settlement?: { readonly currency: string; readonly rate: Decimal } | undefined;
}

/** A version of a trade as events tell it: decimals as text. */
export interface Told {
  readonly tradeId: string;
  readonly version: number;
  readonly portfolioId: string;
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly currency: string;
  readonly tradeDate: string;
  readonly fees: { kind: 'COMMISSION' | 'EXCHANGE_FEE' | 'REGULATORY_FEE' | 'TAX' | 'OTHER'; amount: { amount: string; currency: string } }[];
  readonly externalId: string | null;
  readonly capturedAt: string;
  /** Open lots that it closes, by name; whether they are open, only the books know. */
  readonly lotPicks?: { lotId: string; quantity: string }[] | undefined;
  readonly quoted?: { price: string; unit: 'GBX' | 'ZAc' | 'ILA' } | undefined;
  /** The currency in which cash moves, and the trade's own rate into it. */
  readonly settlement?: { currency: string; rate: string } | undefined;
}

export const termsOf = (told: Omit<Told, 'tradeId' | 'version' | 'externalId' | 'capturedAt'>): Terms => ({
  portfolioId: told.portfolioId, instrumentId: told.instrumentId, side: told.side, quantity: decimal(told.quantity), price: decimal(told.price),
  currency: told.currency, tradeDate: told.tradeDate, fees: sum(told.fees.map(({ amount }) => decimal(amount.amount))),
  ...(told.settlement !== undefined && { settlement: { currency: told.settlement.currency, rate: decimal(told.settlement.rate) } }),
});

/** Cash is rounded as it will be booked: to the currency's minor unit. The booking's own figure replaces it when it comes. */
export function effectOf({ instrumentId, side, quantity, price, currency, fees, settlement }: Terms): Effect {
  const gross = quantity.times(price);
  const cash = (side === 'BUY' ? gross.negated() : gross).minus(fees).toDecimalPlaces(minorUnits(currency));
  const moved = settlement === undefined ? { currency, cash } : { currency: settlement.currency, cash: cash.times(settlement.rate).toDecimalPlaces(minorUnits(settlement.currency)) };
  return { instrumentId, quantity: side === 'BUY' ? quantity : quantity.negated(), ...moved };
}

export const negated = (effect: Effect): Effect => ({ ...effect, quantity: effect.quantity.negated(), cash: effect.cash.negated() });

export const cashIn = ({ cash }: Book, currency: string): Decimal => cash.get(currency) ?? ZERO;
export const held = ({ holdings }: Book, instrumentId: string): Decimal => holdings.get(instrumentId) ?? ZERO;

export const copyOf = ({ cash, holdings }: Book): Book => ({ cash: new Map(cash), holdings: new Map(holdings) });

/** Changes the book. */
export function apply(book: Book, effects: readonly Effect[]): void {
  for (const { instrumentId, quantity, currency, cash } of effects) {
    book.cash.set(currency, cashIn(book, currency).plus(cash));
    book.holdings.set(instrumentId, held(book, instrumentId).plus(quantity));
  }
}

/**
 * A portfolio as it will stand once everything that was allowed is booked: cash by currency, quantities by instrument.
 * A trade's effect is what it adds to both; a purchase takes cash, a short holding is negative.
 */
import { type Decimal, decimal, minorUnits, sum, toMinorUnit, ZERO } from '@pms/money';

export interface Effect {
  readonly instrumentId: string;
  readonly quantity: Decimal;
  readonly currency: string;
  readonly cash: Decimal;
  /** What fees in yet other currencies add to cash; absent where there are none. */
  readonly charges?: readonly Charge[] | undefined;
}

/** Signed: what is paid is negative. */
export interface Charge {
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
  /** All together of those in the trade's currency. */
  readonly fees: Decimal;
  /** Those in other currencies, by currency. */
  readonly foreignFees?: ReadonlyMap<string, Decimal> | undefined;
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

export function termsOf(told: Omit<Told, 'tradeId' | 'version' | 'externalId' | 'capturedAt'>): Terms {
  const fees = new Map([...Map.groupBy(told.fees, ({ amount }) => amount.currency)].map(([currency, of]) => [currency, sum(of.map(({ amount }) => decimal(amount.amount)))]));
  const own = fees.get(told.currency) ?? ZERO;
  fees.delete(told.currency);
  return {
    portfolioId: told.portfolioId, instrumentId: told.instrumentId, side: told.side, quantity: decimal(told.quantity), price: decimal(told.price),
    currency: told.currency, tradeDate: told.tradeDate, fees: own, ...(fees.size > 0 && { foreignFees: fees }),
    ...(told.settlement !== undefined && { settlement: { currency: told.settlement.currency, rate: decimal(told.settlement.rate) } }),
  };
}

/** Cash is rounded as it will be booked: to the currency's minor unit. The booking's own figure replaces it when it comes. Fees in other currencies are exact already. */
export function effectOf({ instrumentId, side, quantity, price, currency, fees, foreignFees, settlement }: Terms): Effect {
  const gross = quantity.times(price);
  const cash = (side === 'BUY' ? gross.negated() : gross).minus(fees).toDecimalPlaces(minorUnits(currency));
  const moved = settlement === undefined ? { currency, cash } : { currency: settlement.currency, cash: cash.times(settlement.rate).toDecimalPlaces(minorUnits(settlement.currency)) };
  const own = { instrumentId, quantity: side === 'BUY' ? quantity : quantity.negated(), ...moved };
  if (foreignFees === undefined) return own;
  const paid = [...foreignFees].map(([of, amount]): Charge => ({ currency: of, cash: toMinorUnit({ amount, currency: of }).amount.negated() }));
  const within = sum(paid.filter((charge) => charge.currency === moved.currency).map((charge) => charge.cash));
  const charges = paid.filter((charge) => charge.currency !== moved.currency);
  return { ...own, cash: own.cash.plus(within), ...(charges.length > 0 && { charges }) };
}

export const negated = (effect: Effect): Effect => ({
  ...effect, quantity: effect.quantity.negated(), cash: effect.cash.negated(),
  ...(effect.charges !== undefined && { charges: effect.charges.map(({ currency, cash }) => ({ currency, cash: cash.negated() })) }),
});

/** Everything that it adds to cash, by currency. */
export const cashEffects = ({ currency, cash, charges = [] }: Effect): readonly Charge[] => [{ currency, cash }, ...charges];

/** Of all of them, each once. */
export const currenciesOf = (effects: readonly Effect[]): readonly string[] => [...new Set(effects.flatMap(cashEffects).map(({ currency }) => currency))];

export const cashIn = ({ cash }: Book, currency: string): Decimal => cash.get(currency) ?? ZERO;
export const held = ({ holdings }: Book, instrumentId: string): Decimal => holdings.get(instrumentId) ?? ZERO;

export const copyOf = ({ cash, holdings }: Book): Book => ({ cash: new Map(cash), holdings: new Map(holdings) });

/** Changes the book. */
export function apply(book: Book, effects: readonly Effect[]): void {
  for (const effect of effects) {
    for (const { currency, cash } of cashEffects(effect)) book.cash.set(currency, cashIn(book, currency).plus(cash));
    book.holdings.set(effect.instrumentId, held(book, effect.instrumentId).plus(effect.quantity));
  }
}

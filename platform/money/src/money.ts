/**
 * Exact money. A `Money` is a decimal amount in one currency; it is never a `number`.
 * Results carry 60 significant digits, half-even; what is stored is `numeric(38,18)`, what is booked as cash is
 * rounded to the currency's minor unit (`toMinorUnit`). Amounts of different currencies are never added.
 */
import { Decimal as DecimalJs } from 'decimal.js';

export const Decimal = DecimalJs.clone({
  precision: 60, rounding: DecimalJs.ROUND_HALF_EVEN, toExpNeg: -40, toExpPos: 60,
});
export type Decimal = DecimalJs;

/** An ISO 4217 code, such as "USD". */
export type Currency = string;

export interface Money {
  readonly amount: Decimal;
  readonly currency: Currency;
}

export const ZERO = new Decimal(0);

const DECIMAL_TEXT = /^-?\d{1,20}(\.\d{1,18})?$/;

/** True for what `decimal` accepts: up to 38 digits, of which at most 20 whole and 18 fractional; no exponent. */
export const isDecimalText = (text: string): boolean => DECIMAL_TEXT.test(text);

/** Reads a decimal string such as "-12.50"; throws RangeError for exponents, NaN, and more digits than can be stored. */
export function decimal(text: string): Decimal {
  if (!isDecimalText(text)) throw new RangeError(`not a decimal of at most 20 whole and 18 fractional digits: ${JSON.stringify(text)}`);
  return new Decimal(text);
}

/** The text of a decimal, with no exponent and no trailing zeros: what goes on the wire. */
export const text = (value: Decimal): string => value.toFixed();

/** Rounds half-even to the 18 fractional digits that a `numeric(38,18)` column keeps. */
export const toStored = (value: Decimal): Decimal => value.toDecimalPlaces(18, DecimalJs.ROUND_HALF_EVEN);

export const money = (amount: Decimal, currency: Currency): Money => ({ amount, currency });

/** A programmer error, not a user's: amounts must be converted before they are added. */
export class AmbiguousCurrency extends TypeError {
  override readonly name = 'AmbiguousCurrency';
  constructor(left: string, right: string) {
    super(`cannot add ${right} to ${left}: convert first`);
  }
}

/** Throws AmbiguousCurrency unless both are of one currency. */
export function plus(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new AmbiguousCurrency(a.currency, b.currency);
  return money(a.amount.plus(b.amount), a.currency);
}

/** The sum, which is of the named currency even where there is nothing to add. Throws AmbiguousCurrency where one of the amounts is of another. */
export const totalOf = (currency: Currency, amounts: Iterable<Money>): Money => {
  let total = money(ZERO, currency);
  for (const amount of amounts) total = plus(total, amount);
  return total;
};

/** Fractional digits of a currency's minor unit (ISO 4217) where they are not two. */
const MINOR_UNITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
};

export const minorUnits = (currency: Currency): number => MINOR_UNITS[currency] ?? 2;

/** Rounds half-even to the currency's minor unit: the one rounding, made where cash is booked. */
export const toMinorUnit = ({ amount, currency }: Money): Money =>
  money(amount.toDecimalPlaces(minorUnits(currency), DecimalJs.ROUND_HALF_EVEN), currency);

/** The sum; zero for none. */
export const sum = (values: Iterable<Decimal>): Decimal => {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
};

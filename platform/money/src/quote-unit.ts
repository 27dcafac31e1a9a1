/**
 * Units that prices are quoted in where they are not the currency itself: pence, cents of the rand, agorot. A quote unit is no
 * currency: amounts, cost and cash are never in it. Conversion is exact: a power of ten, within 18 fractional digits.
 */
import { type Currency, Decimal } from './money.ts';

/** By the code that markets use. `perCurrency` is how many of the unit one unit of the currency is. */
export const quoteUnits = {
  GBX: { currency: 'GBP', perCurrency: 100, meaning: 'Pence: a hundredth of a pound sterling.' },
  ZAc: { currency: 'ZAR', perCurrency: 100, meaning: 'Cents: a hundredth of a South African rand.' },
  ILA: { currency: 'ILS', perCurrency: 100, meaning: 'Agorot: a hundredth of an Israeli new shekel.' },
} as const satisfies Record<string, { currency: Currency; perCurrency: number; meaning: string }>;

export type QuoteUnit = keyof typeof quoteUnits;

export const isQuoteUnit = (code: string): code is QuoteUnit => Object.hasOwn(quoteUnits, code);

/** Other spellings that feeds and brokers use for the same units. */
const SPELLINGS: Readonly<Record<string, QuoteUnit>> = { GBp: 'GBX', GBX: 'GBX', ZAc: 'ZAc', ZAC: 'ZAc', ILA: 'ILA', ILa: 'ILA' };

/** The unit that a code means, in any of its spellings; null for what is no quote unit ("GBP" is a currency). */
export const quoteUnitNamed = (code: string): QuoteUnit | null => (Object.hasOwn(SPELLINGS, code) ? SPELLINGS[code] ?? null : null);

/** Fractional digits that a price in the unit may have, so that it is exact in the currency. */
export const priceDigitsMax = (unit: QuoteUnit | null): number => 18 - (unit === null ? 0 : Math.log10(quoteUnits[unit].perCurrency));

const scale = (unit: QuoteUnit | null): Decimal => new Decimal(unit === null ? 1 : quoteUnits[unit].perCurrency);

/** A price as it is quoted, in the currency that money is in. Null: it is quoted in the currency itself. */
export const inCurrency = (price: Decimal, unit: QuoteUnit | null): Decimal => price.div(scale(unit));

/** A price in the currency, as it is quoted. */
export const asQuoted = (price: Decimal, unit: QuoteUnit | null): Decimal => price.times(scale(unit));

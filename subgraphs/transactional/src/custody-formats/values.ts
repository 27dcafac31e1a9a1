/** Values as statements write them: days, quantities, ISINs. Each gives null for text that is none. */
import { Decimal, isDecimalText } from '@pms/money';
import { epochDay, type Day } from '../domain/days.ts';

const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;
const ISIN = /^[A-Z]{2}[A-Z0-9]{9}\d$/;
export const CURRENCY = /^[A-Z]{3}$/;

/** A day that the calendar has, written YYYY-MM-DD. */
export function dayIn(text: string): Day | null {
  if (!DAY_TEXT.test(text)) return null;
  try {
    epochDay(text);
    return text;
  } catch {
    return null;
  }
}

/** With a point as the decimal mark, no grouping, no exponent; up to 20 whole and 18 fractional digits. */
export const quantityIn = (text: string): Decimal | null => (isDecimalText(text) ? new Decimal(text) : null);

/** ISO 6166, its check digit included: letters count from A = 10, then the Luhn sum from the right. */
export function isIsin(text: string): boolean {
  if (!ISIN.test(text)) return false;
  const digits = [...text].map((character) => Number.parseInt(character, 36).toString()).join('');
  let total = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = Number(digits[at]) * (double ? 2 : 1);
    total += digit > 9 ? digit - 9 : digit;
  }
  return total % 10 === 0;
}

/** Whether settled cash covers what is about to leave, currency by currency. */
import { type Decimal, type Money, text, ZERO } from '@pms/money';
import type { Fill } from '../domain/lots.ts';
import type { Ledger } from './ledger.ts';

interface Short {
  readonly currency: string;
  /** In words. */
  readonly reason: string;
}

/** The first currency whose settled cash is less than what is needed of it in all; null where all is covered. What comes in of a currency counts against what goes out. */
export function shortOf(ledger: Ledger, needs: readonly Money[]): Short | null {
  const needed = new Map<string, Decimal>();
  for (const { currency, amount } of needs) needed.set(currency, (needed.get(currency) ?? ZERO).plus(amount));
  for (const [currency, amount] of needed) {
    const { settled } = ledger.cash(currency);
    if (amount.isPositive() && amount.greaterThan(settled)) return { currency, reason: `settled cash of ${text(settled)} ${currency} does not cover ${text(amount)} ${currency}` };
  }
  return null;
}

/** What the last delivery of a trade takes besides its cash. */
export const chargesDue = ({ charges = [] }: Pick<Fill, 'charges'>): readonly Money[] => charges;

/**
 * What holding cash of a foreign currency has earned in the base currency. Each amount that comes in is a unit bought at the rate of its day, what goes out
 * takes the average cost of what is there (IAS 21 leaves the choice; average is what banks' statements show), and a debit balance is a short position.
 * An exchange against the base currency counts at its own rate, everything else at the last published one on or before its day. Of one day what comes
 * in counts before what goes out.
 */
import { type Currency, type Decimal, toStored, ZERO } from '@pms/money';
import type { Day } from './days.ts';
import { flat, lotBook } from './lot-book.ts';

export interface CashMove {
  readonly currency: Currency;
  readonly day: Day;
  /** Signed: what comes in is positive. */
  readonly amount: Decimal;
  /** What stood against it in the base currency, signed as `amount`; null where it has no rate of its own. */
  readonly base: Decimal | null;
}

export interface ForeignCash {
  readonly balance: Decimal;
  /** What the balance cost in the base currency; negative for a debit balance. */
  readonly cost: Decimal;
  /** In the base currency. */
  readonly realized: Decimal;
}

/** `rateOn` gives the base currency for one unit on a day; it throws where none is known. */
export function foreignCash(moves: readonly CashMove[], rateOn: (day: Day) => Decimal): ForeignCash {
  const book = lotBook(flat, 'AVERAGE');
  const ordered = moves.toSorted((a, b) => (a.day === b.day ? b.amount.comparedTo(a.amount) : a.day < b.day ? -1 : 1));
  ordered.forEach(({ currency, day, amount, base }, sequence) => {
    if (amount.isZero()) return;
    book.apply({ tradeId: String(sequence), tradedOn: day, sequence, quantity: amount, amount: toStored(base ?? amount.times(rateOn(day))), currency });
  });
  return { balance: book.quantity, cost: book.quantity.isZero() ? ZERO : book.cost, realized: book.gained };
}

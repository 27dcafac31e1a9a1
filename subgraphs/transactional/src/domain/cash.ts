/** Cash of one portfolio by currency, as its journal's cash accounts add up to it. Amounts are whole minor units; `payable` is positive where something is owed. */
import { Decimal, ZERO } from '@pms/money';
import type { Currency } from '@pms/money';
import type { Line } from './journal.ts';

export interface Cash {
  readonly currency: Currency;
  readonly settled: Decimal;
  readonly receivable: Decimal;
  readonly payable: Decimal;
}

export const noCash = (currency: Currency): Cash => ({ currency, settled: ZERO, receivable: ZERO, payable: ZERO });

/** Traded balance: what there will be once all trades have settled. */
export const balanceOf = ({ settled, receivable, payable }: Cash): Decimal => settled.plus(receivable).minus(payable);

/** What may be withdrawn: proceeds that have not settled do not count, what is owed is kept back. Never negative. */
export const available = ({ settled, payable }: Cash): Decimal => Decimal.max(ZERO, settled.minus(payable));

/** The cash after a posting; lines of other accounts or currencies leave it as it is. */
export function afterLines(cash: Cash, lines: readonly Pick<Line, 'account' | 'currency' | 'amount'>[]): Cash {
  let { settled, receivable, payable } = cash;
  for (const { account, currency, amount } of lines) {
    if (currency !== cash.currency) continue;
    if (account === 'CASH_SETTLED') settled = settled.plus(amount);
    else if (account === 'CASH_RECEIVABLE') receivable = receivable.plus(amount);
    else if (account === 'CASH_PAYABLE') payable = payable.minus(amount);
  }
  return { currency: cash.currency, settled, receivable, payable };
}

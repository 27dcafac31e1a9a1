/** Account balances laid out as debits and credits. Amounts are exact; a debit balance is positive; nothing is added over currencies. */
import { type Currency, Decimal, sum, ZERO } from '@pms/money';
import { type Account, accounts } from './journal.ts';

export interface AccountBalance {
  readonly account: Account;
  readonly currency: Currency;
  /** Debits less credits. */
  readonly balance: Decimal;
}

export interface BalanceTotal {
  readonly currency: Currency;
  readonly debit: Decimal;
  readonly credit: Decimal;
}

export interface TrialBalance {
  readonly lines: readonly AccountBalance[];
  readonly totals: readonly BalanceTotal[];
}

export const debitOf = ({ balance }: AccountBalance): Decimal => Decimal.max(balance, ZERO);
export const creditOf = ({ balance }: AccountBalance): Decimal => Decimal.max(balance.negated(), ZERO);

const CHART: readonly string[] = Object.keys(accounts);

/** Lines in the order of the chart, then by currency; one total a currency, whose debit and credit are equal where the entries balance. */
export function trialBalanceOf(balances: readonly AccountBalance[]): TrialBalance {
  const place = ({ account }: AccountBalance): number => CHART.indexOf(account);
  const lines = balances.toSorted((a, b) => place(a) - place(b) || (a.currency < b.currency ? -1 : 1));
  const currencies = [...new Set(lines.map(({ currency }) => currency))].toSorted();
  return {
    lines,
    totals: currencies.map((currency) => {
      const of = lines.filter((line) => line.currency === currency);
      return { currency, debit: sum(of.map(debitOf)), credit: sum(of.map(creditOf)) };
    }),
  };
}

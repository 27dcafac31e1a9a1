/** Fees, interest, taxes and dividends that belong to no trade: settled at once, in whole minor units, as a custodian or a bank books them. */
import type { Decimal, Money } from '@pms/money';
import type { Day } from './days.ts';
import { type Account, dividendPaid, type Entry, type EntryKind, entry } from './journal.ts';

interface Posting {
  readonly kind: EntryKind;
  /** What stands against cash. */
  readonly account: Account;
  /** Whether cash comes in. */
  readonly comesIn: boolean;
  /** As events name it. */
  readonly told: 'FEE' | 'INTEREST' | 'TAX' | 'CORPORATE_ACTION';
}

export const cashItems = {
  FEE: { kind: 'FEE', account: 'FEES', comesIn: false, told: 'FEE' },
  FEE_REFUND: { kind: 'FEE', account: 'FEES', comesIn: true, told: 'FEE' },
  INTEREST_RECEIVED: { kind: 'INTEREST', account: 'INTEREST', comesIn: true, told: 'INTEREST' },
  INTEREST_PAID: { kind: 'INTEREST', account: 'INTEREST', comesIn: false, told: 'INTEREST' },
  TAX: { kind: 'TAX', account: 'TAXES', comesIn: false, told: 'TAX' },
  TAX_REFUND: { kind: 'TAX', account: 'TAXES', comesIn: true, told: 'TAX' },
  DIVIDEND: { kind: 'DIVIDEND', account: 'DIVIDENDS', comesIn: true, told: 'CORPORATE_ACTION' },
} as const satisfies Record<string, Posting>;

export type CashItem = keyof typeof cashItems;

export const isCashItem = (name: string): name is CashItem => Object.hasOwn(cashItems, name);

/** Of a dividend: what of the money was withheld, and whose it is. */
export interface DividendOf {
  readonly tax: Decimal;
  readonly instrumentId: string;
}

interface Booked {
  readonly reference: string;
  readonly effectiveOn: Day;
  readonly money: Money;
  readonly dividend?: DividendOf | undefined;
}

/** `money` is unsigned, of a dividend gross: what comes in debits cash, what goes out credits it. */
export function cashItemBooked(item: CashItem, { dividend, ...booked }: Booked): Entry {
  if (dividend !== undefined) return dividendPaid({ ...booked, ...dividend });
  const { reference, effectiveOn, money: { amount, currency } } = booked;
  const { kind, account, comesIn } = cashItems[item];
  const signed = comesIn ? amount : amount.negated();
  return entry({ kind, effectiveOn, reference, lines: [{ account: 'CASH_SETTLED', currency, amount: signed }, { account, currency, amount: signed.negated() }] });
}

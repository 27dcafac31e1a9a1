/** Fees, interest and taxes that belong to no trade: settled at once, in whole minor units, as a custodian or a bank books them. */
import type { Money } from '@pms/money';
import type { Day } from './days.ts';
import { type Account, type Entry, type EntryKind, entry } from './journal.ts';

interface Posting {
  readonly kind: EntryKind;
  /** What stands against cash. */
  readonly account: Account;
  /** Whether cash comes in. */
  readonly comesIn: boolean;
  /** As events name it. */
  readonly told: 'FEE' | 'INTEREST' | 'TAX';
}

export const cashItems = {
  FEE: { kind: 'FEE', account: 'FEES', comesIn: false, told: 'FEE' },
  FEE_REFUND: { kind: 'FEE', account: 'FEES', comesIn: true, told: 'FEE' },
  INTEREST_RECEIVED: { kind: 'INTEREST', account: 'INTEREST', comesIn: true, told: 'INTEREST' },
  INTEREST_PAID: { kind: 'INTEREST', account: 'INTEREST', comesIn: false, told: 'INTEREST' },
  TAX: { kind: 'TAX', account: 'TAXES', comesIn: false, told: 'TAX' },
  TAX_REFUND: { kind: 'TAX', account: 'TAXES', comesIn: true, told: 'TAX' },
} as const satisfies Record<string, Posting>;

export type CashItem = keyof typeof cashItems;

export const isCashItem = (name: string): name is CashItem => Object.hasOwn(cashItems, name);

/** `money` is unsigned: what comes in debits cash, what goes out credits it. */
export function cashItemBooked(item: CashItem, { reference, effectiveOn, money: { amount, currency } }: { readonly reference: string; readonly effectiveOn: Day; readonly money: Money }): Entry {
  const { kind, account, comesIn } = cashItems[item];
  const signed = comesIn ? amount : amount.negated();
  return entry({ kind, effectiveOn, reference, lines: [{ account: 'CASH_SETTLED', currency, amount: signed }, { account, currency, amount: signed.negated() }] });
}

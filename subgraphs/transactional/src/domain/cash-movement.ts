/** Cash that moves outside of trades: deposits and withdrawals, which are external flows, and fees, interest, taxes and dividends, which are not. What each posts, and how it is told. */
import { decimal, type Money, text } from '@pms/money';
import { type CashItem, cashItemBooked, cashItems, type DividendOf, isCashItem } from './cash-items.ts';
import type { Day } from './days.ts';
import { deposited, type Entry, withdrawn } from './journal.ts';

export type Movement = 'DEPOSIT' | 'WITHDRAWAL' | CashItem;

interface Moved {
  readonly reference: string;
  readonly effectiveOn: Day;
  /** Positive; whole minor units. Of a dividend, gross. */
  readonly money: Money;
  /** Of a dividend, and of nothing else. */
  readonly dividend?: DividendOf | undefined;
}

/** What comes to cash or leaves it, unsigned: a dividend without the tax that is withheld. */
export const netOf = ({ money: { amount, currency }, dividend }: Pick<Moved, 'money' | 'dividend'>): Money => ({ amount: dividend === undefined ? amount : amount.minus(dividend.tax), currency });

/** As facts carry it. */
export const dividendData = (dividend: DividendOf | undefined): Readonly<Record<string, string>> =>
  (dividend === undefined ? {} : { tax: text(dividend.tax), instrumentId: dividend.instrumentId });

export const dividendIn = (data: Readonly<Record<string, unknown>>): DividendOf | undefined =>
  (typeof data['instrumentId'] === 'string' ? { instrumentId: data['instrumentId'], tax: decimal(data['tax'] as string) } : undefined);

export function movementEntry(movement: Movement, of: Moved): Entry {
  if (isCashItem(movement)) return cashItemBooked(movement, of);
  return movement === 'DEPOSIT' ? deposited(of) : withdrawn(of);
}

/** As events name it, and whether cash comes in. */
export function toldOf(movement: Movement): { readonly told: 'DEPOSIT' | 'WITHDRAWAL' | 'FEE' | 'INTEREST' | 'TAX' | 'CORPORATE_ACTION'; readonly comesIn: boolean } {
  if (isCashItem(movement)) return { told: cashItems[movement].told, comesIn: cashItems[movement].comesIn };
  return { told: movement, comesIn: movement === 'DEPOSIT' };
}

/** Cash that moves outside of trades: deposits and withdrawals, which are external flows, and fees, interest and taxes, which are not. What each posts, and how it is told. */
import type { Money } from '@pms/money';
import { type CashItem, cashItemBooked, cashItems, isCashItem } from './cash-items.ts';
import type { Day } from './days.ts';
import { deposited, type Entry, withdrawn } from './journal.ts';

export type Movement = 'DEPOSIT' | 'WITHDRAWAL' | CashItem;

interface Moved {
  readonly reference: string;
  readonly effectiveOn: Day;
  /** Positive; whole minor units. */
  readonly money: Money;
}

export function movementEntry(movement: Movement, of: Moved): Entry {
  if (isCashItem(movement)) return cashItemBooked(movement, of);
  return movement === 'DEPOSIT' ? deposited(of) : withdrawn(of);
}

/** As events name it, and whether cash comes in. */
export function toldOf(movement: Movement): { readonly told: 'DEPOSIT' | 'WITHDRAWAL' | 'FEE' | 'INTEREST' | 'TAX'; readonly comesIn: boolean } {
  if (isCashItem(movement)) return { told: cashItems[movement].told, comesIn: cashItems[movement].comesIn };
  return { told: movement, comesIn: movement === 'DEPOSIT' };
}

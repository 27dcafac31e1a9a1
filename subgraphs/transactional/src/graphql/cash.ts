/** Cash and journal entries as they are shown. */
import { money } from '@pms/money';
import { balanceOf } from '../domain/cash.ts';
import type { CashBalanceResolvers, JournalEntryResolvers, JournalLineResolvers } from './types.generated.ts';

export const CashBalance: CashBalanceResolvers = {
  balance: (cash) => money(balanceOf(cash), cash.currency),
  settled: ({ settled, currency }) => money(settled, currency),
  receivable: ({ receivable, currency }) => money(receivable, currency),
  payable: ({ payable, currency }) => money(payable, currency),
};

export const JournalEntry: JournalEntryResolvers = {
  recordedAt: ({ recordedAt }) => recordedAt.toISOString(),
  // only entries about trades have a version
  trade: ({ reference, version }) => (version === null ? null : { id: reference }),
};

export const JournalLine: JournalLineResolvers = {
  amount: ({ amount, currency }) => money(amount, currency),
  instrument: ({ instrumentId }) => (instrumentId === undefined ? null : { id: instrumentId }),
};

/** Cash as it is shown. */
import { money } from '@pms/money';
import { balanceOf } from '../domain/cash.ts';
import type { CashBalanceResolvers } from './types.generated.ts';

export const CashBalance: CashBalanceResolvers = {
  balance: (cash) => money(balanceOf(cash), cash.currency),
  settled: ({ settled, currency }) => money(settled, currency),
  receivable: ({ receivable, currency }) => money(receivable, currency),
  payable: ({ payable, currency }) => money(payable, currency),
};

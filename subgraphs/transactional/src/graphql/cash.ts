/** Cash as it is shown. */
import { money } from '@pms/money';
import { balanceOf } from '../domain/cash.ts';
import { rateOf } from '../domain/currency-exchange.ts';
import type { CashBalanceResolvers, CurrencyExchangeResolvers } from './types.generated.ts';

export const CashBalance: CashBalanceResolvers = {
  balance: (cash) => money(balanceOf(cash), cash.currency),
  settled: ({ settled, currency }) => money(settled, currency),
  receivable: ({ receivable, currency }) => money(receivable, currency),
  payable: ({ payable, currency }) => money(payable, currency),
};

export const CurrencyExchange: CurrencyExchangeResolvers = {
  rate: (exchange) => rateOf(exchange),
  tradeDate: ({ tradedOn }) => tradedOn,
  valueDate: ({ valueOn }) => valueOn,
  status: ({ settledOn, cancelled }) => (cancelled ? 'CANCELLED' : settledOn === null ? 'PENDING' : 'SETTLED'),
};

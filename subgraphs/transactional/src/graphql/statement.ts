/** Statements as they are shown: the object, the table, the page. */
import { money, toStored } from '@pms/money';
import { statementCsv } from '../statements/statement-csv.ts';
import { statementPdf } from '../statements/statement-pdf.ts';
import type { StatementHoldingResolvers, StatementMovementResolvers, StatementResolvers, StatementTotalResolvers } from './types.generated.ts';

export const Statement: StatementResolvers = {
  portfolio: ({ portfolio: { id } }) => ({ id }),
  openingHoldings: ({ opening }) => opening.holdings,
  closingHoldings: ({ closing }) => closing.holdings,
  csv: statementCsv,
  pdf: async (statement) => (await statementPdf(statement)).toString('base64'),
};

export const StatementMovement: StatementMovementResolvers = {
  number: ({ entry }) => entry.number,
  kind: ({ entry }) => entry.kind,
  effectiveOn: ({ entry }) => entry.effectiveOn,
  recordedAt: ({ entry }) => entry.recordedAt,
  reference: ({ entry }) => entry.reference,
  trade: ({ entry: { reference, version } }) => (version === null ? null : { id: reference }),
  instrument: ({ instrumentId }) => (instrumentId === null ? null : { id: instrumentId }),
  amount: ({ amount, currency }) => money(amount, currency),
  settled: ({ settled, currency }) => money(settled, currency),
  balance: ({ balance, currency }) => money(balance, currency),
  settledBalance: ({ settledBalance, currency }) => money(settledBalance, currency),
};

export const StatementHolding: StatementHoldingResolvers = {
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  averageCost: ({ quantity, cost, currency }) => money(toStored(cost.div(quantity)), currency),
  costBasis: ({ cost, currency }) => money(cost, currency),
};

export const StatementTotal: StatementTotalResolvers = {
  contributed: ({ contributed, currency }) => money(contributed, currency),
  realizedGains: ({ realizedGains, currency }) => money(realizedGains, currency),
  dividends: ({ dividends, currency }) => money(dividends, currency),
  interest: ({ interest, currency }) => money(interest, currency),
  fees: ({ fees, currency }) => money(fees, currency),
  taxes: ({ taxes, currency }) => money(taxes, currency),
  exchanged: ({ exchanged, currency }) => money(exchanged, currency),
  feesInTrades: ({ feesInTrades, currency }) => money(feesInTrades, currency),
  openingCost: ({ openingCost, currency }) => money(openingCost, currency),
  closingCost: ({ closingCost, currency }) => money(closingCost, currency),
};

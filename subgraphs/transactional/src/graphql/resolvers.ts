/** All resolvers of the domain. */
import { BaseTotals, ForeignCash } from './base.ts';
import { CashBalance, CurrencyExchange } from './cash.ts';
import { Entitlement, EntitlementChange } from './entitlement.ts';
import { BaseGain, BaseGainTotal, LotClosing, RealizedGainConnection, RealizedGainTotal, WashSale, WashSaleReplacement } from './gains.ts';
import { GeneralLedgerLine, JournalEntry, JournalLine, TrialBalanceLine, TrialBalanceTotal } from './journal.ts';
import { LotMethodPosition, LotMethodReport, LotMethodTotal } from './lot-methods.ts';
import { Mutation } from './mutation.ts';
import { BreakNote, Query, Reconciliation, ReconciliationBreak, ReconciliationLine } from './custody.ts';
import { Portfolio, Position, TaxLot } from './portfolio.ts';
import { settlementMutations } from './settlement-mutations.ts';
import { settlementQueries } from './settlement-queries.ts';
import { NetSet, Settlement, SettlementClaim, SettlementSagaStep } from './settlement.ts';
import { Trade } from './trade.ts';
import { Statement, StatementHolding, StatementMovement, StatementTotal } from './statement.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = {
  Mutation: { ...Mutation, ...settlementMutations }, Portfolio, Position, TaxLot, CashBalance, CurrencyExchange, ForeignCash, BaseTotals, JournalEntry, JournalLine, TrialBalanceLine, TrialBalanceTotal, GeneralLedgerLine, Trade, Settlement, Entitlement, EntitlementChange,
  BaseGain, BaseGainTotal, LotClosing, WashSale, WashSaleReplacement, RealizedGainConnection, RealizedGainTotal, LotMethodReport, LotMethodPosition, LotMethodTotal,
  Query: { ...Query, ...settlementQueries }, NetSet, SettlementClaim, SettlementSagaStep, Reconciliation, ReconciliationLine, ReconciliationBreak, BreakNote,
  Statement, StatementMovement, StatementHolding, StatementTotal,
};

/** All resolvers of the domain. */
import { CashBalance, JournalEntry, JournalLine } from './cash.ts';
import { Mutation } from './mutation.ts';
import { Portfolio, Position, TaxLot } from './portfolio.ts';
import { Settlement, Trade } from './trade.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = { Mutation, Portfolio, Position, TaxLot, CashBalance, JournalEntry, JournalLine, Trade, Settlement };

/** The journal, its ledgers and balances, as they are shown. */
import { money } from '@pms/money';
import { creditOf, debitOf } from '../domain/trial-balance.ts';
import type {
  GeneralLedgerLineResolvers, JournalEntryResolvers, JournalLineResolvers, TrialBalanceLineResolvers, TrialBalanceTotalResolvers,
} from './types.generated.ts';

export const JournalEntry: JournalEntryResolvers = {
  // only entries about trades have a version
  entitlement: async ({ reference }, _, { loaders }) => (reference.startsWith('ent_') ? loaders.entitlement.load(reference) : null),
  trade: ({ reference, version }) => (version === null ? null : { id: reference }),
};

export const JournalLine: JournalLineResolvers = {
  amount: ({ amount, currency }) => money(amount, currency),
  instrument: ({ instrumentId }) => (instrumentId === undefined ? null : { id: instrumentId }),
};

export const TrialBalanceLine: TrialBalanceLineResolvers = {
  debit: (line) => money(debitOf(line), line.currency),
  credit: (line) => money(creditOf(line), line.currency),
  balance: ({ balance, currency }) => money(balance, currency),
};

export const TrialBalanceTotal: TrialBalanceTotalResolvers = {
  debit: ({ debit, currency }) => money(debit, currency),
  credit: ({ credit, currency }) => money(credit, currency),
};

export const GeneralLedgerLine: GeneralLedgerLineResolvers = {
  amount: ({ amount, currency }) => money(amount, currency),
  balance: ({ balance, currency }) => money(balance, currency),
  instrument: ({ instrumentId }) => (instrumentId === null ? null : { id: instrumentId }),
};

/** What the books add to a trade: its settlement. */
import type { SettlementResolvers, SettlementStatus, TradeResolvers } from './types.generated.ts';

export const Trade: TradeResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  settlement: ({ id }, _, { loaders }) => loaders.booking.load(id),
};

const statuses: Readonly<Record<string, SettlementStatus>> = { settled: 'SETTLED', failed: 'FAILED', cancelled: 'CANCELLED' };

export const Settlement: SettlementResolvers = {
  status: ({ settlement }) => statuses[settlement.step] ?? 'PENDING',
  contractualDate: ({ contractualOn }) => contractualOn,
  settledOn: ({ settlement }) => (settlement.step === 'settled' ? settlement.settledOn : null),
  failureReason: ({ settlement }) => (settlement.step === 'failed' ? settlement.reason : null),
  attempts: ({ settlement, attempt }) => (settlement.step === 'instructed' || settlement.step === 'matched' ? attempt - 1 : attempt),
};

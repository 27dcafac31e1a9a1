/** What the books add to a trade: its settlement, and the lots that it closed. */
import type { SettlementResolvers, SettlementStatus, TradeResolvers } from './types.generated.ts';

export const Trade: TradeResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  settlement: ({ id }, _, { loaders }) => loaders.booking.load(id),
  closings: async ({ id }, { asOf, knownAt }, { loaders }) => loaders.closings({ asOf: asOf ?? null, knownAt: knownAt ?? null }).load(id),
};

const statuses: Readonly<Record<string, SettlementStatus>> = { settled: 'SETTLED', failed: 'FAILED', cancelled: 'CANCELLED' };

export const Settlement: SettlementResolvers = {
  status: ({ settlement }) => statuses[settlement.step] ?? 'PENDING',
  contractualDate: ({ contractualOn }) => contractualOn,
  settledOn: ({ settlement }) => (settlement.step === 'settled' ? settlement.settledOn : null),
  failureReason: ({ settlement }) => (settlement.step === 'failed' ? settlement.reason : null),
  attempts: ({ settlement, attempt }) => (settlement.step === 'instructed' || settlement.step === 'matched' ? attempt - 1 : attempt),
};

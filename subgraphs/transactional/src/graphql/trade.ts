/** What the books add to a trade: its settlement, and the lots that it closed. */
import { platformPolicies } from '@pms/identity/policies';
import type { TradeResolvers } from './types.generated.ts';

export const Trade: TradeResolvers = {
  // an investor reads positions and cash; trades are the firm's
  __resolveReference: ({ id }, { principal }) => (platformPolicies.firm(principal) ? { id } : null),
  settlement: ({ id }, _, { loaders }) => loaders.settlement.load(id),
  closings: async ({ id }, { asOf, knownAt }, { loaders }) => loaders.closings({ asOf: asOf ?? null, knownAt: knownAt ?? null }).load(id),
};

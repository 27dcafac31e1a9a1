/** What the books add to a trade: its settlement, and the lots that it closed. */
import { platformPolicies } from '@pms/identity/policies';
import { momentOf } from '../queries/moment.ts';
import type { TradeResolvers } from './types.generated.ts';

export const Trade: TradeResolvers = {
  // an investor reads positions and cash; trades are the firm's
  __resolveReference: ({ id }, { principal }) => (platformPolicies.firm(principal) ? { id } : null),
  settlement: ({ id }, args, { loaders }) => loaders.settlement(momentOf(args)).load(id),
  closings: async ({ id }, args, { loaders }) => loaders.closings(momentOf(args)).load(id),
};

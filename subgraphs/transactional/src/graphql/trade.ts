/** What the books add to a trade: its settlement, and the lots that it closed. */
import type { TradeResolvers } from './types.generated.ts';

export const Trade: TradeResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  settlement: ({ id }, _, { loaders }) => loaders.settlement.load(id),
  closings: async ({ id }, { asOf, knownAt }, { loaders }) => loaders.closings({ asOf: asOf ?? null, knownAt: knownAt ?? null }).load(id),
};

/** Changes at the root. */
import { payload } from '@pms/subgraph/refusals';
import { closePortfolio } from '../commands/close-portfolio.ts';
import { createInvestor } from '../commands/create-investor.ts';
import { createPortfolio } from '../commands/create-portfolio.ts';
import { eraseInvestor } from '../commands/erase-investor.ts';
import { setTargetAllocation } from '../commands/set-target-allocation.ts';
import { updatePortfolio } from '../commands/update-portfolio.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  createInvestor: (_, { input }, ctx) => payload(['investor'], async () => ({ investor: await createInvestor(ctx, input) })),
  eraseInvestor: (_, { input }, ctx) => payload(['investorId', 'erasedAt'], () => eraseInvestor(ctx, input)),
  createPortfolio: (_, { input }, ctx) => payload(['portfolio'], async () => ({ portfolio: await createPortfolio(ctx, input) })),
  updatePortfolio: (_, { input }, ctx) => payload(['portfolio'], async () => ({ portfolio: await updatePortfolio(ctx, input) })),
  setTargetAllocation: (_, { input }, ctx) => payload(['portfolio'], async () => ({ portfolio: await setTargetAllocation(ctx, input) })),
  closePortfolio: (_, { input }, ctx) => payload(['portfolio'], async () => ({ portfolio: await closePortfolio(ctx, input) })),
};

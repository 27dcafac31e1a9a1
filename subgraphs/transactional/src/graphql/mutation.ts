/** What may be changed in the books from outside: cash in and out, and settlement. */
import { payload } from '@pms/subgraph/refusals';
import { moveCash } from '../commands/move-cash.ts';
import { retrySettlement, settleDueOnRequest } from '../commands/settle-on-request.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  depositCash: (_, { input }, ctx) => payload(['cash'], async () => ({ cash: await moveCash(ctx, 'DEPOSIT', input) })),
  withdrawCash: (_, { input }, ctx) => payload(['cash'], async () => ({ cash: await moveCash(ctx, 'WITHDRAWAL', input) })),
  settleDue: (_, { input }, ctx) => payload(['settled', 'failed', 'more'], () => settleDueOnRequest(ctx, input)),
  retrySettlement: (_, { input }, ctx) => payload(['settlement'], async () => ({ settlement: await retrySettlement(ctx, input.tradeId) })),
};

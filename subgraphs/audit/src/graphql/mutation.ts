/** Changes at the root. */
import { payload } from '@pms/subgraph/refusals';
import { setRetentionRule } from '../commands/retention.ts';
import { shownRule } from '../queries/retention-rules.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  setRetentionRule: (_, { input }, ctx) => payload(['rule'], async () => ({ rule: shownRule(await setRetentionRule(ctx, input)) })),
};

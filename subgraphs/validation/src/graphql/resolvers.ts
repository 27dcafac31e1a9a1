/** All resolvers of the domain. */
import { payload } from '@pms/subgraph/refusals';
import { createComplianceRule, updateComplianceRule } from '../commands/compliance-rules.ts';
import { approveTrade, rejectTrade } from '../commands/rule-on-trade.ts';
import { setRestrictedList } from '../commands/set-restricted-list.ts';
import { breaches } from '../queries/breaches.ts';
import { checkTrade } from '../queries/check-trade.ts';
import { complianceRules } from '../queries/rules.ts';
import type { MutationResolvers, QueryResolvers, Resolvers } from './types.generated.ts';
import { Breach, ComplianceRule, RestrictedInstrument, Trade, TradeDecision } from './types.ts';

const Query: QueryResolvers = {
  checkTrade: (_, { input }, ctx) => checkTrade(ctx, input),
  complianceRules: (_, { portfolioId, includeDisabled }, ctx) => complianceRules(ctx, portfolioId ?? null, includeDisabled ?? true),
  restrictedList: (_, __, ctx) => ctx.store.restrictedList(ctx.principal.organizationId),
  breaches: (_, { filter, ...page }, ctx) => breaches(ctx, filter ?? {}, page),
};

const Mutation: MutationResolvers = {
  createComplianceRule: (_, { input }, ctx) => payload(['rule'], async () => ({ rule: await createComplianceRule(ctx, input) })),
  updateComplianceRule: (_, { input }, ctx) => payload(['rule'], async () => ({ rule: await updateComplianceRule(ctx, input) })),
  setRestrictedList: (_, { input }, ctx) => payload(['restrictedList'], async () => ({ restrictedList: await setRestrictedList(ctx, input) })),
  approveTrade: (_, { input }, ctx) => payload(['trade'], async () => ({ trade: await approveTrade(ctx, input) })),
  rejectTrade: (_, { input }, ctx) => payload(['trade'], async () => ({ trade: await rejectTrade(ctx, input) })),
};

export const resolvers: Resolvers = { Query, Mutation, Trade, TradeDecision, ComplianceRule, RestrictedInstrument, Breach };

/** The fields of rules, checks, decisions and breaches that are more than a column. */
import { parametersOf } from '../domain/rule.ts';
import type { BreachResolvers, ComplianceRuleResolvers, RestrictedInstrumentResolvers, TradeDecisionResolvers, TradeResolvers } from './types.generated.ts';

export const Trade: TradeResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  checks: ({ id }, { version }, ctx) => ctx.loaders.checks.load({ tradeId: id, version: version ?? null }),
  decision: ({ id }, _, ctx) => ctx.loaders.decision.load(id),
};

export const TradeDecision: TradeDecisionResolvers = {
  decidedAt: ({ decidedAt }) => decidedAt?.toISOString() ?? null,
};

export const ComplianceRule: ComplianceRuleResolvers = {
  __resolveReference: async ({ id }, ctx) => (await ctx.store.ownRules(ctx.principal.organizationId)).find((rule) => rule.id === id) ?? null,
  kind: ({ demand }) => demand.kind,
  portfolio: ({ portfolioId }) => (portfolioId === null ? null : { id: portfolioId }),
  updatedAt: ({ updatedAt }) => updatedAt?.toISOString() ?? null,
  parameters: ({ demand }) => {
    const { limit, maxWeight, tolerance, maxAgeDays, assetClasses } = parametersOf(demand);
    return {
      limit: limit ?? null, maxWeight: maxWeight == null ? null : Number(maxWeight), tolerance: tolerance == null ? null : Number(tolerance),
      maxAgeDays: maxAgeDays ?? null, assetClasses: assetClasses ?? null,
    };
  },
};

export const RestrictedInstrument: RestrictedInstrumentResolvers = {
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  setAt: ({ setAt }) => setAt.toISOString(),
};

export const Breach: BreachResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.breach.load(id),
  at: ({ at }) => at.toISOString(),
  trade: ({ tradeId }) => ({ id: tradeId }),
  portfolio: ({ portfolioId }) => ({ id: portfolioId }),
};

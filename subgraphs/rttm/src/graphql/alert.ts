/** Alerts and the rules that raise them. */
import { instrumentById } from '../queries/instruments.ts';
import type { AlertResolvers, AlertRuleResolvers } from './types.generated.ts';

export const AlertRule: AlertRuleResolvers = {
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  instrument: ({ instrumentId }, _, ctx) => instrumentById(ctx, instrumentId),
};

export const Alert: AlertResolvers = {
  raisedAt: ({ raisedAt }) => raisedAt.toISOString(),
  instrument: ({ instrumentId }, _, ctx) => instrumentById(ctx, instrumentId),
  rule: async ({ alertRuleId }, _, ctx) => {
    const rule = await ctx.loaders.alertRule.load(alertRuleId);
    return rule ?? Promise.reject(new Error(`alert rule ${alertRuleId} is missing`));
  },
};

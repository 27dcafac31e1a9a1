/** Entries, and the trails of trades and portfolios. Ids of another organisation have an empty trail here. */
import type { AuditEntryResolvers, PortfolioResolvers, TradeResolvers } from './types.generated.ts';

export const AuditEntry: AuditEntryResolvers = {
  at: ({ occurredAt }) => occurredAt,
};

export const Trade: TradeResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  auditTrail: ({ id }, page, ctx) => ctx.trails.of('trade', id, page),
};

export const Portfolio: PortfolioResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  auditTrail: ({ id }, page, ctx) => ctx.trails.of('portfolio', id, page),
};

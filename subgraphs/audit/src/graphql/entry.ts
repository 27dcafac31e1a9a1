/** Entries, and the trails of trades and portfolios. Ids of another organisation have an empty trail here. */
import { auditTrail } from '../queries/audit-trail.ts';
import type { AuditEntryResolvers, PersonalDataResolvers, PortfolioResolvers, TradeResolvers } from './types.generated.ts';

export const AuditEntry: AuditEntryResolvers = {
  at: ({ occurredAt }) => occurredAt,
  by: ({ actor }) => (actor.startsWith('usr_') ? { id: actor } : null),
  before: ({ data }) => parts(data).before,
  after: ({ data }) => parts(data).after,
  client: ({ correlationId }, _, ctx) => ctx.clients.load(correlationId),
};

/** What an event tells, and what it says was there before. */
function parts(data: unknown): { readonly before: unknown; readonly after: unknown } {
  if (typeof data !== 'object' || data === null) return { before: null, after: data };
  const { before = null, ...after } = data as Record<string, unknown>;
  return { before, after };
}

export const PersonalData: PersonalDataResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  auditTrail: ({ id }, page, ctx) => auditTrail(ctx, { person: id }, page),
};

export const Trade: TradeResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  auditTrail: ({ id }, page, ctx) => ctx.trails.of('trade', id, page),
};

export const Portfolio: PortfolioResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  auditTrail: ({ id }, page, ctx) => ctx.trails.of('portfolio', id, page),
};

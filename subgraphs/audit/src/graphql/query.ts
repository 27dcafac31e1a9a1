/** Questions at the root. */
import { auditTrail } from '../queries/audit-trail.ts';
import { verifyAuditTrail } from '../queries/verify-audit-trail.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  auditTrail: (_, { filter, ...page }, ctx) => auditTrail(ctx, filter ?? {}, page),
  verifyAuditTrail: (_, bounds, ctx) => verifyAuditTrail(ctx, bounds),
};

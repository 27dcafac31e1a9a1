/** Questions at the root. */
import { checkpointKey } from '../commands/take-checkpoints.ts';
import { auditCheckpoints } from '../queries/audit-checkpoints.ts';
import { auditProof } from '../queries/audit-proof.ts';
import { auditTrail } from '../queries/audit-trail.ts';
import { verifyAuditTrail } from '../queries/verify-audit-trail.ts';
import { retentionRules } from '../queries/retention-rules.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  auditTrail: (_, { filter, ...page }, ctx) => auditTrail(ctx, filter ?? {}, page),
  verifyAuditTrail: (_, bounds, ctx) => verifyAuditTrail(ctx, bounds),
  auditCheckpoints: (_, page, ctx) => auditCheckpoints(ctx, page),
  auditCheckpointKey: (_, __, ctx) => checkpointKey(ctx),
  retentionRules: (_, __, ctx) => retentionRules(ctx),
  auditProof: (_, { seq, size }, ctx) => auditProof(ctx, seq, size),
};

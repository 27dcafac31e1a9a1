/** What the audit domain itself records: accesses as the router saw them, and what retention did. */
import { beforeShape } from '@pms/events/before';
import { defineEvent } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { z } from 'zod';

/** A mutation as it reached the router, or an operation that was refused for who asked. Its correlation id is that of everything that came of it. Key: the actor. */
export const accessRecorded = defineEvent('audit.access-recorded.v1', {
  kind: z.enum(['MUTATION', 'REFUSED']),
  operation: z.object({ kind: z.string(), name: z.string().nullable(), hash: z.string() }).nullable(),
  /** Of the errors that the caller was told. */
  codes: z.array(z.string()),
  /** How often it was repeated within a minute. */
  count: z.number().int().positive(),
  /** Program, address and the like, sealed under a key of the person and the month; null for a person who was erased. */
  client: z.string().nullable(),
});

/** For how long something is kept from now on. Key: the organisation. */
export const retentionRuleSet = defineEvent('audit.retention-rule-set.v1', { kind: z.string(), days: z.number().int(), before: beforeShape });
/** What was older than its rule allows can no longer be read. Key: the organisation. */
export const retentionApplied = defineEvent('audit.retention-applied.v1', { kind: z.string(), olderThan: z.string(), destroyedKeys: z.number().int(), heldKeys: z.number().int() });

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('audit');

/** What compliance decides. Key of the trade events: the portfolio. */
import { beforeShape } from '@pms/events/before';
import { defineEvent } from '@pms/events/envelope';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { z } from 'zod';
import { tradeFacts } from './trade-capture.ts';

const check = z.object({ rule: z.string(), outcome: z.enum(['PASSED', 'FAILED', 'WARNED', 'NEEDS_APPROVAL']), message: z.string() });
const decision = { tradeId: z.string(), version: z.number().int().positive(), portfolioId: z.string(), checks: z.array(check) };

/** Carries the trade, so that it can be booked from this event alone. `replaces`: the version to reverse in the same booking. */
export const tradeValidated = defineEvent('validation.trade-validated.v1', {
  ...tradeFacts.shape, checks: z.array(check), replaces: z.number().int().positive().nullable(),
  /** Who approved it, where approval was needed. */
  approvedBy: z.string().nullable(),
});
export const tradeRejected = defineEvent('validation.trade-rejected.v1', { ...decision, rejectedBy: z.string().nullable() });
export const tradeNeedsApproval = defineEvent('validation.trade-needs-approval.v1', decision);

export const complianceRuleCreated = defineEvent('validation.compliance-rule-created.v1', {
  ruleId: z.string(), name: z.string(), kind: z.string(), severity: z.string(), parameters: z.record(z.string(), z.unknown()),
  /** Null: all portfolios of the organisation. */
  portfolioId: z.string().nullable().optional(), enabled: z.boolean().optional(),
});
/** The rule as it is after the change. Key: the rule. */
export const complianceRuleUpdated = defineEvent('validation.compliance-rule-updated.v1', {
  ruleId: z.string(), name: z.string(), kind: z.string(), severity: z.string(), parameters: z.record(z.string(), z.unknown()),
  portfolioId: z.string().nullable(), enabled: z.boolean(), before: beforeShape,
});
export const restrictedListSet = defineEvent('validation.restricted-list-set.v1', { instrumentIds: z.array(z.string()), before: beforeShape });

/** Key: who asked. */
export const mutationNoted = mutationNotedBy('validation');

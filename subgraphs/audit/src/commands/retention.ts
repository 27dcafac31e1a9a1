/** For how long what is personal in the trail can be read: rules are set by people, and applied once a day by the domain itself. */
import { event } from '@pms/events/envelope';
import { retentionApplied, retentionRuleSet } from '@pms/schema/events/audit';
import type { AuditContext } from '../context.ts';
import { checkedDays, defaultDays, firstMonthKept, type RetentionKind, type Untouchable } from '../domain/retention.ts';
import type { AuditStore } from '../store/audit-store.ts';

export interface RetentionRule {
  readonly kind: RetentionKind;
  readonly days: number;
}

export async function setRetentionRule(ctx: AuditContext, input: { readonly kind: RetentionKind | Untouchable; readonly days: number; readonly reason: string }): Promise<RetentionRule> {
  const { organizationId, subject } = ctx.principal;
  const rule = checkedDays(input.kind, input.days);
  await ctx.store.transaction(async (tx) => {
    const before = await tx.people.setRetention(organizationId, rule, { actor: subject, at: ctx.now() });
    const maker = { ...ctx, origin: { ...ctx.origin, reason: input.reason } };
    await tx.outbox.add([event(retentionRuleSet, organizationId, { ...rule, before: { days: before ?? defaultDays[rule.kind] } }, maker)]);
  });
  return rule;
}

export interface Retaining {
  readonly store: AuditStore;
  newId(kind: string): string;
  now(): Date;
}

/** Resolves to how many keys were destroyed, over all organisations. */
export async function applyRetention({ store, newId, now }: Retaining): Promise<number> {
  let all = 0;
  for (const organizationId of await store.people.withClientKeys()) {
    const days = (await store.people.retentionRules(organizationId)).get('CLIENT_DETAILS') ?? defaultDays.CLIENT_DETAILS;
    const olderThan = firstMonthKept(now(), days);
    all += await store.transaction(async (tx) => {
      const { destroyed, held } = await tx.people.letGo(organizationId, olderThan, now());
      if (destroyed === 0) return 0;
      const maker = { origin: { organizationId, actor: 'system:audit', correlationId: newId('req'), causationId: null }, newId, now };
      await tx.outbox.add([event(retentionApplied, organizationId, { kind: 'CLIENT_DETAILS', olderThan, destroyedKeys: destroyed, heldKeys: held }, maker)]);
      return destroyed;
    });
  }
  return all;
}

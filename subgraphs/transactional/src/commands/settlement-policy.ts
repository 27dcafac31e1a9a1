/** How an organisation settles. */
import { invalid } from '@pms/errors';
import { replaced } from '@pms/events/before';
import { event } from '@pms/events/envelope';
import { settlementPolicySet } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import type { SettlementPolicy } from '../store/operations-reads.ts';

const BUSINESS_DAYS_MAX = 60;

function checkedDays(days: number, path: string, what: string): number {
  if (days < 1 || days > BUSINESS_DAYS_MAX) throw invalid(`${what} after 1 to ${BUSINESS_DAYS_MAX} business days`, path);
  return days;
}

export interface SetSettlementPolicy {
  readonly buyInAfterBusinessDays?: number | null | undefined;
  readonly claimsNeedSecondPerson?: boolean | null | undefined;
  readonly parkAfterBusinessDays?: number | null | undefined;
}

/** What is left out stays as it is. */
export async function setSettlementPolicy(ctx: TransactionalContext, input: SetSettlementPolicy): Promise<SettlementPolicy> {
  const { organizationId, subject } = ctx.principal;
  return ctx.store.transaction(async (tx) => {
    const before = await tx.policy(organizationId);
    const policy = changed(before, input);
    await tx.savePolicy(organizationId, policy, subject);
    await tx.outbox.add([event(settlementPolicySet, organizationId, { ...policy, before: replaced({ ...before }, { ...policy }) }, ctx)]);
    return policy;
  });
}

function changed(before: SettlementPolicy, input: SetSettlementPolicy): SettlementPolicy {
  return {
    buyInAfterBusinessDays: checkedDays(input.buyInAfterBusinessDays ?? before.buyInAfterBusinessDays, 'buyInAfterBusinessDays', 'a buy-in is due'),
    parkAfterBusinessDays: checkedDays(input.parkAfterBusinessDays ?? before.parkAfterBusinessDays, 'parkAfterBusinessDays', 'what does not get on is parked'),
    claimsNeedSecondPerson: input.claimsNeedSecondPerson ?? before.claimsNeedSecondPerson,
  };
}

/** How an organisation settles. */
import { invalid } from '@pms/errors';
import type { TransactionalContext } from '../context.ts';
import type { SettlementPolicy } from '../store/operations-reads.ts';

const BUSINESS_DAYS_MAX = 60;

export interface SetSettlementPolicy {
  readonly buyInAfterBusinessDays?: number | null | undefined;
  readonly claimsNeedSecondPerson?: boolean | null | undefined;
}

/** What is left out stays as it is. */
export async function setSettlementPolicy(ctx: TransactionalContext, input: SetSettlementPolicy): Promise<SettlementPolicy> {
  const { organizationId, subject } = ctx.principal;
  const before = await ctx.store.policy(organizationId);
  const buyInAfterBusinessDays = input.buyInAfterBusinessDays ?? before.buyInAfterBusinessDays;
  if (buyInAfterBusinessDays < 1 || buyInAfterBusinessDays > BUSINESS_DAYS_MAX) throw invalid(`a buy-in is due after 1 to ${BUSINESS_DAYS_MAX} business days`, 'buyInAfterBusinessDays');
  const policy = { buyInAfterBusinessDays, claimsNeedSecondPerson: input.claimsNeedSecondPerson ?? before.claimsNeedSecondPerson };
  await ctx.store.savePolicy(organizationId, policy, subject);
  return policy;
}

/** What operations may do with settlements. Each answers with what has become of it. */
import { payload } from '@pms/subgraph/refusals';
import { recordBoughtIn } from '../commands/bought-in.ts';
import { executeBuyIn } from '../commands/buy-in.ts';
import { failSettlement, matchSettlement } from '../commands/match-settlement.ts';
import { breakNetting, netSettlements } from '../commands/net-settlements.ts';
import { resolveParked } from '../commands/resolve-parked.ts';
import { reverseSettlement } from '../commands/reverse-settlement.ts';
import { retrySettlement, settleDueOnRequest } from '../commands/settle-on-request.ts';
import { settlePartially } from '../commands/settle-partially.ts';
import { bookClaim, claimInterest, withdrawClaim } from '../commands/settlement-claims.ts';
import { setSettlementPolicy } from '../commands/settlement-policy.ts';
import type { TransactionalContext } from '../context.ts';
import { netSetOf, settlementNow } from '../queries/settlements.ts';
import type { SettlementView } from '../store/operations-reads.ts';
import type { MutationResolvers } from './types.generated.ts';

/** The payload of a change to one trade's settlement. */
const changing = (ctx: TransactionalContext, tradeId: string, change: Promise<void>) =>
  payload<{ settlement: SettlementView | null }>(['settlement'], async () => {
    await change;
    return { settlement: await settlementNow(ctx, tradeId) };
  });

export const settlementMutations: MutationResolvers = {
  settleDue: (_, { input }, ctx) => payload(['settled', 'failed', 'more'], () => settleDueOnRequest(ctx, input)),
  retrySettlement: (_, { input }, ctx) => changing(ctx, input.tradeId, retrySettlement(ctx, input)),
  matchSettlement: (_, { input }, ctx) => changing(ctx, input.tradeId, matchSettlement(ctx, input)),
  failSettlement: (_, { input }, ctx) => changing(ctx, input.tradeId, failSettlement(ctx, input)),
  settlePartially: (_, { input }, ctx) => changing(ctx, input.tradeId, settlePartially(ctx, input)),
  reverseSettlement: (_, { input }, ctx) => changing(ctx, input.tradeId, reverseSettlement(ctx, input)),
  resolveParkedSettlement: (_, { input }, ctx) => changing(ctx, input.tradeId, resolveParked(ctx, input)),
  recordBoughtIn: (_, { input }, ctx) => changing(ctx, input.tradeId, recordBoughtIn(ctx, input)),
  executeBuyIn: (_, { input }, ctx) => changing(ctx, input.tradeId, executeBuyIn(ctx, input)),
  claimSettlementInterest: (_, { input }, ctx) => changing(ctx, input.tradeId, claimInterest(ctx, input)),
  netSettlements: (_, { input }, ctx) => payload(['netSet'], async () => ({ netSet: await netSetOf(ctx, await netSettlements(ctx, input)) })),
  breakNetting: (_, { input }, ctx) => payload(['settlements'], async () => ({ settlements: await all(ctx, await breakNetting(ctx, input)) })),
  bookSettlementClaim: (_, { input }, ctx) => payload(['claim'], async () => ({ claim: await bookClaim(ctx, input) })),
  withdrawSettlementClaim: (_, { input }, ctx) => payload(['claim'], async () => ({ claim: await withdrawClaim(ctx, input) })),
  setSettlementPolicy: (_, { input }, ctx) => payload(['policy'], async () => ({ policy: await setSettlementPolicy(ctx, input) })),
};

async function all(ctx: TransactionalContext, tradeIds: readonly string[]): Promise<SettlementView[]> {
  return [...(await ctx.store.settlementsOf(ctx.principal.organizationId, tradeIds)).values()];
}

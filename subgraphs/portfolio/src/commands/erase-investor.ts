/** Erases the name of an investor for good, wherever it is kept. Portfolios, trades and books stay, under an id that names nobody. */
import { invalid, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { investorErased } from '@pms/schema/events/portfolio';
import type { PortfolioContext } from '../context.ts';

const REASON_CHARACTERS_MAX = 1_000;

export async function eraseInvestor(ctx: PortfolioContext, input: { readonly investorId: string; readonly reason: string }): Promise<{ investorId: string; erasedAt: string }> {
  const { organizationId } = ctx.principal;
  const reason = input.reason.trim();
  if (reason === '' || reason.length > REASON_CHARACTERS_MAX) throw invalid(`a reason has 1 to ${REASON_CHARACTERS_MAX} characters`, 'reason');
  const at = ctx.now();
  await ctx.store.transaction(async (tx) => {
    if (!(await tx.eraseInvestor(organizationId, input.investorId, at))) throw new Refusal('NOT_FOUND', 'there is no such investor', ['investorId']);
    await tx.outbox.add([event(investorErased, input.investorId, { investorId: input.investorId }, { ...ctx, origin: { ...ctx.origin, reason } })]);
  });
  return { investorId: input.investorId, erasedAt: at.toISOString() };
}

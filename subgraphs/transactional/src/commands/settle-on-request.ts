/** Settlement as operations ask for it: all that is due, or one failed trade again. */
import { invalid, Refusal } from '@pms/errors';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import { type Keyed, keyed, onSettlement, today } from './on-settlement.ts';
import { settleExchanges } from './settle-exchanges.ts';
import { settleDue, type Settled } from './settle-due.ts';
import { tryAgain } from './try-again.ts';

const TRADES_MAX = 20_000;
const AHEAD_DAYS_MAX = 10;

export interface SettleDue {
  readonly asOf: string;
  readonly portfolioId?: string | null | undefined;
}

export async function settleDueOnRequest(ctx: TransactionalContext, { asOf, portfolioId }: SettleDue): Promise<Settled> {
  if (asOf > addDays(today(ctx), AHEAD_DAYS_MAX)) throw invalid(`trades can be settled at most ${AHEAD_DAYS_MAX} days ahead`, 'asOf');
  const { organizationId } = ctx.principal;
  if (portfolioId != null && (await ctx.store.portfolioOf(organizationId, portfolioId)) === null)
    throw new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);
  const due = { organizationId, portfolioId, asOf, tradesMax: TRADES_MAX, originFor: () => ctx.origin };
  await settleExchanges(ctx, due);
  return settleDue(ctx, due);
}

/** With all trades that settle as one with it. Refuses with CONFLICT a settlement that has not failed, and one that was tried too often. */
export const retrySettlement = (ctx: TransactionalContext, { tradeId, idempotencyKey }: Keyed): Promise<void> => onSettlement(ctx, tradeId, async (at) => {
  const { settlement } = at.booking;
  if (settlement.step !== 'failed' && settlement.step !== 'buying-in') throw new Refusal('CONFLICT', 'the settlement has not failed', ['tradeId']);
  const failed = settlement.netSetId === null ? [at.booking] : await at.tx.netMembers(at.portfolio.id, [settlement.netSetId]);
  await tryAgain(ctx, at, failed, { asOf: today(ctx), origin: ctx.origin });
}, keyed({ tradeId, idempotencyKey }, 'retry'));

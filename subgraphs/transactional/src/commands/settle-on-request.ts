/** Settlement as operations ask for it: all that is due, or one failed trade again. */
import { invalid, Refusal } from '@pms/errors';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import { ATTEMPTS_MAX, next } from '../domain/settlement.ts';
import type { Booking } from '../store/rows.ts';
import { openLedger } from './ledger.ts';
import { type OnSettlement, onSettlement, today } from './on-settlement.ts';
import { settleExchanges } from './settle-exchanges.ts';
import { settleDue, settleTrades, type Settled } from './settle-due.ts';

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
export const retrySettlement = (ctx: TransactionalContext, tradeId: string): Promise<void> => onSettlement(ctx, tradeId, async (at) => {
  const { settlement } = at.booking;
  if (settlement.step !== 'failed' && settlement.step !== 'buying-in') throw new Refusal('CONFLICT', 'the settlement has not failed', ['tradeId']);
  const failed = settlement.netSetId === null ? [at.booking] : await at.tx.netMembers(at.portfolio.id, [settlement.netSetId]);
  await tryAgain(ctx, at, failed);
});

async function tryAgain(ctx: TransactionalContext, { tx, portfolio }: OnSettlement, failed: readonly Booking[]): Promise<void> {
  const ledger = await openLedger(ctx, tx, portfolio);
  const due = failed.map((booking): Booking => {
    const { fill, version, instrumentId } = booking;
    const { settlement } = next(booking.settlement, { type: 'retried' });
    if (settlement.step !== 'matched' && settlement.step !== 'instructed') throw new Refusal('CONFLICT', `settlement was tried ${ATTEMPTS_MAX} times, and no more`, ['tradeId']);
    ledger.record({
      kind: 'SETTLEMENT_RETRIED', effectiveOn: today(ctx), tradeId: fill.tradeId, version, instrumentId, currency: fill.currency, dayOrder: fill.sequence, data: { attempt: settlement.attempt },
    }, ctx.origin);
    return { ...booking, settlement, attempt: settlement.attempt };
  });
  await ledger.save();
  await settleTrades(ctx, tx, { ...portfolio, lastFact: ledger.lastFact() }, { due, asOf: today(ctx), origin: ctx.origin });
}

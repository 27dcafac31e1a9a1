/** Settlement as operations ask for it: all that is due, or one failed trade again. */
import { invalid, Refusal } from '@pms/errors';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import { ATTEMPTS_MAX, next } from '../domain/settlement.ts';
import type { Booking } from '../store/rows.ts';
import { lockedPortfolio } from './locked.ts';
import { openLedger } from './ledger.ts';
import { settleDue, settleTrades, type Settled } from './settle-due.ts';

const TRADES_MAX = 20_000;
const AHEAD_DAYS_MAX = 10;

const today = (ctx: TransactionalContext): string => ctx.now().toISOString().slice(0, 10);

export interface SettleDue {
  readonly asOf: string;
  readonly portfolioId?: string | null | undefined;
}

export async function settleDueOnRequest(ctx: TransactionalContext, { asOf, portfolioId }: SettleDue): Promise<Settled> {
  if (asOf > addDays(today(ctx), AHEAD_DAYS_MAX)) throw invalid(`trades can be settled at most ${AHEAD_DAYS_MAX} days ahead`, 'asOf');
  const { organizationId } = ctx.principal;
  if (portfolioId != null && (await ctx.store.portfolioOf(organizationId, portfolioId)) === null)
    throw new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);
  return settleDue(ctx, { organizationId, portfolioId, asOf, tradesMax: TRADES_MAX, originFor: () => ctx.origin });
}

/** Refuses with CONFLICT a settlement that has not failed, and one that was tried too often. */
export async function retrySettlement(ctx: TransactionalContext, tradeId: string): Promise<Booking> {
  const found = await ctx.store.latestBooking(ctx.principal.organizationId, tradeId);
  if (found === null) throw new Refusal('NOT_FOUND', 'there is no such trade, or it is not booked', ['tradeId']);
  return ctx.store.transaction(async (tx) => {
    const portfolio = await lockedPortfolio(tx, found.portfolioId);
    const booking = (await tx.histories([tradeId])).get(tradeId)?.standing;
    if (booking == null || booking.settlement.step !== 'failed') throw new Refusal('CONFLICT', 'the settlement has not failed', ['tradeId']);
    const retried = next(booking.settlement, { type: 'retried' }).settlement;
    if (retried.step !== 'instructed') throw new Refusal('CONFLICT', `settlement was tried ${ATTEMPTS_MAX} times, and no more`, ['tradeId']);
    const ledger = await openLedger(ctx, tx, portfolio);
    const { fill, version, instrumentId } = booking;
    ledger.record({
      kind: 'SETTLEMENT_RETRIED', effectiveOn: today(ctx), tradeId, version, instrumentId, currency: fill.currency, dayOrder: fill.sequence, data: { attempt: retried.attempt },
    }, ctx.origin);
    await ledger.save();
    const due = { ...booking, settlement: retried, attempt: retried.attempt };
    const again = { ...portfolio, lastFact: ledger.lastFact() };
    await settleTrades(ctx, tx, again, { due: [due], asOf: today(ctx), origin: ctx.origin });
    return (await tx.histories([tradeId])).get(tradeId)?.standing ?? booking;
  });
}

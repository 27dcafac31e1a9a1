/** What a person decides on a settlement that was parked: it is tried at once, by itself on a day, or bought in. Those that settle as one with it go with it. */
import { invalid, Refusal } from '@pms/errors';
import { settlementProgressed } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import { next } from '../domain/settlement.ts';
import type { Heard, Resolution } from '../domain/settlement-state.ts';
import type { Booking } from '../store/rows.ts';
import { openLedger } from './ledger.ts';
import { aboutTrade, checkedReason, onSettlement, type OnSettlement, today } from './on-settlement.ts';
import { tryAgain } from './try-again.ts';

export interface ResolveParked {
  readonly tradeId: string;
  readonly resolution: Resolution;
  /** With RETRY_ON, and with nothing else. */
  readonly retryOn?: string | null | undefined;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const AHEAD_DAYS_MAX = 60;

export const resolveParked = (ctx: TransactionalContext, input: ResolveParked): Promise<void> => onSettlement(ctx, input.tradeId, async (at) => {
  const reason = checkedReason(input.reason);
  if (reason === null) throw invalid('say why it is decided so', 'reason');
  const { settlement, fill } = at.booking;
  if ((settlement.step !== 'failed' && settlement.step !== 'buying-in') || settlement.parked === null) throw new Refusal('CONFLICT', 'the settlement is not parked', ['tradeId']);
  if (input.resolution === 'BUY_IN' && (!fill.quantity.isPositive() || settlement.netSetId !== null)) throw new Refusal('CONFLICT', 'only a purchase that settles alone is bought in', ['resolution']);
  const on = today(ctx);
  const heard: Heard = { type: 'released', resolution: input.resolution, on, retryOn: checkedDay(input, on) };
  const origin = { ...ctx.origin, reason };
  const released = settlement.netSetId === null ? [at.booking] : (await at.tx.netMembers(at.portfolio.id, [settlement.netSetId], ['failed']));
  const fact = { kind: 'SETTLEMENT_RELEASED' as const, data: { resolution: input.resolution, reason, ...(heard.retryOn !== null && { retryOn: heard.retryOn }) } };
  if (input.resolution === 'RETRY') return tryAgain(ctx, at, released, { asOf: on, origin, because: { heard, fact } });
  return release(ctx, at, released, { heard, fact, on, origin });
}, input);

function checkedDay({ resolution, retryOn }: ResolveParked, on: string): string | null {
  if (resolution !== 'RETRY_ON') {
    if (retryOn != null) throw invalid('a day is set with RETRY_ON alone', 'retryOn');
    return null;
  }
  if (retryOn == null || retryOn <= on || retryOn > addDays(on, AHEAD_DAYS_MAX)) throw invalid(`it is tried again on a day after today, at most ${AHEAD_DAYS_MAX} days ahead`, 'retryOn');
  return retryOn;
}

async function release(ctx: TransactionalContext, { tx, portfolio }: OnSettlement, released: readonly Booking[], { heard, fact, on, origin }: {
  readonly heard: Heard; readonly fact: { readonly kind: 'SETTLEMENT_RELEASED'; readonly data: { readonly resolution: Resolution } }; readonly on: string; readonly origin: TransactionalContext['origin'];
}): Promise<void> {
  const ledger = await openLedger(ctx, tx, portfolio);
  for (const booking of released) {
    ledger.record({ ...aboutTrade(booking), ...fact, effectiveOn: on }, origin);
    ledger.tell(settlementProgressed, { tradeId: booking.fill.tradeId, version: booking.version, portfolioId: portfolio.id, progress: 'RELEASED', on, reason: fact.data.resolution }, origin);
  }
  await ledger.save();
  await tx.saveSettlements(released.map((booking) => ({ tradeId: booking.fill.tradeId, version: booking.version, attempt: booking.attempt, settlement: next(booking.settlement, heard).settlement })));
}

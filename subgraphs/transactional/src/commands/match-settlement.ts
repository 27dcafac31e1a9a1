/** What the custodian and the counterparty say of an instruction before it settles: that it is matched, or that it fails. */
import { invalid, Refusal } from '@pms/errors';
import { settlementProgressed } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import { next } from '../domain/settlement.ts';
import type { FailureCode } from '../domain/settlement-state.ts';
import { openLedger } from './ledger.ts';
import { aboutTrade, checkedReason, type Keyed, keyed, onSettlement, today } from './on-settlement.ts';
import { attempt } from './settle-due.ts';

/** A failure for want of a match is instructed again. CONFLICT where nothing waits for a match. */
export const matchSettlement = (ctx: TransactionalContext, { tradeId, idempotencyKey }: Keyed): Promise<void> => onSettlement(ctx, tradeId, async ({ tx, portfolio, booking }) => {
  const { settlement } = next(booking.settlement, { type: 'matched' });
  if (settlement === booking.settlement) throw new Refusal('CONFLICT', 'the settlement does not wait to be matched', ['tradeId']);
  const on = today(ctx);
  const ledger = await openLedger(ctx, tx, portfolio);
  ledger.record({ ...aboutTrade(booking), kind: 'SETTLEMENT_MATCHED', effectiveOn: on, data: { counterparty: booking.parties.counterparty } }, ctx.origin);
  ledger.tell(settlementProgressed, { tradeId, version: booking.version, portfolioId: portfolio.id, progress: 'MATCHED', on }, ctx.origin);
  await ledger.save();
  await tx.saveSettlements([{ tradeId, version: booking.version, settlement, attempt: 'attempt' in settlement ? settlement.attempt : booking.attempt }]);
}, keyed({ tradeId, idempotencyKey }, 'match'));

const AHEAD_DAYS_MAX = 60;

export interface FailSettlement extends Keyed {
  readonly code: FailureCode;
  readonly reason: string;
  /** When the custodian tries again: then it is tried by itself. */
  readonly retryOn?: string | null | undefined;
}

/** With all that settle as one with it. CONFLICT for what has settled, or failed already. */
export const failSettlement = (ctx: TransactionalContext, { tradeId, code, reason: given, retryOn, idempotencyKey }: FailSettlement): Promise<void> => onSettlement(ctx, tradeId, async ({ tx, portfolio, booking }) => {
  const reason = checkedReason(given) ?? '';
  if (booking.settlement.step !== 'instructed' && booking.settlement.step !== 'matched') throw new Refusal('CONFLICT', 'the settlement is not open', ['tradeId']);
  if (retryOn != null && (retryOn <= today(ctx) || retryOn > addDays(today(ctx), AHEAD_DAYS_MAX))) throw invalid(`it is tried again on a day after today, at most ${AHEAD_DAYS_MAX} days ahead`, 'retryOn');
  const set = booking.settlement.step === 'matched' ? booking.settlement.netSetId : null;
  const failing = set === null ? [booking] : await tx.netMembers(portfolio.id, [set]);
  const ledger = await openLedger(ctx, tx, portfolio);
  const tried = failing.map((each) => attempt(ledger, each, { type: 'delivery-refused', code, reason, on: today(ctx), retryOn: retryOn ?? null }, ctx.origin));
  await ledger.save();
  await tx.saveSettlements(tried.map(({ change }) => change));
}, keyed({ tradeId, idempotencyKey, code, reason: given, retryOn: retryOn ?? null }, 'fail'));

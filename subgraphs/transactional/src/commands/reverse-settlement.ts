/**
 * What had settled, and the custodian has taken back: cash and securities return on that day, by reversals of the settlement's entries, and the settlement has
 * failed. The trade stays booked; it may be tried again, bought in, amended or cancelled like every other that failed. What settled as one is taken back as one.
 */
import { invalid, Refusal } from '@pms/errors';
import { settlementFailed, settlementProgressed } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import { cashOfFill } from '../domain/fill-cash.ts';
import { reversalOf } from '../domain/journal.ts';
import { next } from '../domain/settlement.ts';
import type { FailureCode } from '../domain/settlement-state.ts';
import type { RecordedEntry } from '../store/posting-reads.ts';
import type { Booking } from '../store/rows.ts';
import type { SettlementChange } from '../store/settlement-writes.ts';
import { chargesDue } from './covered.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { settlementFails } from './metrics.ts';
import { aboutTrade, checkedReason, onSettlement, today } from './on-settlement.ts';

export interface ReverseSettlement {
  readonly tradeId: string;
  readonly code: FailureCode;
  readonly reason: string;
  readonly reversedOn?: string | null | undefined;
  readonly idempotencyKey: string;
}

/** CONFLICT for what has not settled. */
export const reverseSettlement = (ctx: TransactionalContext, input: ReverseSettlement): Promise<void> => onSettlement(ctx, input.tradeId, async ({ tx, portfolio, booking }) => {
  const reason = checkedReason(input.reason);
  if (reason === null) throw invalid('say why it was taken back', 'reason');
  const { settlement } = booking;
  if (settlement.step !== 'settled') throw new Refusal('CONFLICT', 'nothing has settled that could be taken back', ['tradeId']);
  const on = input.reversedOn ?? today(ctx);
  if (on > today(ctx) || on < settlement.settledOn) throw invalid('it was taken back between the day of settlement and today', 'reversedOn');
  const taken = settlement.netSetId === null ? [booking] : await tx.netMembers(portfolio.id, [settlement.netSetId], ['settled']);
  const posted = await tx.unreversed(taken.map(({ fill, version }) => ({ tradeId: fill.tradeId, version })));
  const ledger = await openLedger(ctx, tx, portfolio);
  const changes = taken.map((each) => takeBack(ledger, each, posted.get(each.fill.tradeId) ?? [], { code: input.code, reason, on, origin: ctx.origin }));
  await ledger.save(tx.custodyRows(portfolio, taken.map(({ instrumentId, fill }) => ({ instrumentId, currency: fill.currency, quantity: fill.quantity.negated() }))));
  await tx.saveSettlements(changes);
}, input);

interface TakenBack {
  readonly code: FailureCode;
  readonly reason: string;
  readonly on: string;
  readonly origin: TransactionalContext['origin'];
}

function takeBack(ledger: Ledger, booking: Booking, posted: readonly RecordedEntry[], { code, reason, on, origin }: TakenBack): SettlementChange {
  const { fill, version, attempt, contractualOn } = booking;
  const about = { tradeId: fill.tradeId, version, portfolioId: ledger.portfolioId };
  const factSequence = ledger.record({ ...aboutTrade(booking), kind: 'SETTLEMENT_REVERSED', effectiveOn: on, data: { code, reason } }, origin);
  // the newest first: what was delivered in parts has an entry for each
  for (const { id, entry } of posted.filter(({ entry: { kind } }) => kind === 'TRADE_SETTLED').toReversed()) ledger.post(reversalOf(id, entry, on), { factSequence, version, origin });
  ledger.tell(settlementProgressed, { ...about, progress: 'DELIVERY_REVERSED', on, reason }, origin);
  ledger.tell(settlementFailed, { ...about, reason, code, attempt }, origin);
  for (const { currency } of [cashOfFill(fill), ...chargesDue(fill)]) ledger.tellCash({ kind: 'SETTLEMENT', currency, amount: '0', effectiveDate: on, tradeId: fill.tradeId }, origin);
  settlementFails.inc({ code });
  return { tradeId: fill.tradeId, version, attempt, settlement: next(booking.settlement, { type: 'delivery-reversed', code, reason, on, contractualDate: contractualOn, attempt }).settlement };
}

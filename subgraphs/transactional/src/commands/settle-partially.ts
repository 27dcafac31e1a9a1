/** Settles a part of a trade: its securities for its share of the cash. What is left is instructed again. */
import { invalid, Refusal } from '@pms/errors';
import { decimal, text } from '@pms/money';
import { settlementProgressed } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../context.ts';
import { afterPart, deliveredOf, left, partBetween } from '../domain/delivery.ts';
import { cashOfFill, partOf } from '../domain/fill-cash.ts';
import { tradeSettled } from '../domain/journal.ts';
import { next } from '../domain/settlement.ts';
import { deliveryData } from '../domain/settlement-facts.ts';
import type { Delivered } from '../domain/settlement-state.ts';
import type { Booking } from '../store/rows.ts';
import { shortOf } from './covered.ts';
import { openLedger } from './ledger.ts';
import { aboutTrade, onSettlement, type OnSettlement, today } from './on-settlement.ts';

export interface SettlePartially {
  readonly tradeId: string;
  /** Unsigned: more than zero and less than what is left. */
  readonly quantity: string;
  readonly settledOn?: string | null | undefined;
  readonly idempotencyKey: string;
}

export const settlePartially = (ctx: TransactionalContext, input: SettlePartially): Promise<void> =>
  onSettlement(ctx, input.tradeId, async (at) => {
    const settledOn = input.settledOn ?? today(ctx);
    if (settledOn > today(ctx) || settledOn < at.booking.fill.tradedOn) throw invalid('a part settles between the trade date and today', 'settledOn');
    await settlePart(ctx, at, parting(at.booking, input.quantity), settledOn);
  }, { ...input, quantity: text(decimal(input.quantity)) });

interface Parting {
  readonly total: Delivered;
  readonly part: Delivered;
}

function parting({ fill, settlement }: Booking, given: string): Parting {
  const before = deliveredOf(settlement, fill);
  const quantity = decimal(given);
  const rest = left(fill, before).quantity.abs();
  if (!quantity.greaterThan(0) || quantity.greaterThanOrEqualTo(rest)) throw invalid(`a part is more than zero and less than the ${text(rest)} that are left`, 'quantity');
  const total = afterPart(fill, before, quantity);
  return { total, part: partBetween(before, total) };
}

async function settlePart(ctx: TransactionalContext, { tx, portfolio, booking }: OnSettlement, { total, part }: Parting, settledOn: string): Promise<void> {
  const { fill, version, instrumentId } = booking;
  const { settlement } = next(booking.settlement, { type: 'part-delivered', total });
  if (settlement === booking.settlement) throw new Refusal('CONFLICT', `the settlement is ${described(booking)}: no part of it can settle`, ['tradeId']);
  const ledger = await openLedger(ctx, tx, portfolio);
  const { currency } = cashOfFill(fill);
  const short = shortOf(ledger, [{ currency, amount: part.amount }]);
  if (short !== null) throw new Refusal('INSUFFICIENT_FUNDS', short.reason, ['quantity']);
  const factSequence = ledger.record({ ...aboutTrade(booking), kind: 'TRADE_PART_SETTLED', effectiveOn: settledOn, data: { attempt: booking.attempt, ...deliveryData(part) } }, ctx.origin);
  ledger.post(tradeSettled({ fill: partOf(fill, part.amount, false), settledOn }), { factSequence, version, origin: ctx.origin });
  ledger.tell(settlementProgressed, {
    tradeId: fill.tradeId, version, portfolioId: portfolio.id, progress: 'PART_SETTLED', on: settledOn, quantity: text(part.quantity), amount: text(part.amount), currency,
  }, ctx.origin);
  ledger.tellCash({ kind: 'SETTLEMENT', currency, amount: '0', effectiveDate: settledOn, tradeId: fill.tradeId }, ctx.origin);
  await ledger.save(tx.custodyRows(portfolio, [{ instrumentId, currency: fill.currency, quantity: part.quantity }]));
  await tx.saveSettlements([{ tradeId: fill.tradeId, version, settlement, attempt: 'attempt' in settlement ? settlement.attempt : booking.attempt }]);
}

const described = ({ settlement }: Booking): string => ('netSetId' in settlement && settlement.netSetId !== null ? 'in a net set, which settles as one' : settlement.step);

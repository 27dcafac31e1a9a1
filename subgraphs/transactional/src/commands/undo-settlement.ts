/** What becomes of settlements when versions are taken back: each is undone exactly as far as it had come, and sets that settle as one are broken. */
import type { Origin } from '@pms/events/envelope';
import { settlementProgressed } from '@pms/schema/events/transactional';
import { deliveredOf } from '../domain/delivery.ts';
import { next } from '../domain/settlement.ts';
import { deliveryData } from '../domain/settlement-facts.ts';
import type { Posting } from '../store/books-store.ts';
import type { Booking } from '../store/rows.ts';
import type { CustodyChange, SettlementChange } from '../store/settlement-writes.ts';
import type { Ledger } from './ledger.ts';

/** For the fact of the reversal: what was undone, and what of it had changed hands where that is not the whole. */
export function undoneData({ settlement, fill }: Booking): Readonly<Record<string, unknown>> {
  const undone = next(settlement, { type: 'cancelled' }).send.map(({ type }) => type);
  return { undone, ...(undone.includes('reverse-delivery') && settlement.step !== 'settled' && deliveryData(deliveredOf(settlement, fill))) };
}

export const cancelledSettlements = (bookings: readonly Booking[]): SettlementChange[] => bookings.map(({ fill, version, settlement, attempt }) => ({
  tradeId: fill.tradeId, version, attempt, settlement: next(settlement, { type: 'cancelled' }).settlement,
}));

/** What goes back to where it came from. */
export const returned = (bookings: readonly Booking[]): CustodyChange[] => bookings.map(({ instrumentId, fill, settlement }) => ({
  instrumentId, currency: fill.currency, quantity: deliveredOf(settlement, fill).quantity.negated(),
}));

/** The others of the sets that these bookings are in settle by themselves from now on. */
export async function brokenNets(tx: Posting, ledger: Ledger, bookings: readonly Booking[], { on, origin }: { readonly on: string; readonly origin: Origin | undefined }): Promise<SettlementChange[]> {
  const sets = new Set(bookings.flatMap(({ settlement }) => ('netSetId' in settlement && settlement.netSetId !== null ? [settlement.netSetId] : [])));
  if (sets.size === 0 || origin === undefined) return [];
  const gone = new Set(bookings.map(({ fill }) => fill.tradeId));
  const members = await tx.netMembers(ledger.portfolioId, [...sets]);
  return members.filter(({ fill }) => !gone.has(fill.tradeId)).map((member) => unnetted(ledger, member, { on, origin }));
}

export function unnetted(ledger: Ledger, { fill, version, instrumentId, settlement, attempt }: Booking, { on, origin }: { readonly on: string; readonly origin: Origin }): SettlementChange {
  const netSetId = 'netSetId' in settlement ? settlement.netSetId : null;
  ledger.record({
    kind: 'NETTING_BROKEN', effectiveOn: on, tradeId: fill.tradeId, version, instrumentId, currency: fill.currency, dayOrder: fill.sequence,
    data: { netSetId },
  }, origin);
  ledger.tell(settlementProgressed, { tradeId: fill.tradeId, version, portfolioId: ledger.portfolioId, progress: 'NETTING_BROKEN', on, netSetId: netSetId ?? '' }, origin);
  return { tradeId: fill.tradeId, version, attempt, settlement: next(settlement, { type: 'net-broken' }).settlement };
}

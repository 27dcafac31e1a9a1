/**
 * What the books say: what is not a trade's moves cash; a booking puts its exact figure in the place of the reservation's.
 * Reversals are not heard: what is reversed was replaced or cancelled, and has ceased to count when that was decided.
 */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { type Decimal, decimal, ZERO } from '@pms/money';
import { cashMoved, type corporateActionApplied, type corporateActionReversed, tradeBooked } from '@pms/schema/events/transactional';
import { OF_TRADES } from '../commands/tidings.ts';
import { cashIn, held } from '../domain/book.ts';
import type { LockedPortfolio } from '../store/records.ts';
import type { ValidationStore } from '../store/validation-store.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { forEachPortfolio } from './each-portfolio.ts';

type Changes = ReadonlyMap<string, Decimal>;

async function addCash(tx: ValidationWrites, portfolio: LockedPortfolio, changes: Changes): Promise<void> {
  const moved = [...changes].filter(([, amount]) => !amount.isZero());
  if (moved.length === 0) return;
  const book = await tx.book(portfolio.organizationId, portfolio.id);
  await tx.saveCash(portfolio, moved.map(([currency, amount]) => [currency, cashIn(book, currency).plus(amount)]));
}

function summed(amounts: readonly { readonly currency: string; readonly amount: Decimal }[]): Changes {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of amounts) sums.set(currency, (sums.get(currency) ?? ZERO).plus(amount));
  return sums;
}

const ofTrades: ReadonlySet<string> = new Set(OF_TRADES);

/** Cash of trades is counted by the trades themselves. */
export const isOfTrade = (event: Event): boolean => event.type === cashMoved.name && ofTrades.has(cashMoved.data.parse(event.data).kind);

export function countCash(tx: ValidationWrites, portfolio: LockedPortfolio, moves: readonly Event[]): Promise<void> {
  return addCash(tx, portfolio, summed(moves.map(({ data }) => cashMoved.data.parse(data)).map(({ currency, amount }) => ({ currency, amount: decimal(amount) }))));
}

/** Splits, spin-offs and the like move units without a trade. */
export function onUnitsMoved(store: ValidationStore, type: typeof corporateActionApplied | typeof corporateActionReversed): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => forEachPortfolio(store, events, async (tx, portfolio, fresh) => {
    const changes = new Map<string, Decimal>();
    for (const { instrumentId, quantity } of fresh.flatMap(({ data }) => type.data.parse(data).moved ?? []))
      changes.set(instrumentId, (changes.get(instrumentId) ?? ZERO).plus(decimal(quantity)));
    if (changes.size === 0) return;
    const book = await tx.book(portfolio.organizationId, portfolio.id);
    await tx.saveHoldings(portfolio, [...changes].map(([instrumentId, quantity]) => [instrumentId, held(book, instrumentId).plus(quantity)]));
  });
  return { type: type.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}

/** A booking of a version that does not count any more changes nothing. */
export const countBookings = (tx: ValidationWrites, { organizationId }: LockedPortfolio, bookings: readonly Event[]): Promise<void> =>
  tx.countAsBooked(bookings.map(({ data }) => {
    const { tradeId, version, netAmount, cash } = tradeBooked.data.parse(data);
    return { organizationId, tradeId, version, cash: decimal(cash?.netAmount ?? netAmount) };
  }));

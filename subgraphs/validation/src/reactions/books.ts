/**
 * What the books say: what is not a trade's moves cash; a booking puts its exact figure in the place of the reservation's.
 * Reversals are not heard: what is reversed was replaced or cancelled, and has ceased to count when that was decided.
 */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { type Decimal, decimal, ZERO } from '@pms/money';
import { cashMoved, tradeBooked } from '@pms/schema/events/transactional';
import { cashIn } from '../domain/book.ts';
import type { LockedPortfolio } from '../store/records.ts';
import type { ValidationStore } from '../store/validation-store.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { locked } from './trades.ts';
import { unseen } from './unseen.ts';

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

const OF_TRADES: ReadonlySet<string> = new Set(['TRADE', 'REVERSAL', 'SETTLEMENT']);

/** Cash of trades is counted by the trades themselves. */
export function onCashMoved(store: ValidationStore): Reaction {
  const reactAll = async (events: readonly Event[]): Promise<void> => {
    const external = events.filter(({ data }) => !OF_TRADES.has(cashMoved.data.parse(data).kind));
    const [first] = external;
    if (first === undefined) return;
    await store.transaction(async (tx) => {
      const portfolio = await locked(tx, first);
      const moved = (await unseen(tx, external)).map(({ data }) => cashMoved.data.parse(data));
      await addCash(tx, portfolio, summed(moved.map(({ currency, amount }) => ({ currency, amount: decimal(amount) }))));
    });
  };
  return { type: cashMoved.name, react: (event) => reactAll([event]), reactAll };
}

/** A booking of a version that does not count any more changes nothing. */
export function onTradeBooked(store: ValidationStore): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    const [first] = events;
    if (first === undefined) return;
    const portfolio = await locked(tx, first);
    const booked = (await unseen(tx, events)).map(({ data }) => tradeBooked.data.parse(data));
    const commitments = await tx.commitments(portfolio.organizationId, booked.map(({ tradeId }) => tradeId));
    const counting = booked.flatMap(({ tradeId, version, ...told }) => {
      const netAmount = told.cash?.netAmount ?? told.netAmount;
      const commitment = commitments.get(tradeId);
      return commitment?.version === version ? [{ tradeId, currency: commitment.currency, cash: decimal(netAmount), amount: decimal(netAmount).minus(commitment.cash) }] : [];
    });
    await addCash(tx, portfolio, summed(counting));
    await tx.markBooked(counting);
  });
  return { type: tradeBooked.name, react: (event) => reactAll([event]), reactAll };
}

/** Trades that were captured, amended or cancelled: decides about versions, and lets go of what a cancelled trade took. */
import type { Reaction } from '@pms/events/bus';
import type { Event, EventType } from '@pms/events/envelope';
import { inStep } from '@pms/events/gathered';
import { tradeAmended, tradeCancelled, tradeCaptured, type TradeFacts } from '@pms/schema/events/trade-capture';
import { decideTrades } from '../commands/decide-trades.ts';
import type { Workings } from '../context.ts';
import { cashIn, held } from '../domain/book.ts';
import type { LockedPortfolio } from '../store/records.ts';
import type { ValidationStore } from '../store/validation-store.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { unseen } from './unseen.ts';

export const onTradeCaptured = (workings: Workings): Reaction => deciding(workings, tradeCaptured);
export const onTradeAmended = (workings: Workings): Reaction => deciding(workings, tradeAmended);

function deciding<Data extends TradeFacts>(workings: Workings, type: EventType<Data>): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => forEachPortfolio(workings.store, events, (tx, portfolio, fresh) =>
    decideTrades(workings, tx, portfolio, fresh.map((cause) => ({ cause, facts: factsOf(type.data.parse(cause.data)) }))));
  return { type: type.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}

/** Without what an amendment's event says besides. */
function factsOf(trade: TradeFacts): TradeFacts {
  const { tradeId, version, portfolioId, instrumentId, side, quantity, price, currency, tradeDate, fees, externalId, capturedAt, lotPicks, quoted, settlement, counterparty, placeOfSettlement, custodyAccount } = trade;
  const parties = { ...(counterparty != null && { counterparty }), ...(placeOfSettlement != null && { placeOfSettlement }), ...(custodyAccount != null && { custodyAccount }) };
  return { tradeId, version, portfolioId, instrumentId, side, quantity, price, currency, tradeDate, fees, externalId, capturedAt, ...(lotPicks && { lotPicks }), ...(quoted && { quoted }), ...(settlement && { settlement }), ...parties };
}

/** Throws for a portfolio that was not told of yet: the event is delivered again. */
export async function locked(tx: ValidationWrites, { key, organizationId }: Event): Promise<LockedPortfolio> {
  const portfolio = await tx.lockPortfolio(organizationId, key);
  if (portfolio === null) throw new Error(`portfolio ${key} is not known yet`);
  return portfolio;
}

/** One transaction: each portfolio's events that were not handled before, behind its lock, side by side with those of the others. */
export const forEachPortfolio = (
  store: ValidationStore, events: readonly Event[], work: (tx: ValidationWrites, portfolio: LockedPortfolio, fresh: readonly Event[]) => Promise<void>,
): Promise<void> => store.transaction(async (tx) => {
  await inStep([...Map.groupBy(events, ({ key }) => key).values()].map(async (of) => {
    const [first] = of;
    if (first !== undefined) await work(tx, await locked(tx, first), await unseen(tx, of));
  }));
});

/** What waits for approval ends with the trade; bookings and reversals that are still to come change nothing. */
export const onTradeCancelled = ({ store, now }: Workings): Reaction => ({
  type: tradeCancelled.name,
  react: (event) => store.transaction(async (tx) => {
    const portfolio = await locked(tx, event);
    if (!(await tx.firstSight(event.id))) return;
    const { tradeId, version } = tradeCancelled.data.parse(event.data);
    const { organizationId } = portfolio;
    await tx.cancel(organizationId, tradeId);
    const newest = (await tx.newestDecisions(organizationId, [tradeId])).get(tradeId);
    if (newest?.outcome === 'PENDING_APPROVAL')
      await tx.rule([{ tradeId, version: newest.version, outcome: 'REJECTED', decidedBy: null, comment: `cancelled by version ${version} before it was approved` }], now());
    const commitment = (await tx.commitments(organizationId, [tradeId])).get(tradeId);
    if (commitment === undefined) return;
    const book = await tx.book(organizationId, portfolio.id);
    await tx.release(tradeId);
    await tx.saveCash(portfolio, [[commitment.currency, cashIn(book, commitment.currency).minus(commitment.cash)]]);
    await tx.saveHoldings(portfolio, [[commitment.instrumentId, held(book, commitment.instrumentId).minus(commitment.quantity)]]);
  }),
});

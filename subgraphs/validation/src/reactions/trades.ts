/** Trades that were captured, amended or cancelled: decides about versions, and lets go of what a cancelled trade took. */
import type { Reaction } from '@pms/events/bus';
import type { Event, EventType } from '@pms/events/envelope';
import { tradeAmended, tradeCancelled, tradeCaptured, type TradeFacts } from '@pms/schema/events/trade-capture';
import { cashMoved, tradeBooked } from '@pms/schema/events/transactional';
import { decideTrades } from '../commands/decide-trades.ts';
import { OF_TRADES } from '../commands/tidings.ts';
import type { Workings } from '../context.ts';
import { cashEffects, cashIn, held } from '../domain/book.ts';
import type { LockedPortfolio } from '../store/records.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { countBookings, countCash, isOfTrade } from './books.ts';
import { forEachPortfolio, locked } from './each-portfolio.ts';

/**
 * Of a busy portfolio, captures and what the books say of earlier trades come by turns. They are taken together: up to the next cash that is not a
 * trade's, bookings of earlier trades are counted first (of two domains neither's news waits for the other's), then all captures are decided.
 */
export function tradesAndBooks(workings: Workings): Reaction[] {
  const reactAll = async (events: readonly Event[]): Promise<void> => {
    const heard = events.filter((event) => !isOfTrade(event));
    if (heard.length > 0) await forEachPortfolio(workings.store, heard, async (tx, portfolio, fresh) => {
      const stretches = stretchesOf(fresh);
      for (const [at, stretch] of stretches.entries()) await take(workings, tx, portfolio, { stretch, behind: stretches.slice(at + 1).flat() });
    });
  };
  return [tradeCaptured, tradeBooked, cashMoved].map(({ name }) => ({
    type: name, acrossKeys: true, ...(name === cashMoved.name && { unrecordedWhere: { field: 'kind', values: OF_TRADES } }), react: (event) => reactAll([event]), reactAll,
  }));
}

async function take(workings: Workings, tx: ValidationWrites, portfolio: LockedPortfolio, { stretch, behind }: { readonly stretch: readonly Event[]; readonly behind: readonly Event[] }): Promise<void> {
  const of = ({ name }: { readonly name: string }): Event[] => stretch.filter(({ type }) => type === name);
  const captures = of(tradeCaptured).map((cause) => ({ cause, facts: factsOf(tradeCaptured.data.parse(cause.data)) }));
  const decidedHere = new Set(captures.map(({ facts }) => facts.tradeId));
  const [later, earlier] = parted(of(tradeBooked), ({ data }) => decidedHere.has(tradeBooked.data.parse(data).tradeId));
  await countBookings(tx, portfolio, earlier);
  await countCash(tx, portfolio, of(cashMoved));
  await decideTrades(workings, tx, portfolio, captures, behind);
  await countBookings(tx, portfolio, later);
}

function parted<T>(all: readonly T[], belongs: (one: T) => boolean): readonly [T[], T[]] {
  const { true: yes = [], false: no = [] } = Object.groupBy(all, (one) => (belongs(one) ? 'true' : 'false'));
  return [yes, no];
}

/** Cash is a stretch by itself, so that no trade is decided with what came behind it. */
function stretchesOf(events: readonly Event[]): Event[][] {
  const stretches: Event[][] = [];
  for (const event of events) {
    const last = stretches.at(-1);
    if (last !== undefined && (last[0]?.type === cashMoved.name) === (event.type === cashMoved.name)) last.push(event);
    else stretches.push([event]);
  }
  return stretches;
}

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
    await tx.saveCash(portfolio, cashEffects(commitment).map(({ currency, cash }) => [currency, cashIn(book, currency).minus(cash)]));
    await tx.saveHoldings(portfolio, [[commitment.instrumentId, held(book, commitment.instrumentId).minus(commitment.quantity)]]);
  }),
});

/** What trades closed, now or at a moment; and wash sales, for which all trades of an instrument are looked at. */
import { type ClosedLot, numbered } from '../domain/closings.ts';
import { openingsOf, type WashSale, washSales } from '../domain/wash-sales.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { InstrumentOf, Traded } from '../store/gain-reads.ts';
import type { Moment } from '../store/history-reads.ts';
import type { Replay } from './positions.ts';

/** A closing, and whence and as of when it was read: what is said besides is read alike. */
export interface ClosedAt extends ClosedLot {
  readonly portfolioId: string;
  readonly moment: Moment;
}

export interface At {
  readonly organizationId: string;
  readonly moment: Moment;
  /** Positions of a portfolio replayed at the moment. */
  readonly replays: { load(portfolioId: string): Promise<readonly Replay[]> };
}

/** By trade, in the order of the ids. */
export async function closingsAt(store: BooksStore, { organizationId, moment, replays }: At, tradeIds: readonly string[]): Promise<ClosedAt[][]> {
  if (moment.knownAt === null) {
    const found = await store.closingsOf(organizationId, tradeIds, moment.asOf);
    return tradeIds.map((id) => (found.get(id) ?? []).map((closing) => ({ ...closing, moment })));
  }
  const positions = await store.positionsOfTrades(organizationId, tradeIds);
  const portfolioIds = [...new Set(positions.map(({ portfolioId }) => portfolioId))];
  const closings = (await Promise.all(portfolioIds.map(async (portfolioId) =>
    (await replays.load(portfolioId)).flatMap(closedIn).map((closing): ClosedAt => ({ ...closing, portfolioId, moment }))))).flat();
  const byTrade = Map.groupBy(closings, ({ closedBy }) => closedBy);
  return tradeIds.map((id) => byTrade.get(id) ?? []);
}

export async function tradedAt(store: BooksStore, { organizationId, moment, replays }: At, instruments: readonly InstrumentOf[]): Promise<readonly Traded[]> {
  if (moment.knownAt === null) return store.traded(organizationId, instruments, moment.asOf);
  return Promise.all(instruments.map(async ({ portfolioId, instrumentId }) => {
    const of = (await replays.load(portfolioId)).filter(({ change }) => change.after.instrumentId === instrumentId);
    return { fills: of.flatMap(({ fills }) => fills), closings: of.flatMap(closedIn) };
  }));
}

export const closedIn = ({ change: { after: { instrumentId, currency }, closings } }: Replay): ClosedLot[] =>
  numbered(closings).map(({ closing, line }) => ({ ...closing, line, instrumentId, currency }));

export interface WashSaleAt extends WashSale {
  readonly closing: ClosedLot;
}

/** By `closingKey`. */
export function washSalesIn({ fills, closings }: Traded): ReadonlyMap<string, WashSaleAt> {
  const found = washSales(openingsOf(fills, closings), closings);
  return new Map([...found].map(([closing, wash]) => [closingKey(closing), { ...wash, closing }]));
}

export const closingKey = ({ closedBy, currency, line }: ClosedLot): string => `${closedBy} ${currency} ${line}`;
export const instrumentKey = ({ portfolioId, instrumentId }: InstrumentOf): string => `${portfolioId} ${instrumentId}`;
export const instrumentFrom = (key: string): InstrumentOf => {
  const [portfolioId = '', instrumentId = ''] = key.split(' ');
  return { portfolioId, instrumentId };
};

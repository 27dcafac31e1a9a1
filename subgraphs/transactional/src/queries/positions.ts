/** Positions as they stand, or as they stood: replayed from the trades and corporate actions that stood on a day, as they were known at a time. */
import { type Decimal, decimal, ZERO } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { ratioOf } from '../domain/base-amount.ts';
import { asFill } from '../domain/trade-fill.ts';
import { beginning, keyOf } from '../domain/movement.ts';
import { type PositionChange, replayed, type StandingTrade } from '../domain/position-change.ts';
import type { Fill, LotMethod } from '../domain/lots.ts';
import type { Beginning, Outcome } from '../domain/position-books.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Checkpoint } from '../store/checkpoints.ts';
import type { Moment, TradesThen } from '../store/history-reads.ts';
import type { Holding } from '../store/standing-reads.ts';

/** In the order of the ids; none for a portfolio that is unknown or another organisation's. */
export async function holdingsAt(store: BooksStore, organizationId: string, portfolioIds: readonly string[], moment: Moment): Promise<(readonly Holding[])[]> {
  if (moment.asOf === null && moment.knownAt === null) {
    const standing = await store.holdings(organizationId, portfolioIds);
    return portfolioIds.map((id) => standing.get(id) ?? []);
  }
  await store.waitForWriters(portfolioIds, moment);
  const from = await store.checkpointsAt(organizationId, portfolioIds, moment);
  const holdings = await replayedFrom(store, organizationId, { portfolioIds, moment, from });
  // an earlier trade that came while this was read: what was read of it may be one half of a change
  const holds = from.size === 0 || moment.knownAt !== null || (await store.holdNow([...from.values()]));
  return holds ? holdings : replayedFrom(store, organizationId, { portfolioIds, moment, from: new Map() });
}

interface From {
  readonly portfolioIds: readonly string[];
  readonly moment: Moment;
  readonly from: ReadonlyMap<string, Checkpoint>;
}

/** Replayed from the checkpoints, and from the very beginning where there is none. */
async function replayedFrom(store: BooksStore, organizationId: string, { portfolioIds, moment, from }: From): Promise<(readonly Holding[])[]> {
  const then = await store.tradesThen(organizationId, portfolioIds, moment, new Map([...from].map(([id, { through }]) => [id, through])));
  return portfolioIds.map((id) => {
    const of = then.get(id);
    return of === undefined ? [] : replays(of, from.get(id)?.beginnings).map(({ change }) => ({ position: change.after, lots: change.lots }));
  });
}

/** Base currency for one unit of the trade's. */
export interface OwnRate {
  readonly currency: string;
  readonly rate: Decimal;
}

/** As the fact of a booking has it: decimals as text, `netAmount` negative for a purchase. */
interface ToldBase {
  readonly currency: string;
  readonly netAmount: string;
  readonly rate: string;
}

/** A position as its trades and actions lead to it. */
export interface Replay {
  readonly fills: readonly Fill[];
  readonly method: LotMethod;
  /** By trade of the portfolio: the rate at which it was booked in a base currency, where one was known. */
  readonly rates: ReadonlyMap<string, OwnRate>;
  readonly change: PositionChange;
}

function ownRate(base: ToldBase | undefined, fill: Fill | undefined): [string, OwnRate][] {
  if (base === undefined || fill === undefined) return [];
  return [[fill.tradeId, { currency: base.currency, rate: ratioOf(decimal(base.netAmount).negated(), fill.amount, decimal(base.rate)) }]];
}

const standingIn = (trades: TradesThen['trades']): StandingTrade[] =>
  trades.map(({ instrumentId, data }): StandingTrade => ({ instrumentId, version: 0, fill: asFill(tradeFacts.parse(data)), gain: ZERO }));

/** What the actions did that counted then, by entitlement. */
export const replayedOutcomes = ({ trades, actions, method }: TradesThen): ReadonlyMap<string, Outcome> =>
  replayed([], { standing: standingIn(trades), actions, fills: [] }, { method, from: beginning, beginnings: [] }).outcomes;

/** In the order of instrument and currency. */
export function replays({ trades, actions, method }: TradesThen, beginnings: readonly Beginning[] = []): Replay[] {
  // they were booked: lots that they name and that are not open any more are not held against them
  const standing = standingIn(trades);
  const rates = new Map(trades.flatMap(({ data }, at) => ownRate((data as { readonly base?: ToldBase }).base, standing[at]?.fill)));
  const fillsOf = Map.groupBy(standing, ({ instrumentId, fill }) => keyOf({ instrumentId, currency: fill.currency }));
  return [...replayed([], { standing, actions, fills: [] }, { method, from: beginning, beginnings }).positions]
    .map(([key, change]) => ({ change, method, rates, fills: (fillsOf.get(key) ?? []).map(({ fill }) => fill) }))
    .toSorted((a, b) => (keyOf(a.change.after) < keyOf(b.change.after) ? -1 : 1));
}

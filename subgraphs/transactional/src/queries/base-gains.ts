/**
 * Closings in the base currency. A trade's rate is the one fixed when it was booked; where none was known then, and for what corporate actions closed,
 * the one published last on or before the day. Where there is none, MISSING_RATE is thrown: never 1, never 0.
 */
import DataLoader from 'dataloader';
import { type Decimal, toStored, ZERO } from '@pms/money';
import { type RateAsked, rateOn } from '@pms/money/fx';
import { type BaseGain, baseGainOf } from '../domain/base-gains.ts';
import { pooledCosts } from '../domain/base-view.ts';
import { keyOf } from '../domain/movement.ts';
import type { Keeping } from '../store/base-reads.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Moment } from '../store/history-reads.ts';
import type { Traded } from '../store/gain-reads.ts';
import { type ClosedAt, closingKey, instrumentKey } from './closings.ts';

export interface BaseGains {
  /** Null for a closing of a portfolio that is not known. */
  gainOf(closing: ClosedAt): Promise<BaseGain | null>;
}

interface Sources {
  readonly store: BooksStore;
  readonly organizationId: string;
  readonly moment: Moment;
  readonly traded: DataLoader<string, Traded>;
}

/** A trade (or an action) and its day, in a currency. */
type Booked = RateAsked & { readonly id: string };

export function baseGains({ store, organizationId, moment, traded }: Sources): BaseGains {
  const keepings = new DataLoader<string, Keeping | null>(async (ids) => {
    const found = await store.keepingAt(organizationId, ids, moment);
    return ids.map((id) => found.get(id) ?? null);
  });
  const rates = new DataLoader<Booked, Decimal, string>((asked) => ratesOf(store, { organizationId, moment }, asked), { cacheKeyFn: ({ id, base, quote, on }) => `${id} ${base} ${quote} ${on}` });
  const pools = new Map<string, Promise<ReadonlyMap<string, Decimal>>>();

  /** By closing: its cost in the base currency, out of a pool of average cost. */
  async function poolOf(closing: ClosedAt, quote: string): Promise<ReadonlyMap<string, Decimal>> {
    const { fills, closings } = await traded.load(instrumentKey(closing));
    const of = { fills: fills.filter(({ currency }) => currency === closing.currency), closings: closings.filter((each) => keyOf(each) === keyOf(closing)) };
    const known = new Map(await Promise.all(of.fills.map(async ({ tradeId, tradedOn, currency }) => [tradeId, await rates.load({ id: tradeId, base: currency, quote, on: tradedOn })] as const)));
    const { closed } = pooledCosts(of.fills, of.closings, (tradeId) => known.get(tradeId) as Decimal);
    return new Map(of.closings.map((each, at) => [closingKey(each), closed[at] ?? ZERO]));
  }

  /** Rate and cost of what was closed. */
  async function costOf(closing: ClosedAt, { baseCurrency: quote, method }: Keeping): Promise<{ readonly costRate: Decimal; readonly cost: Decimal }> {
    // what an action moved to another instrument has its own name added to that of the trade
    const opened = { id: closing.lotId.split('/')[0] ?? closing.lotId, base: closing.currency, quote, on: closing.openedOn };
    const name = `${instrumentKey(closing)} ${closing.currency}`;
    if (method === 'AVERAGE' && closing.currency !== quote && !pools.has(name)) pools.set(name, poolOf(closing, quote));
    const pooled = (await pools.get(name))?.get(closingKey(closing));
    if (pooled !== undefined && !closing.cost.isZero()) return { costRate: pooled.div(closing.cost), cost: pooled };
    const costRate = await rates.load(opened);
    return { costRate, cost: closing.cost.times(costRate) };
  }

  return {
    async gainOf(closing) {
      const keeping = await keepings.load(closing.portfolioId);
      if (keeping === null) return null;
      const closed = { id: closing.closedBy, base: closing.currency, quote: keeping.baseCurrency, on: closing.closedOn };
      const [cost, proceedsRate] = await Promise.all([costOf(closing, keeping), rates.load(closed)]);
      return baseGainOf(closing, keeping.baseCurrency, { ...cost, proceedsRate });
    },
  };
}

/** Base currency for one unit of the trade's: exactly what its cash came to, where that was in the base currency. */
async function ratesOf(store: BooksStore, { organizationId, moment }: Pick<Sources, 'organizationId' | 'moment'>, asked: readonly Booked[]): Promise<(Decimal | Error)[]> {
  const abroad = asked.filter(({ base, quote }) => base !== quote);
  const booked = abroad.length === 0 ? new Map<string, never>() : await store.bookedAt(organizationId, abroad.map(({ id }) => id), moment);
  const published = await store.published(organizationId, abroad.filter(({ id }) => booked.get(id)?.base == null), moment.knownAt);
  return asked.map((each) => {
    const own = booked.get(each.id);
    if (own?.base != null) return own.amount.isZero() ? own.base.rate : own.base.amount.div(own.amount);
    try {
      return toStored(rateOn(published, each).rate);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  });
}

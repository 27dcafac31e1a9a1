/**
 * Closings in the base currency. A trade's rate is the one fixed when it was booked; where none was known then, and for what corporate actions closed,
 * the one published last on or before the day. Where there is none, MISSING_RATE is thrown: never 1, never 0.
 */
import DataLoader from 'dataloader';
import { type Decimal, toStored } from '@pms/money';
import { type RateAsked, rateOn } from '@pms/money/fx';
import { type BaseGain, baseGainOf, poolRates } from '../domain/base-gains.ts';
import { keyOf } from '../domain/movement.ts';
import type { Keeping } from '../store/base-reads.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Moment } from '../store/history-reads.ts';
import type { Traded } from '../store/gain-reads.ts';
import { type ClosedAt, instrumentKey } from './closings.ts';

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

  async function poolOf(closing: ClosedAt, quote: string): Promise<ReadonlyMap<string, Decimal>> {
    const { fills, closings } = await traded.load(instrumentKey(closing));
    const of = { fills: fills.filter(({ currency }) => currency === closing.currency), closings: closings.filter((each) => keyOf(each) === keyOf(closing)) };
    const known = new Map(await Promise.all(of.fills.map(async ({ tradeId, tradedOn, currency }) => [tradeId, await rates.load({ id: tradeId, base: currency, quote, on: tradedOn })] as const)));
    return poolRates(of.fills, of.closings, (tradeId) => known.get(tradeId) as Decimal);
  }

  async function costRate(closing: ClosedAt, { baseCurrency: quote, method }: Keeping): Promise<Decimal> {
    // what an action moved to another instrument has its own name added to that of the trade
    const opened = { id: closing.lotId.split('/')[0] ?? closing.lotId, base: closing.currency, quote, on: closing.openedOn };
    if (method !== 'AVERAGE') return rates.load(opened);
    const name = `${instrumentKey(closing)} ${closing.currency}`;
    const pool = pools.get(name) ?? poolOf(closing, quote);
    pools.set(name, pool);
    return (await pool).get(closing.closedBy) ?? rates.load(opened);
  }

  return {
    async gainOf(closing) {
      const keeping = await keepings.load(closing.portfolioId);
      if (keeping === null) return null;
      const closed = { id: closing.closedBy, base: closing.currency, quote: keeping.baseCurrency, on: closing.closedOn };
      const [cost, proceeds] = await Promise.all([costRate(closing, keeping), rates.load(closed)]);
      return baseGainOf(closing, keeping.baseCurrency, { costRate: cost, proceedsRate: proceeds });
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

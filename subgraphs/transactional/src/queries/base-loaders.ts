/** Loads by batch what figures in the base currency need: rates, closes, what trades were booked at. */
import DataLoader from 'dataloader';
import type { Decimal } from '@pms/money';
import { type Rate, type RateAsked, rateOn } from '@pms/money/fx';
import type { CashMove } from '../domain/foreign-cash.ts';
import type { BaseOf } from '../store/base-view-reads.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Moment } from '../store/history-reads.ts';
import type { Close } from '../store/prices.ts';
import { dayOf } from './day.ts';
import { perMoment } from './per-moment.ts';

export interface BaseLoaders {
  /** By portfolio: its base currency and lot method; null for one that is unknown or another organisation's. */
  readonly bases: DataLoader<string, BaseOf | null>;
  /** By trade and base currency: the rate at which it was booked; null where none was known. */
  readonly tradeRate: DataLoader<{ readonly tradeId: string; readonly currency: string }, Decimal | null, string>;
  /** Published rates as known at the moment; one that is missing fails with MISSING_RATE. */
  rates(moment: Moment): DataLoader<RateAsked, Rate, string>;
  /** By instrument: the last close on or before the moment's day. */
  closes(moment: Moment): DataLoader<string, Close | null>;
  /** By portfolio: how cash of foreign currencies has moved. */
  cashMoves(moment: Moment): DataLoader<string, readonly CashMove[]>;
}

export function baseLoaders(store: BooksStore, organizationId: string, now: () => Date): BaseLoaders {
  return {
    bases: new DataLoader(async (ids) => {
      const found = await store.basesOf(organizationId, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
    tradeRate: new DataLoader<{ readonly tradeId: string; readonly currency: string }, Decimal | null, string>(async (asked) => {
      const found = new Map(await Promise.all([...Map.groupBy(asked, ({ currency }) => currency)].map(async ([currency, of]) =>
        [currency, await store.tradeRates(organizationId, of.map(({ tradeId }) => tradeId), currency)] as const)));
      return asked.map(({ tradeId, currency }) => found.get(currency)?.get(tradeId) ?? null);
    }, { cacheKeyFn: ({ tradeId, currency }) => `${tradeId} ${currency}` }),
    rates: perMoment((moment) => new DataLoader<RateAsked, Rate, string>(async (asked) => {
      const published = await store.published(organizationId, asked, moment.knownAt);
      return asked.map((each) => { try { return rateOn(published, each); } catch (error) { return error as Error; } });
    }, { cacheKeyFn: ({ base, quote, on }) => `${base}/${quote} ${on}` })),
    closes: perMoment((moment) => new DataLoader(async (ids) => {
      const found = await store.closesOn(organizationId, ids, dayOf({ now }, moment), moment.knownAt);
      return ids.map((id) => found.get(id) ?? null);
    })),
    cashMoves: perMoment((moment) => new DataLoader(async (ids) => {
      const found = await store.cashMoves(organizationId, ids, moment);
      return ids.map((id) => found.get(id) ?? []);
    })),
  };
}

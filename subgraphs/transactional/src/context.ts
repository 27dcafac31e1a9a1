/** What every command, query and reaction of this domain is given. Made in subgraph.ts, read everywhere. */
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type { Logger } from '@pms/telemetry/logger';
import type { Day } from './domain/days.ts';
import type { Loaders } from './queries/loaders.ts';
import type { BooksStore } from './store/books-store.ts';
import type { Moment } from './store/history-reads.ts';
import type { Holding } from './store/standing-reads.ts';

/** What the books need whoever asks: reactions and the settlement timer have no more than this. */
export interface BooksContext {
  readonly store: BooksStore;
  readonly logger: Logger;
  /** When a trade must settle; `mic` is null for an instrument without a market, `cash` is the currency in which cash moves where that is not the trade's. */
  settlementDate(market: { readonly mic: string | null; readonly currency: string; readonly cash?: string | undefined }, tradeDate: Day): Day;
  /** Business days of a currency after `from`, up to and with `to`. */
  businessDaysSince(currency: string, from: Day, to: Day): number;
  /** The value date of a currency exchange at spot. */
  spotDate(currencies: readonly [string, string], tradedOn: Day): Day;
  /** Business days of a market and its banks from one day to another, the first not counted: how late a settlement is. */
  businessDaysLate(market: { readonly mic: string | null; readonly currency: string }, from: Day, to: Day): number;
  newId(kind: string): string;
  now(): Date;
}

/** Calendars, for those who ask. Each throws BAD_USER_INPUT for a market or a currency that has none. */
export interface MarketDays {
  tradingDay(mic: string, date: Day): { readonly isTradingDay: boolean; readonly isSettlementDay: boolean; readonly earlyClose: string | null; readonly previous: Day; readonly next: Day };
  settlement(market: { readonly mic: string | null; readonly currency: string }, tradeDate: Day): { readonly date: Day; readonly lagDays: number; readonly mic: string | null };
  fxSpotDate(buy: string, sell: string, tradeDate: Day): Day;
}

export interface TransactionalContext extends SignedRequest, BooksContext {
  readonly days: MarketDays;
  readonly loaders: Loaders;
}

/** A holding and the moment it is read at, for what is asked of it further. @public The generated types name it. */
export interface ShownHolding extends Holding {
  readonly portfolioId: string;
  readonly moment: Moment;
}

/** What this domain has of a portfolio or a trade that another domain owns. @public The generated types name it. */
export interface Reference {
  readonly id: string;
}

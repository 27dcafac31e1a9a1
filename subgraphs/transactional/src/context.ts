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
  /** When a trade must settle; `mic` is null for an instrument without a market. */
  settlementDate(market: { readonly mic: string | null; readonly currency: string }, tradeDate: Day): Day;
  /** Business days of a currency after `from`, up to and with `to`. */
  businessDaysSince(currency: string, from: Day, to: Day): number;
  /** The value date of a currency exchange at spot. */
  spotDate(currencies: readonly [string, string], tradedOn: Day): Day;
  newId(kind: string): string;
  now(): Date;
}

export interface TransactionalContext extends SignedRequest, BooksContext {
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

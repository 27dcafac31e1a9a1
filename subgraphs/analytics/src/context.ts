/** What every query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { Live } from '@pms/events/live';
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type DataLoader from 'dataloader';
import type { Valuation } from './domain/portfolio-value.ts';
import type { QuoteBook } from './queries/quote-book.ts';
import type { SeriesCache } from './queries/series-cache.ts';
import type { AnalyticsStore, PortfolioRow } from './store/analytics-store.ts';

/** A thing that another domain owns. @public The generated types name it. */
export interface Reference {
  readonly id: string;
}

export interface Loaders {
  /** Null for an id that is unknown, another organisation's, or another investor's than the asker sees. */
  readonly portfolio: DataLoader<string, PortfolioRow | null>;
  /** By portfolio; at the last known prices. */
  readonly valuation: DataLoader<string, Valuation>;
}

export interface Measuring {
  readonly store: AnalyticsStore;
  readonly quotes: QuoteBook;
  readonly series: SeriesCache;
  now(): Date;
}

export interface AnalyticsContext extends SignedRequest, Measuring {
  readonly live: Live;
  readonly loaders: Loaders;
}

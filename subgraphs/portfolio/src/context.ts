/** What every command and query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type DataLoader from 'dataloader';
import type { Investor } from './domain/investor.ts';
import type { Portfolio } from './domain/portfolio.ts';
import type { PortfolioStore } from './store/portfolio-store.ts';

export interface Loaders {
  /** Null for an id that is unknown, another organisation's, or another investor's than the asker sees. */
  readonly portfolio: DataLoader<string, Portfolio | null>;
  readonly investor: DataLoader<string, Investor | null>;
}

export interface PortfolioContext extends SignedRequest {
  readonly store: PortfolioStore;
  readonly loaders: Loaders;
  newId(kind: string): string;
  now(): Date;
}

/** What the domain works with whoever asks: its store, live messages, the feed, ids and time. */
import type { Live } from '@pms/events/live';
import type { QuoteFeed } from './feed/quote-feed.ts';
import type { RttmStore } from './store/rttm-store.ts';

export interface Market {
  readonly store: RttmStore;
  readonly live: Live;
  /** Where prices of the moment come from by themselves; null where they are only ingested. */
  readonly feed: QuoteFeed | null;
  newId(kind: string): string;
  now(): Date;
}

/** What rules look at besides the trade itself: instruments, closes, the restricted list. */
import type { Decimal } from '@pms/money';
import type { QuoteUnit } from '@pms/money/quote-unit';
import type { Book, Terms } from './book.ts';

export interface Close {
  readonly close: Decimal;
  /** ISO 8601 day. */
  readonly day: string;
}

export interface Instrument {
  readonly symbol: string;
  readonly assetClass: string;
  readonly currency: string;
  /** The unit that its prices are quoted in; closes and prices of trades are in the currency here. */
  readonly quoteUnit: QuoteUnit | null;
}

export interface Market {
  readonly baseCurrency: string;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly restricted: ReadonlySet<string>;
  /** The last close on or before the day; null where there is none. */
  closeAt(instrumentId: string, day: string): Close | null;
}

/** A trade, the book without it (as its former version left it), and the book with it. */
export interface Situation {
  readonly trade: Terms;
  readonly before: Book;
  readonly after: Book;
  readonly market: Market;
}

/** The newest quote of every instrument, heard from market data; empty after a start until prices move. */
import type { Live } from '@pms/events/live';
import type { QuoteMessage } from '@pms/schema/events/rttm';
import { quoteTopic } from '../domain/topics.ts';

export interface QuoteBook {
  last(instrumentId: string): QuoteMessage | null;
  follow(instrumentId: string): void;
  close(): void;
}

export function quoteBook(live: Live): QuoteBook {
  const latest = new Map<string, QuoteMessage>();
  const stops = new Map<string, () => void>();
  return {
    last: (instrumentId) => latest.get(instrumentId) ?? null,
    follow(instrumentId) {
      if (!stops.has(instrumentId)) stops.set(instrumentId, live.subscribe(quoteTopic(instrumentId), (quote) => latest.set(instrumentId, quote as QuoteMessage)));
    },
    close: () => stops.forEach((stop) => stop()),
  };
}

/**
 * The newest quote of every instrument, heard from market data; empty after a start until prices move. Of several processes of the domain one is told that there is
 * a new instrument: it tells the others, so that each knows every quote, whichever of them serves a subscription.
 */
import type { Live } from '@pms/events/live';
import { INGESTED_STANDS_MS, type QuoteMessage } from '@pms/schema/events/rttm';
import { instrumentsTopic, quoteTopic } from '../domain/topics.ts';

export interface QuoteBook {
  /** An instrument that was not followed is from now on. */
  last(instrumentId: string): QuoteMessage | null;
  /** In this process. */
  follow(instrumentId: string): void;
  /** In every process. */
  followEverywhere(instrumentId: string): void;
  close(): void;
}

/**
 * Of several processes that tell quotes one may be behind another: the newest by its own time counts. An ingested quote is as old as it was when it was sent, and yet takes
 * the place of a simulated one that was told while it was on its way.
 */
export function takesPlaceOf(known: QuoteMessage, quote: QuoteMessage): boolean {
  if (known.simulated === quote.simulated) return known.time <= quote.time;
  const later = Date.parse(quote.time) - Date.parse(known.time);
  return quote.simulated ? later >= INGESTED_STANDS_MS : later > -INGESTED_STANDS_MS;
}

export function quoteBook(live: Live): QuoteBook {
  const latest = new Map<string, QuoteMessage>();
  const stops = new Map<string, () => void>();
  const follow = (instrumentId: string): void => {
    if (!stops.has(instrumentId)) stops.set(instrumentId, live.subscribe(quoteTopic(instrumentId), (message) => take(message as QuoteMessage)));
  };
  const take = (quote: QuoteMessage): void => {
    const known = latest.get(quote.instrumentId);
    if (known === undefined || takesPlaceOf(known, quote)) latest.set(quote.instrumentId, quote);
  };
  const stopHearing = live.subscribe(instrumentsTopic, (message) => follow((message as { readonly instrumentId: string }).instrumentId));
  return {
    last(instrumentId) {
      follow(instrumentId);
      return latest.get(instrumentId) ?? null;
    },
    follow,
    followEverywhere(instrumentId) {
      follow(instrumentId);
      live.publish(instrumentsTopic, { instrumentId });
    },
    close() {
      stopHearing();
      stops.forEach((stop) => stop());
    },
  };
}

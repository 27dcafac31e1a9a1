/**
 * The newest quote of every instrument, heard from market data; empty after a start until prices move. Of several processes of the domain one is told that there is
 * a new instrument: it tells the others, so that each knows every quote, whichever of them serves a subscription.
 */
import type { Live } from '@pms/events/live';
import type { QuoteMessage } from '@pms/schema/events/rttm';
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

export function quoteBook(live: Live): QuoteBook {
  const latest = new Map<string, QuoteMessage>();
  const stops = new Map<string, () => void>();
  const follow = (instrumentId: string): void => {
    if (!stops.has(instrumentId)) stops.set(instrumentId, live.subscribe(quoteTopic(instrumentId), (message) => take(message as QuoteMessage)));
  };
  /** Of several processes that tell quotes one may be behind another. */
  const take = (quote: QuoteMessage): void => {
    const known = latest.get(quote.instrumentId);
    if (known === undefined || known.time <= quote.time) latest.set(quote.instrumentId, quote);
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

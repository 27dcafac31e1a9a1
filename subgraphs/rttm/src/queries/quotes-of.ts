/** The newest quote of each instrument, in their order; null for one that has no price. */
import { standingSince } from '@pms/schema/events/rttm';
import type { Market } from '../market.ts';
import type { Instrument } from '../domain/instrument.ts';
import { newestQuote, type Quote } from '../domain/quote.ts';

export async function quotesOf({ store, feed, now }: Market, organizationId: string, instruments: readonly Instrument[]): Promise<(Quote | null)[]> {
  const ids = [...new Set(instruments.map(({ id }) => id))];
  const [closes, ingested] = await Promise.all([store.newestCloses(organizationId, ids), store.ingestedQuotes(organizationId, ids)]);
  const byInstrument = new Map(ingested.map((tick) => [tick.instrumentId, tick]));
  const at = now();
  return instruments.map((instrument) => newestQuote({
    instrument, closes: closes.get(instrument.id) ?? [], ingested: byInstrument.get(instrument.id) ?? null, tape: feed?.latest(instrument.id) ?? null,
  }, at, standingSince(at)));
}

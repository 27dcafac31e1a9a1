/** Records closes of one instrument and tells of those that are new or changed, at most 500 an event, oldest first. Closes are kept as they are quoted, and told in the instrument's currency. */
import { event, type Origin } from '@pms/events/envelope';
import { text } from '@pms/money';
import { inCurrency, type QuoteUnit } from '@pms/money/quote-unit';
import { pricesRecorded } from '@pms/schema/events/rttm';
import type { Close } from '../domain/prices.ts';
import type { Market } from '../market.ts';

const CLOSES_PER_EVENT_MAX = 500;

interface Priced {
  readonly id: string;
  readonly organizationId: string;
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
}

/** How many closes were new or had other figures. */
export async function recordCloses({ store, newId, now }: Market, instrument: Priced, closes: readonly Close[], origin: Origin): Promise<number> {
  return store.work(async (unit) => {
    const changed = await unit.recordCloses(instrument.organizationId, instrument.id, closes, now());
    const prices = changed.map(({ date, close, simulated }) => ({ date, close: text(inCurrency(close, instrument.quoteUnit)), simulated }));
    await unit.outbox.add(chunks(prices).map((chunk) =>
      event(pricesRecorded, instrument.id, { instrumentId: instrument.id, currency: instrument.currency, prices: chunk }, { origin, newId, now })));
    return changed.length;
  });
}

const chunks = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / CLOSES_PER_EVENT_MAX) }, (_, index) => all.slice(index * CLOSES_PER_EVENT_MAX, (index + 1) * CLOSES_PER_EVENT_MAX));

/** Keeps the closes that positions are valued at. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { pricesRecorded } from '@pms/schema/events/rttm';
import type { BooksContext } from '../context.ts';

export function onPricesRecorded({ store }: Pick<BooksContext, 'store'>): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => store.transaction(async (tx) => {
    const fresh = await tx.firstSights(events.map(({ id }) => id));
    // of two records of one day the later one stands
    const closes = new Map<string, { organizationId: string; instrumentId: string; date: string; close: string }>();
    for (const { id, organizationId, data } of events) {
      if (!fresh.has(id)) continue;
      const { instrumentId, prices } = pricesRecorded.data.parse(data);
      for (const { date, close } of prices) closes.set(`${instrumentId} ${date}`, { organizationId, instrumentId, date, close });
    }
    for (const [organizationId, of] of Map.groupBy(closes.values(), (close) => close.organizationId)) await tx.keepCloses(organizationId, of);
  });
  return { type: pricesRecorded.name, react: (event) => reactAll([event]), reactAll };
}

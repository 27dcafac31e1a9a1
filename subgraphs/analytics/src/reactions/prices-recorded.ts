/** Keeps closes: the last record of a day counts. */
import type { Reaction } from '@pms/events/bus';
import { pricesRecorded } from '@pms/schema/events/rttm';
import type { AnalyticsStore } from '../store/analytics-store.ts';

export function onPricesRecorded(store: AnalyticsStore): Reaction {
  return {
    type: pricesRecorded.name,
    react: (event) => store.transaction(async (tx) => {
      if (!(await tx.firstSight(event.id))) return;
      const { instrumentId, prices } = pricesRecorded.data.parse(event.data);
      const lastOfDay = [...new Map(prices.map((price) => [price.date, price])).values()];
      await tx.keepCloses(instrumentId, event.organizationId, lastOfDay);
    }),
  };
}

/** Keeps the ids that a benchmark or a target may name. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import { instrumentCreated } from '@pms/schema/events/rttm';
import type { PortfolioStore } from '../store/portfolio-store.ts';

export function onInstrumentCreated(store: PortfolioStore): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> =>
    store.transaction(async (tx) => {
      const fresh = await tx.firstSights(events.map(({ id }) => id));
      const instruments = events.filter(({ id }) => fresh.has(id))
        .map(({ data, organizationId }) => ({ id: instrumentCreated.data.parse(data).instrumentId, organizationId }));
      await tx.knowInstruments(instruments);
    });
  return { type: instrumentCreated.name, react: (event) => reactAll([event]), reactAll };
}

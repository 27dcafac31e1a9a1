/** Keeps what analytics knows of portfolios and instruments. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import type { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import type { AnalyticsStore } from '../store/analytics-store.ts';

/** `type`: that it was created, or that it was updated; both carry the same facts. */
export function onPortfolioKept(store: AnalyticsStore, type: typeof portfolioCreated): Reaction {
  return {
    type: type.name,
    react: (event) => store.transaction(async (tx) => {
      if (!(await tx.firstSight(event.id))) return;
      await tx.keepPortfolio({ ...type.data.parse(event.data), organizationId: event.organizationId });
    }),
  };
}

/** `follow` begins to listen to the instrument's quotes. */
export function onInstrumentCreated(store: AnalyticsStore, follow: (instrumentId: string) => void): Reaction {
  return {
    type: instrumentCreated.name,
    react: async (event: Event) => {
      const instrument = instrumentCreated.data.parse(event.data);
      await store.transaction(async (tx) => {
        if (!(await tx.firstSight(event.id))) return;
        await tx.keepInstrument({ ...instrument, organizationId: event.organizationId });
      });
      follow(instrument.instrumentId);
    },
  };
}

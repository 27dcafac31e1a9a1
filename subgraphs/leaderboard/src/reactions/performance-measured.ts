/** Keeps the newest figures of each portfolio. */
import type { Reaction } from '@pms/events/bus';
import type { Live } from '@pms/events/live';
import { performanceMeasured } from '@pms/schema/events/analytics';
import { measuredTopic } from '../domain/topics.ts';
import type { LeaderboardStore } from '../store/leaderboard-store.ts';

export function onPerformanceMeasured(store: LeaderboardStore, live: Live): Reaction {
  return {
    type: performanceMeasured.name,
    react: async (event) => {
      const { portfolioId, asOf, measures } = performanceMeasured.data.parse(event.data);
      await store.transaction(async (tx) => {
        if (!(await tx.firstSight(event.id))) return;
        await tx.keepPortfolio(portfolioId, event.organizationId, true);
        await tx.keepMeasures(portfolioId, event.organizationId, asOf, measures);
      });
      live.publish(measuredTopic(event.organizationId), { portfolioId });
    },
  };
}

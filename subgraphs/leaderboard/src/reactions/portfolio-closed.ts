/** A closed portfolio is ranked no more. */
import type { Reaction } from '@pms/events/bus';
import type { Live } from '@pms/events/live';
import { portfolioClosed } from '@pms/schema/events/portfolio';
import { measuredTopic } from '../domain/topics.ts';
import type { LeaderboardStore } from '../store/leaderboard-store.ts';

export function onPortfolioClosed(store: LeaderboardStore, live: Live): Reaction {
  return {
    type: portfolioClosed.name,
    react: async (event) => {
      const { portfolioId } = portfolioClosed.data.parse(event.data);
      await store.transaction(async (tx) => {
        if (!(await tx.firstSight(event.id))) return;
        await tx.keepPortfolio(portfolioId, event.organizationId, false);
      });
      live.publish(measuredTopic(event.organizationId), { portfolioId });
    },
  };
}

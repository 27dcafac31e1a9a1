/** Keeps whose a portfolio is: an investor sees the places of their own. */
import type { Reaction } from '@pms/events/bus';
import type { portfolioCreated } from '@pms/schema/events/portfolio';
import type { LeaderboardStore } from '../store/leaderboard-store.ts';

/** `type`: that it was created, or that it was updated; both carry the same facts. */
export function onPortfolioKept(store: LeaderboardStore, type: typeof portfolioCreated): Reaction {
  return {
    type: type.name,
    react: (event) => store.transaction(async (tx) => {
      if (!(await tx.firstSight(event.id))) return;
      const { portfolioId, investorId } = type.data.parse(event.data);
      await tx.keepInvestor(portfolioId, event.organizationId, investorId);
    }),
  };
}

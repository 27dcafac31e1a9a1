/** The leaderboard of a metric over a window: ranked anew from the newest figures, once a request. */
import { type Principal, seesPortfolioOf } from '@pms/identity/principal';
import { leaderboard, type RankOrder } from '../domain/ranking.ts';
import type { LeaderboardStore, Metric, Window } from '../store/leaderboard-store.ts';

export interface Place {
  readonly portfolioId: string;
  readonly position: number;
  readonly of: number;
  readonly percentile: number;
  readonly value: number;
}

export interface Board {
  /** Best first. */
  readonly places: readonly Place[];
  placeOf(portfolioId: string): Place | null;
}

export type Boards = (metric: Metric, window: Window) => Promise<Board>;

/** A drawdown is a negative number, so the highest is the smallest fall. */
const orderOf: Readonly<Record<Metric, RankOrder>> = {
  TIME_WEIGHTED_RETURN: 'HIGHEST_FIRST', SHARPE: 'HIGHEST_FIRST', VOLATILITY: 'LOWEST_FIRST', MAX_DRAWDOWN: 'HIGHEST_FIRST',
};

/** Ranked among all, and of all those places the asker's to see: an investor's own. */
export async function board(store: LeaderboardStore, principal: Principal, metric: Metric, window: Window): Promise<Board> {
  const figures = await store.figures(principal.organizationId, metric, window);
  const investorOf = new Map(figures.map(({ portfolioId, investorId }) => [portfolioId, investorId]));
  const places = leaderboard(figures.map(({ portfolioId, value }) => ({ key: portfolioId, value })), orderOf[metric])
    .filter(({ key }) => seesPortfolioOf(principal, investorOf.get(key) ?? null))
    .map(({ key, position, of, percentile, value }): Place => ({ portfolioId: key, position, of, percentile, value }));
  const byPortfolio = new Map(places.map((place) => [place.portfolioId, place]));
  return { places, placeOf: (portfolioId) => byPortfolio.get(portfolioId) ?? null };
}

export function boardsOf(store: LeaderboardStore, principal: Principal): Boards {
  const read = new Map<string, Promise<Board>>();
  return (metric, window) => {
    const key = `${metric} ${window}`;
    const known = read.get(key) ?? board(store, principal, metric, window);
    read.set(key, known);
    return known;
  };
}

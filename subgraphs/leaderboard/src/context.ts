/** What every query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { Live } from '@pms/events/live';
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type { Boards } from './queries/boards.ts';
import type { LeaderboardStore } from './store/leaderboard-store.ts';

/** A thing that another domain owns. @public The generated types name it. */
export interface Reference {
  readonly id: string;
}

export interface LeaderboardContext extends SignedRequest {
  readonly store: LeaderboardStore;
  readonly live: Live;
  /** Each board is read once a request. */
  readonly boards: Boards;
  now(): Date;
}

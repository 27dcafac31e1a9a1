/** The top of a leaderboard, at once and after measurements, at most once a second. */
import { setTimeout as delay } from 'node:timers/promises';
import { badInput } from '@pms/errors';
import { listen, source } from '@pms/events/live';
import type { LeaderboardContext } from '../context.ts';
import { measuredTopic } from '../domain/topics.ts';
import type { Metric, Window } from '../store/leaderboard-store.ts';
import { board, type Place } from './boards.ts';

const PAUSE_MS = 1_000;
const ENTRIES_MAX = 100;

export interface LeaderboardChange {
  readonly leaderboardChanged: { readonly at: string; readonly entries: readonly Place[] };
}

/** Throws BAD_USER_INPUT unless 1 to 100 entries are asked for. */
export function leaderboardChanged(ctx: LeaderboardContext, metric: Metric, window: Window, first: number): AsyncIterableIterator<LeaderboardChange> {
  if (first < 1 || first > ENTRIES_MAX) throw badInput(`ask for 1 to ${ENTRIES_MAX} entries`);
  const measured = listen(ctx.live, [measuredTopic(ctx.principal.organizationId)], { keep: 'latest' });
  return source((own) => changes(ctx, { metric, window, first }, own(measured)));
}

interface Asked {
  readonly metric: Metric;
  readonly window: Window;
  readonly first: number;
}

async function* changes({ store, principal, now }: LeaderboardContext, { metric, window, first }: Asked, measured: AsyncIterableIterator<unknown>): AsyncGenerator<LeaderboardChange> {
  try {
    do {
      const { places } = await board(store, principal, metric, window);
      yield { leaderboardChanged: { at: now().toISOString(), entries: places.slice(0, first) } };
      await delay(PAUSE_MS);
    } while ((await measured.next()).done !== true);
  } finally {
    await measured.return?.();
  }
}

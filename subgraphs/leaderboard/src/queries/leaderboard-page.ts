/** A page of the leaderboard. A cursor is a place's position and portfolio, so that a page goes on from there though others moved. */
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { LeaderboardContext } from '../context.ts';
import type { Metric, Window } from '../store/leaderboard-store.ts';
import type { Place } from './boards.ts';

const keyOf = ({ position, portfolioId }: Place): readonly [string, string] => [String(position).padStart(10, '0'), portfolioId];

export async function leaderboardPage({ boards }: LeaderboardContext, metric: Metric, window: Window, args: PageArgs): Promise<Connection<Place>> {
  const page = pageOf(args);
  const { places } = await boards(metric, window);
  const inOrder = page.backward ? places.toReversed() : places;
  const from = page.from?.join(' ');
  const after = from === undefined ? inOrder : inOrder.filter((place) => (page.backward ? keyOf(place).join(' ') < from : keyOf(place).join(' ') > from));
  return connectionOf(after.slice(0, page.limit), page, keyOf);
}

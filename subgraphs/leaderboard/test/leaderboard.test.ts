/** The leaderboard domain through its front door. */
import { performanceMeasured } from '@pms/schema/events/analytics';
import { portfolioClosed, portfolioCreated, portfolioUpdated } from '@pms/schema/events/portfolio';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leaderboardSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeEach(async () => { door = await frontDoor(leaderboardSubgraph); });
afterEach(() => door.close());

const measured = (portfolioId: string, timeWeightedReturn: number | null, asOf = '2026-03-05', volatility = 0.2) => heard(performanceMeasured, portfolioId, {
  portfolioId, asOf, marketValue: '1', currency: 'USD',
  measures: [{ window: 'YEAR_TO_DATE', from: '2026-01-01', to: asOf, timeWeightedReturn, volatility, sharpe: null, maxDrawdown: -0.1 }],
});
const BOARD = `query ($metric: LeaderboardMetric!, $first: Int, $after: String) { leaderboard(metric: $metric, window: YEAR_TO_DATE, first: $first, after: $after) {
  edges { cursor node { portfolio { id } rank { position of percentile value } } } pageInfo { hasNextPage endCursor } } }`;
const board = async (over: object = {}, as = principal()) => {
  const { leaderboard } = (await door.ask(BOARD, { metric: 'TIME_WEIGHTED_RETURN', ...over }, { as })).data;
  return { ...leaderboard, places: leaderboard.edges.map(({ node }: any) => [node.portfolio.id, node.rank.position, node.rank.percentile]) };
};

test('portfolios are ranked best first; equals share a place; those without the figure are left out', async () => {
  await door.hear(measured('prt_a', 0.1), measured('prt_b', 0.3), measured('prt_c', 0.1), measured('prt_d', -0.2), measured('prt_e', null));
  expect((await board()).places).toEqual([['prt_b', 1, 100], ['prt_a', 2, 50], ['prt_c', 2, 50], ['prt_d', 4, 0]]);
});

test('low volatility comes first', async () => {
  await door.hear(measured('prt_a', 0.1, '2026-03-05', 0.4), measured('prt_b', 0.1, '2026-03-05', 0.1));
  expect((await board({ metric: 'VOLATILITY' })).places.map(([id]: any) => id)).toEqual(['prt_b', 'prt_a']);
});

test('pages follow each other without a gap', async () => {
  await door.hear(...['a', 'b', 'c', 'd', 'e'].map((name, n) => measured(`prt_${name}`, n / 2 | 0)));
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page: any = await board({ first: 2, after });
    seen.push(...page.places.map(([id]: any) => id));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toEqual(['prt_e', 'prt_c', 'prt_d', 'prt_a', 'prt_b']);
});

test('newer figures replace older ones, never the other way round', async () => {
  const newer = measured('prt_a', 0.5, '2026-03-06');
  await door.hear(measured('prt_a', 0.1), newer, newer, measured('prt_a', 0.2, '2026-03-04'));
  expect((await board()).edges[0].node.rank.value).toBe(0.5);
});

test('a closed portfolio and another organisation\'s are not ranked', async () => {
  await door.hear(measured('prt_a', 0.1), measured('prt_b', 0.2), heard(portfolioClosed, 'prt_b', { portfolioId: 'prt_b' }), measured('prt_b', 0.9));
  expect((await board()).places).toEqual([['prt_a', 1, 100]]);
  expect((await board({}, principal({ organizationId: 'org_other' }))).places).toEqual([]);
});

test('many ranks in one request read the board once', async () => {
  await door.hear(measured('prt_a', 0.1), measured('prt_b', 0.2));
  const { data } = await door.ask(`{ _entities(representations: [{ __typename: "Portfolio", id: "prt_a" }, { __typename: "Portfolio", id: "prt_b" }, { __typename: "Portfolio", id: "prt_x" }]) {
    ... on Portfolio { rank(metric: TIME_WEIGHTED_RETURN, window: YEAR_TO_DATE) { position of percentile } } } }`);
  expect(data._entities.map(({ rank }: any) => rank)).toEqual([{ position: 2, of: 2, percentile: 0 }, { position: 1, of: 2, percentile: 100 }, null]);
});

test('the subscription gives the top at once and after a measurement', async () => {
  await door.hear(measured('prt_a', 0.1));
  const changes = (await door.subscribe('subscription { leaderboardChanged(metric: TIME_WEIGHTED_RETURN, window: YEAR_TO_DATE, first: 1) { entries { portfolio { id } rank { of } } } }'))[Symbol.asyncIterator]();
  const next = async () => (await changes.next()).value.data.leaderboardChanged.entries;
  expect(await next()).toEqual([{ portfolio: { id: 'prt_a' }, rank: { of: 1 } }]);
  const second = next();
  await door.hear(measured('prt_b', 0.2));
  expect(await second).toEqual([{ portfolio: { id: 'prt_b' }, rank: { of: 2 } }]);
  await changes.return?.();
});

test('an investor sees the places of their own portfolios, ranked among all', async () => {
  const facts = (portfolioId: string, investorId: string | null) => ({ portfolioId, name: portfolioId, baseCurrency: 'USD', investorId, lotMethod: 'FIFO' as const, benchmarkInstrumentId: null });
  await door.hear(
    heard(portfolioCreated, 'prt_a', facts('prt_a', 'inv_1')), measured('prt_a', 0.1), measured('prt_b', 0.3), heard(portfolioCreated, 'prt_b', facts('prt_b', 'inv_2')),
    measured('prt_c', 0.2), heard(portfolioCreated, 'prt_c', facts('prt_c', null)),
  );
  const investor = principal({ roles: ['INVESTOR'], investors: ['inv_1'] });
  expect((await board({}, investor)).places).toEqual([['prt_a', 3, 0]]);
  expect((await board({}, principal({ roles: ['INVESTOR'], investors: [] }))).places).toEqual([]);
  await door.hear(heard(portfolioUpdated, 'prt_c', facts('prt_c', 'inv_1')));
  expect((await board({}, investor)).places).toEqual([['prt_c', 2, 50], ['prt_a', 3, 0]]);
  const [first] = await Array.fromAsync(await door.subscribe('subscription { leaderboardChanged(metric: TIME_WEIGHTED_RETURN, window: YEAR_TO_DATE, first: 1) { entries { portfolio { id } } } }', {}, { as: investor }).then(one));
  expect(first?.data).toEqual({ leaderboardChanged: { entries: [{ portfolio: { id: 'prt_c' } }] } });
});

/** The first event alone. */
async function* one<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const event of events) {
    yield event;
    return;
  }
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leaderboard, ranks } from './ranking.ts';

test.each([
  ['MIN', [4, 2, 1, 2]], ['MAX', [4, 3, 1, 3]], ['DENSE', [3, 2, 1, 2]], ['AVERAGE', [4, 2.5, 1, 2.5]], ['ORDINAL', [4, 2, 1, 3]],
] as const)('equals are ranked by %s', (method, expected) => {
  expect(ranks([0, 2, 3, 2], method)).toEqual(expected);
});

test('the lowest can be first', () => {
  expect(ranks([0, 2, 3, 2], 'MIN', 'LOWEST_FIRST')).toEqual([1, 2, 4, 2]);
});

test('a leaderboard leaves out what has no value, and says out of how many each is ranked', () => {
  const board = leaderboard([{ key: 'a', value: 1 }, { key: 'b', value: null }, { key: 'c', value: 3 }, { key: 'd', value: Number.NaN }, { key: 'e', value: 1 }]);
  expect(board).toEqual([
    { key: 'c', value: 3, position: 1, of: 3, percentile: 100 },
    { key: 'a', value: 1, position: 2, of: 3, percentile: 25 },
    { key: 'e', value: 1, position: 2, of: 3, percentile: 25 },
  ]);
  expect(leaderboard([{ key: 'a', value: 1 }])[0]).toMatchObject({ position: 1, of: 1, percentile: 100 });
});

test('a rank is one more than the number of better values, and percentiles stay within 0 and 100', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }), (values) => {
    expect(ranks(values)).toEqual(values.map((value) => 1 + values.filter((other) => other > value).length));
    for (const { percentile } of leaderboard(values.map((value, key) => ({ key, value })))) expect(percentile >= 0 && percentile <= 100).toBe(true);
  }));
});

import { expect, test } from 'vitest';
import { decimal } from '@pms/money';
import { checkDiversification, checkLargestShares } from './concentration.ts';
import type { Weights } from './concentration.ts';

const weights = (stated: Record<string, string>): Weights => new Map(Object.entries(stated).map(([name, weight]) => [name, decimal(weight)]));
const many = (count: number, weight: string): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, at) => [`S${at}`, weight]));

test('exactly 10 % of one issuer is within the limit, a hair more is not', () => {
  expect(checkLargestShares(weights({ A: '0.1' })).singleMet).toBe(true);
  expect(checkLargestShares(weights({ A: '0.100000000000000001' }))).toMatchObject({ singleMet: false, met: false, aboveSingle: [{ issuer: 'A' }] });
});

test('issuers above 5 % may be 40 % together, and those at 5 % are not counted', () => {
  expect(checkLargestShares(weights(many(20, '0.05')))).toMatchObject({ sumOfLarge: decimal('0'), met: true });
  expect(checkLargestShares(weights(many(5, '0.08'))).togetherMet).toBe(true);
  expect(checkLargestShares(weights(many(5, '0.0801')))).toMatchObject({ togetherMet: false, sumOfLarge: decimal('0.4005') });
});

test('a quarter of a diversified fund is free, and votes count as well as weight', () => {
  const holdings = { weights: weights({ A: '0.25', ...many(15, '0.05') }), votes: weights({}), exempt: new Set<string>() };
  expect(checkDiversification(holdings)).toMatchObject({ basket: decimal('0.75'), outside: ['A'], met: true });
  expect(checkDiversification({ ...holdings, votes: weights({ S0: '0.11' }) })).toMatchObject({ met: false, outside: ['A', 'S0'] });
  expect(checkDiversification({ ...holdings, exempt: new Set(['A']) }).basket.toFixed()).toBe('1');
});

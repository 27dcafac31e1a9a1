/** The operations that gateways are asked are what they are said to be: valid, different, the same ones for a seed, each as often as its weight says. */
import { readSupergraph } from '../../../router/src/supergraph/document.ts';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { supergraphAt } from './schemas.ts';
import { drawn, variedOperations } from './varied.ts';

test('varied operations are valid, all different, and the same for the same seed', () => {
  const operations = variedOperations(5, 100);
  const { api } = readSupergraph(supergraphAt('http://127.0.0.1:1'));
  for (const { query } of operations) expect(validate(api, parse(query)), query).toEqual([]);
  expect(new Set(operations.map(({ query }) => query.replace(/^query \w+/, ''))).size).toBeGreaterThan(90);
  expect(variedOperations(5, 100)).toEqual(operations);
  expect(variedOperations(6, 100)).not.toEqual(operations);
});

test('what weighs twice as much is asked about twice as often', () => {
  const order = drawn([2, 1], 3_000, 1);
  const first = order.filter((at) => at === 0).length;
  expect(first).toBeGreaterThan(1_900);
  expect(first).toBeLessThan(2_100);
});

/**
 * The router over random federated graphs against one schema of graphql-js on the same data: types, keys, arguments,
 * directives of federation, data, faults and operations are drawn, replayable by their printed seeds.
 */
import { lexicographicSortSchema, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine.ts';
import { engineOf, type Reply } from './federation.ts';
import { about, faultsOf, mergedReply, nothingWrong, OPERATIONS, routerReply, same, SEED, unlimited, wholeReply, WORLDS } from './worlds/compare.ts';
import { type OperationStyle, randomOperation } from './worlds/operations.ts';
import { worldOf } from './worlds/world.ts';

const WORLD_MS_MAX = 300_000;
const seeds = Array.from({ length: WORLDS }, (_, index) => SEED + index);

/** Of all operations, how many may be refused because no planner could plan them. */
const REFUSED_MAX = 0.2;

describe.each(seeds)('world %i', (seed) => {
  const world = worldOf(seed);

  /** Every operation is answered and checked, or refused; few may be refused. */
  async function each(engine: Engine, count: number, style: OperationStyle, check: (actual: Reply, expected: Reply, note: string) => void, answer = routerReply): Promise<void> {
    let refused = 0;
    for (let number = 0; number < count; number += 1) {
      const operation = randomOperation(world.whole, seed * 10_000 + number, style);
      const expected = await wholeReply(world, operation);
      const actual = await answer(engine, world, operation);
      if (actual === null) refused += 1;
      else check(actual, expected, about(seed, number, operation));
    }
    engine.close();
    expect(refused, 'operations that no planner could plan').toBeLessThanOrEqual(Math.max(3, count * REFUSED_MAX));
  }

  const equal = (actual: Reply, expected: Reply, note: string): void => expect(actual, note).toEqual(expected);

  test('the API schema is that of the whole', async () => {
    const engine = await engineOf(world.federation, { planner: 'native' });
    expect(printSchema(lexicographicSortSchema(engine.api))).toBe(printSchema(lexicographicSortSchema(world.whole)));
    engine.close();
  });

  test.each([['auto', OPERATIONS], ['apollo', Math.ceil(OPERATIONS / 6)]] as const)('queries are answered as one schema would: %s planner, %i operations', async (planner, count) => {
    world.faults(false);
    await each(await engineOf(world.federation, { planner, limits: unlimited }), count, {}, equal);
  }, WORLD_MS_MAX);

  test('mutations run in order, and what they lead to is right', async () => {
    world.faults(false);
    await each(await engineOf(world.federation, { limits: unlimited }), Math.ceil(OPERATIONS / 6), { kind: 'mutation' }, equal);
  }, WORLD_MS_MAX);

  // One entity may be asked for the fields of two places at once; a resolver that fails for one place then takes the
  // other's value along, and the client is told. What must never happen is another value, or an untold loss.
  test('with faulty resolvers nothing is wrong, nothing is lost in silence, and errors point at nulls', async () => {
    world.faults(true);
    let exact = 0;
    let count = 0;
    await each(await engineOf(world.federation, { limits: unlimited }), Math.ceil(OPERATIONS / 3), {}, (actual, expected, note) => {
      count += 1;
      expect(nothingWrong(actual.data, expected.data), note).toBe(true);
      if (same(actual.data, expected.data) && same(faultsOf(actual), faultsOf(expected))) exact += 1;
      else expect(actual.errors?.length, note).toBeGreaterThan(0);
    });
    expect(exact, 'operations whose every error is where one schema has it').toBeGreaterThanOrEqual(count * 0.7);
    world.faults(false);
  }, WORLD_MS_MAX);

  test('what is deferred adds up to the whole answer', async () => {
    world.faults(false);
    await each(await engineOf(world.federation, { limits: unlimited }), Math.ceil(OPERATIONS / 6), { defer: true }, equal, mergedReply);
  }, WORLD_MS_MAX);
});

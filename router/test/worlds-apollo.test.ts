/**
 * The router beside stock Apollo Gateway on random operations over random federated graphs. One schema with the same
 * data is the judge: the router must agree with it always, Apollo Gateway nearly always, or the comparison says little.
 */
import { expect, test } from 'vitest';
import { engineOf } from './federation.ts';
import { about, OPERATIONS, routerReply, same, SEED, unlimited, wholeReply, WORLDS } from './worlds/compare.ts';
import { stockGateway } from './worlds/apollo-gateway.ts';
import { randomOperation } from './worlds/operations.ts';
import { worldOf } from './worlds/world.ts';

const COUNT = Math.ceil(OPERATIONS / 3);
const TEST_MS_MAX = 300_000;
const seeds = Array.from({ length: Math.ceil(WORLDS / 2) }, (_, index) => SEED + 1_000 + index);
const seen = { asked: 0, apolloWrong: 0, refused: 0 };

test.each(seeds)(`world %i: ${COUNT} operations are answered as the judge does`, async (seed) => {
  const world = worldOf(seed);
  const engine = await engineOf(world.federation, { limits: unlimited });
  const apollo = await stockGateway(world.federation);
  for (let number = 0; number < COUNT; number += 1) {
    const operation = randomOperation(world.whole, seed * 10_000 + number);
    const expected = await wholeReply(world, operation);
    const ours = await routerReply(engine, world, operation);
    const theirs = await apollo.ask(operation);
    seen.asked += 1;
    if (!same(theirs?.data, expected.data)) seen.apolloWrong += 1;
    if (ours === null) seen.refused += 1;
    else expect(ours, about(seed, number, operation)).toEqual(expected);
  }
  engine.close();
  await apollo.stop();
}, TEST_MS_MAX);

test('Apollo Gateway is right where it is fair to compare with it, and we refuse hardly anything', () => {
  const said = `of ${seen.asked} operations Apollo Gateway answered ${seen.apolloWrong} wrong or not; the router refused ${seen.refused}`;
  expect(seen.apolloWrong / seen.asked, said).toBeLessThan(0.2);
  expect(seen.refused / seen.asked, said).toBeLessThan(0.06);
});

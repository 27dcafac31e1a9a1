/** The router against graphql-js on the same data in one schema: random operations, replayable by their printed seed. */
import { execute, parse } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine.ts';
import { ask, engineOf, federate, type Reply } from './federation.ts';
import { monolith, parts, withFaults } from './library.ts';
import { randomFrom, randomOperation } from './random-operations.ts';

const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_260);
const OPERATIONS = Number(process.env['DIFFERENTIAL_OPERATIONS'] ?? 400);

const federation = federate(parts);
const whole = monolith();

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** Where an error became visible: the null that its path runs into. Faults below one null are one fault to a client. */
function nullAt(data: unknown, path: readonly (string | number)[]): string {
  let value = data;
  for (const [index, key] of path.entries()) {
    if (value === null || typeof value !== 'object') return JSON.stringify(path.slice(0, index));
    value = (value as Record<string | number, unknown>)[key];
  }
  return JSON.stringify(path);
}

const faults = ({ data, errors = [] }: Reply): string[] => [...new Set(errors.map(({ path }) => nullAt(data, path ?? [])))].sort();

// The native planner may ask one entity for the fields of two places at once; a resolver that fails for one place then
// takes the other's value along. So faults are compared with the other planner, which never does that.
describe.each([['auto', false], ['apollo', true]] as const)('with the %s planner, faults: %s', (planner, faulty) => {
  let engine: Engine;
  beforeAll(async () => {
    withFaults(faulty);
    engine = await engineOf(federation, { planner, limits: unlimited });
  });

  test(`random operations answer as one schema would (seed ${SEED})`, async () => {
    const count = planner === 'auto' ? OPERATIONS : Math.ceil(OPERATIONS / 4);
    for (let index = 0; index < count; index += 1) {
      const seed = SEED + index;
      const { query, variables } = randomOperation(whole, randomFrom(seed));
      const expected = plain(await execute({ schema: whole, document: parse(query), variableValues: variables })) as Reply;
      const actual = await ask(engine, query, variables);
      expect(actual.data, `seed ${seed}: ${query} ${JSON.stringify(variables)}`).toEqual(expected.data);
      expect(faults(actual), `faults of seed ${seed}: ${query}`).toEqual(faults(expected));
    }
  }, 120_000);
});

const unlimited = {
  depthMax: 100, aliasesMax: 1_000, rootFieldsMax: 100, directivesMax: 1_000, fieldsMax: 100_000, tokensMax: 100_000,
  bodyBytesMax: 1_000_000, costMax: Infinity, listSizeAssumed: 1,
};

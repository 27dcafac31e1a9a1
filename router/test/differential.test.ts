/** The router against graphql-js on the same data in one schema: random operations, replayable by their printed seed. */
import { execute, parse } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine.ts';
import { standardLimits } from '../src/security/limits.ts';
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

const faults = ({ data, errors = [] }: Reply): string[] => [...new Set(errors.map(({ path }) => nullAt(data, path ?? [])))].toSorted();

/** Equal, but for nulls of ours where the other has something. */
function nothingWrong(ours: unknown, theirs: unknown): boolean {
  if (ours === null) return true;
  if (typeof ours !== 'object' || theirs === null || typeof theirs !== 'object') return ours === theirs;
  const keys = Object.keys(theirs);
  return Object.keys(ours).length === keys.length
    && keys.every((key) => nothingWrong((ours as Record<string, unknown>)[key], (theirs as Record<string, unknown>)[key]));
}

describe.each(['auto', 'apollo'] as const)('with the %s planner', (planner) => {
  const count = planner === 'auto' ? OPERATIONS : Math.ceil(OPERATIONS / 4);
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOf(federation, { planner, limits: unlimited });
  });

  const each = async (check: (actual: Reply, expected: Reply, about: string) => void): Promise<void> => {
    for (let seed = SEED; seed < SEED + count; seed += 1) {
      const { query, variables } = randomOperation(whole, randomFrom(seed));
      const expected = plain(await execute({ schema: whole, document: parse(query), variableValues: variables })) as Reply;
      check(await ask(engine, query, variables), expected, `seed ${seed}: ${query} ${JSON.stringify(variables)}`);
    }
  };

  test(`random operations answer as one schema would (seed ${SEED})`, async () => {
    withFaults(false);
    await each((actual, expected, about) => expect(actual, about).toEqual(expected));
  }, 120_000);

  // Planners may ask one entity for the fields of two places at once; a resolver that fails for one place then takes
  // the other's value along, and the client is told. What must never happen is another value, or an untold loss.
  test(`with faulty resolvers nothing is wrong and nothing is lost in silence (seed ${SEED})`, async () => {
    withFaults(true);
    await each((actual, expected, about) => {
      expect(nothingWrong(actual.data, expected.data), about).toBe(true);
      if (JSON.stringify(faults(actual)) === JSON.stringify(faults(expected))) return;
      expect(actual.errors?.length, about).toBeGreaterThan(0);
    });
  }, 120_000);
});

const unlimited = {
  ...standardLimits, depthMax: 100, heightMax: 100_000, aliasesMax: 1_000, rootFieldsMax: 100, directivesMax: 1_000, fieldsMax: 100_000, tokensMax: 100_000,
  costMax: Infinity, listSizeAssumed: 1,
};

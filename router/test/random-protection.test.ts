/**
 * Random protection of random types and fields, random principals, random operations, replayable by the printed seed: no subgraph is asked for what may
 * not be read, nothing of it is answered under any name, and everything else is as without protection, or lies where the client was told.
 */
import { expect, test } from 'vitest';
import { standardLimits } from '../src/security/limits.ts';
import { ask, engineOf, federate, type Reply, someone } from './federation.ts';
import { parts, withFaults } from './library.ts';
import { asked, compare, hiddenFrom, naming, protect, watching, whole } from './protection.ts';
import { randomFrom, randomOperation } from './random-operations.ts';

const SEED = Number(process.env['PROTECTION_SEED'] ?? 4_100);
const SCHEMAS = Number(process.env['PROTECTION_SCHEMAS'] ?? 4);
const OPERATIONS = Number(process.env['PROTECTION_OPERATIONS'] ?? 15);

const federation = federate(parts);
const unlimited = { ...standardLimits, depthMax: 100, heightMax: 1e6, aliasesMax: 1e6, rootFieldsMax: 1e6, directivesMax: 1e6, costMax: Infinity };

test(`what may not be read is neither fetched nor answered, and the rest is as ever (seed ${SEED})`, async () => {
  withFaults(false);
  const open = await engineOf(federation, { authorization: false, limits: unlimited });
  let removals = 0;
  for (let seed = SEED; seed < SEED + SCHEMAS; seed += 1) {
    const random = randomFrom(seed);
    const { sdl, protection } = protect(federation.sdl, random);
    let see: Parameters<typeof watching>[1] = () => {};
    const policies = Object.fromEntries(['s0', 's1', 's2', 's3'].map((name) => [name, ({ scopes }: { scopes: ReadonlySet<string> }) => scopes.has(name)]));
    const guarded = await engineOf({ ...federation, sdl }, { limits: unlimited, policies, dial: watching(federation, (...seen) => see(...seen)) });
    for (let turn = 0; turn < OPERATIONS; turn += 1) {
      const held = ['s0', 's1', 's2', 's3'].filter(() => random() < 0.5);
      const hidden = hiddenFrom(protection, new Set(held));
      const made = randomOperation(whole, random);
      const query = naming(made.query);
      const about = `seed ${seed}, turn ${turn}, holding ${held.join()}, ${JSON.stringify([...protection])}: ${query} ${JSON.stringify(made.variables)}`;
      const wrong: string[] = [];
      see = (name, text, variables) => void wrong.push(...asked(federation.subgraphs.find((each) => each.name === name)?.schema ?? whole, text, variables, hidden));
      const expected = await ask(open, query, made.variables);
      const actual: Reply = await ask(guarded, query, made.variables, someone(...held));
      expect(wrong, about).toEqual([]);
      expect(actual.errors?.filter(({ extensions }) => extensions['code'] !== 'FORBIDDEN') ?? [], about).toEqual([]);
      const told = (actual.errors ?? []).map(({ path }) => path ?? []);
      const faults: string[] = [];
      compare(expected.data, actual.data, [], { hidden, told, faults });
      expect(faults, about).toEqual([]);
      removals += told.length;
      const all = await ask(guarded, query, made.variables, someone('s0', 's1', 's2', 's3'));
      expect(all, about).toEqual(expected);
    }
  }
  expect(removals).toBeGreaterThan(SCHEMAS * OPERATIONS / 4);
}, 120_000);

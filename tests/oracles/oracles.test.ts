/**
 * The figures that others published, worked out by our own functions. A case passes within its tolerance; none is special-cased.
 * At the end a table says for each kind how many passed, differ by convention, or are not yet covered, and why.
 */
import { existsSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { differences } from './compare.ts';
import { NotCovered, ownCases, readCases, sharedCases, surroundingsOf } from './oracle-case.ts';
import type { Evaluate, OracleCase } from './oracle-case.ts';
import { allocationKinds } from './kinds/allocation.ts';
import { auditKinds } from './kinds/audit.ts';
import { identityKinds } from './kinds/identity.ts';
import { lotKinds } from './kinds/lots.ts';
import { ratioKinds } from './kinds/ratios.ts';
import { resultKinds } from './kinds/results.ts';
import { returnKinds } from './kinds/returns.ts';
import { riskKinds } from './kinds/risk.ts';
import { settlementKinds } from './kinds/settlement.ts';

const kinds: Readonly<Record<string, Evaluate>> = { ...lotKinds, ...settlementKinds, ...returnKinds, ...resultKinds, ...ratioKinds, ...riskKinds, ...allocationKinds, ...auditKinds, ...identityKinds };

const own = readCases(ownCases);
const shared = readCases(sharedCases).filter(({ id }) => !own.some((each) => each.id === id));
const cases = [...own, ...shared];
const around = surroundingsOf(cases);

/** Where sources disagree, or the source does not run its own expectation, a difference is shown and is no failure. */
const isConvention = ({ verification: { status } }: OracleCase): boolean => status === 'convention_only' || status === 'source_skips_this_test';

interface Tally {
  passed: number;
  readonly differing: string[];
  readonly notCovered: string[];
}

const tallies = new Map<string, Tally>();
const tallyOf = (kind: string): Tally => {
  const found = tallies.get(kind) ?? { passed: 0, differing: [], notCovered: [] };
  tallies.set(kind, found);
  return found;
};

describe('published figures', () => {
  test.for(cases.map((each) => [each.kind, each.id, each] as const))('%s: %s', ([kind, id, given], { skip }) => {
    const evaluate = kinds[kind];
    const tally = tallyOf(kind);
    if (!evaluate) {
      tally.notCovered.push(id);
      skip('nothing of ours works out this kind yet');
      return;
    }
    const found = differencesOrReason(given, evaluate);
    if (typeof found === 'string') {
      tally.notCovered.push(`${id}: ${found}`);
      skip(found);
    } else if (found.length > 0 && isConvention(given)) tally.differing.push(`${id}: ${found[0]}`);
    else {
      expect(found, `${id}, from ${JSON.stringify(given.source)}`).toEqual([]);
      tally.passed++;
    }
  });
});

/** What differs, or why the case cannot be worked out here. */
function differencesOrReason(given: OracleCase, evaluate: Evaluate): string[] | string {
  try {
    return differences(given.expected, evaluate(given, around), given.tolerance);
  } catch (error) {
    if (error instanceof NotCovered) return error.message;
    throw error;
  }
}

test('each case kept here has a source, and an id of its own', () => {
  expect(own.length).toBeGreaterThan(0);
  expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
  for (const { id, source } of own) expect(Object.keys(source), id).not.toEqual([]);
});

afterAll(() => {
  const row = (kind: string, ...cells: (number | string)[]): string => kind.padEnd(26) + cells.map((cell) => String(cell).padStart(12)).join('');
  const rows = [...tallies].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const sum = (count: (tally: Tally) => number): number => rows.reduce((all, [, tally]) => all + count(tally), 0);
  const lines = [
    row('kind', 'passed', 'convention', 'not covered'),
    ...rows.map(([kind, tally]) => row(kind, tally.passed, tally.differing.length, tally.notCovered.length)),
    row('all', sum((tally) => tally.passed), sum((tally) => tally.differing.length), sum((tally) => tally.notCovered.length)),
    ...rows.flatMap(([, tally]) => tally.differing.map((each) => `another convention: ${each}`)),
    ...rows.flatMap(([kind, tally]) => (kinds[kind] ? tally.notCovered.map((each) => `not covered: ${each}`) : [])),
    ...(existsSync(sharedCases) ? [] : ['only the cases kept in the project were run: ../shared/oracles is not here']),
  ];
  process.stdout.write(`\n${lines.join('\n')}\n`);
});

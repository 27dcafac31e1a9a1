/** A published case as data, and where cases and real market data are read from. Refuses a file that is not a list of cases. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

const shape = z.object({
  id: z.string(),
  kind: z.string(),
  source: z.record(z.string(), z.unknown()),
  input: z.record(z.string(), z.unknown()),
  expected: z.record(z.string(), z.unknown()),
  tolerance: z.object({ abs: z.number().optional(), rel: z.number().optional(), exact: z.boolean().optional() }),
  convention: z.string().optional(),
  ambiguous: z.boolean().optional(),
  verification: z.object({
    status: z.enum(['recomputed_ok', 'checked_by_hand', 'not_recomputed', 'derived_from_published_rule', 'property', 'convention_only', 'source_skips_this_test']),
    note: z.string().optional(),
  }),
});

export type OracleCase = z.infer<typeof shape>;

/** The cases that the project keeps. */
export const ownCases = new URL('cases/', import.meta.url);
/** The larger set, where the project is developed beside it. */
export const sharedCases = new URL('../../../shared/oracles/cases/', import.meta.url);
const sharedData = new URL('../../../shared/data/', import.meta.url);

/** All cases of a folder, file by file in order; none where it is absent. */
export function readCases(folder: URL): OracleCase[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted()
    .flatMap((name) => z.array(shape).parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));
}

/** Said of a case that cannot be worked out here: its kind, a calendar it names, or the data it needs is missing. */
export class NotCovered extends Error {
  override readonly name = 'NotCovered';
}

/** What a kind may look at beside the input of its case. */
export interface Surroundings {
  /** Another case, by the id that an input refers to; text after the id is ignored. */
  readonly caseOf: (reference: string) => OracleCase;
  /** The text of a file of real market data; throws NotCovered where the data is absent. */
  readonly data: (file: string) => string;
}

export const surroundingsOf = (cases: readonly OracleCase[]): Surroundings => {
  const files = new Map<string, string>();
  return {
    caseOf: (reference) => {
      const id = reference.split(' ')[0] ?? '';
      const found = cases.find((each) => each.id === id);
      if (!found) throw new NotCovered(`it refers to ${id}, which is not here`);
      return found;
    },
    data: (file) => {
      const path = new URL(file, sharedData);
      if (!existsSync(path)) throw new NotCovered(`needs ../shared/data/${file}`);
      const text = files.get(file) ?? readFileSync(path, 'utf8');
      files.set(file, text);
      return text;
    },
  };
};

/** Works out what a case's `expected` says, under the same names; what it leaves out counts as not given. */
export type Evaluate = (given: OracleCase, around: Surroundings) => Readonly<Record<string, unknown>>;

/** Which entities a fetch is about: each is asked for once, however often it occurs in the data so far. */
import type { EntityGroup } from '../planner/plan.ts';
import { collect } from './collect.ts';
import type { Represent } from './represent.ts';
import type { Data, Environment, Run } from './run.ts';
import { same } from './same.ts';

export interface CompiledGroup {
  readonly group: EntityGroup;
  readonly represent: Represent;
  readonly rewriteInput: (value: unknown) => void;
  readonly rewriteOutput: (value: unknown) => void;
  /** Whether what is found of an entity may be one object in several places: only when all are at one place of the plan. */
  readonly shareable: boolean;
  /** Whether equal objects at one place of the plan may become one. */
  readonly unified: boolean;
}

/** The entities of one group in one request: `targets[i]` are the objects that `representations[i]` stands for. */
export interface Asked {
  readonly compiled: CompiledGroup;
  readonly representations: Data[];
  /** The same as JSON. */
  readonly texts: string[];
  readonly targets: Data[][];
  readonly indexes: Map<string, number>;
}

export const asking = (compiled: CompiledGroup): Asked => ({ compiled, representations: [], texts: [], targets: [], indexes: new Map() });

/**
 * Where the same entity occurs again with the same content, the place is given the first object: from then on it is fetched
 * for, looked into and written once. `run.shared` names such objects.
 */
export function gather(compiled: CompiledGroup, run: Run, { isA }: Environment): Asked {
  const asked = asking(compiled);
  for (const path of compiled.group.paths) {
    const firsts: Data[] = [];
    collect(run.data, path, {
      isA, shared: run.shared,
      visit(object, holder, key) {
        const index = indexOf(object, asked, run.variables);
        if (index === undefined) return;
        const first = firsts[index];
        if (first === undefined) firsts[index] = object;
        else if (first === object) return;
        else if (compiled.unified && same(first, object)) {
          (holder as Data)[key] = first;
          (run.shared ??= new Set()).add(first);
          return;
        }
        asked.targets[index]?.push(object);
      },
    });
  }
  return asked;
}

export function add(object: Data, asked: Asked, run: Run): void {
  const index = indexOf(object, asked, run.variables);
  if (index !== undefined) asked.targets[index]?.push(object);
}

/** Undefined for an object of which something that is required is not there. */
function indexOf(object: Data, asked: Asked, variables: Run['variables']): number | undefined {
  const representation = asked.compiled.represent(object, variables);
  if (representation?.['__typename'] === undefined) return undefined;
  asked.compiled.rewriteInput(representation);
  const key = JSON.stringify(representation);
  const known = asked.indexes.get(key);
  if (known !== undefined) return known;
  const index = asked.representations.push(representation) - 1;
  asked.indexes.set(key, index);
  asked.texts.push(key);
  asked.targets.push([]);
  return index;
}

/** Runs an operation with `@defer`: the answer without the deferred parts first, then each part when all of it is there. */
import type { GraphQLSchema } from 'graphql';
import type { DeferredPart, PartStep } from './deferral.ts';
import { merge } from './merge.ts';
import { compileProjection, type Project, type Projection, type Reading } from './project.ts';
import { type ClientError, type Data, type Deferring, type Environment, isData, type ResponsePath, type Run } from './run.ts';

export function deferring(): Deferring {
  const arrivals = new Map<string, PromiseWithResolvers<void>>();
  return {
    parts: new Map(),
    arrival(id) {
      let arrival = arrivals.get(id);
      if (arrival === undefined) arrivals.set(id, arrival = Promise.withResolvers<void>());
      return arrival;
    },
  };
}

export interface CompiledPart extends DeferredPart {
  readonly project: (object: Data, variables: Run['variables']) => Projection;
}

/** One object of one part. */
export interface Increment {
  readonly label: string | undefined;
  readonly path: ResponsePath;
  readonly projection: Projection;
  readonly errors: readonly ClientError[];
}

export function compileParts(schema: GraphQLSchema, parts: readonly DeferredPart[], reading: Reading): readonly CompiledPart[] {
  return parts.map((part) => {
    const projects = new Map<unknown, Project>();
    return {
      ...part,
      project(object, variables) {
        const typename = object['__typename'];
        let project = projects.get(typename);
        if (project === undefined) {
          const actual = typeof typename === 'string' ? schema.getType(typename) : undefined;
          const type = actual !== undefined && 'getFields' in actual && !('isOneOf' in actual) ? actual : part.type;
          projects.set(typename, project = compileProjection(schema, type, part.set, {}, reading));
        }
        return project(object, variables);
      },
    };
  });
}

/** Those that are deferred this time. */
export const activeParts = (parts: readonly CompiledPart[], variables: Run['variables']): readonly CompiledPart[] =>
  parts.filter(({ conditions }) => conditions.every(({ variable, wanted }) => (variables[variable] === true) === wanted));

/**
 * Yields the objects of the active parts that are ready, as often as some are. `first` is the data that the client has been
 * given: a part of an object that is not in it is not sent.
 */
export async function* deliver(parts: readonly CompiledPart[], first: unknown, run: Run, isA: Environment['isA']): AsyncGenerator<{ readonly increments: readonly Increment[]; readonly last: boolean }> {
  const waiting = new Set(parts);
  // A part whose parents are sent with something else, since they are not deferred now, has nothing to wait for.
  const open = (part: CompiledPart): boolean => ![...waiting].some(({ id }) => part.parents.includes(id));
  const view = isData(first) ? first : {};
  while (waiting.size > 0) {
    const ready = await someReady([...waiting].filter(open), run);
    const increments: Increment[] = [];
    for (const part of ready) {
      waiting.delete(part);
      increments.push(...incrementsOf(part, view, run, isA));
    }
    yield { increments, last: waiting.size === 0 };
  }
}

/** All that are ready once one is. */
async function someReady(parts: readonly CompiledPart[], { deferring: state }: Run): Promise<CompiledPart[]> {
  const ready: CompiledPart[] = [];
  await Promise.race(parts.map(async (part) => {
    await state?.parts.get(part.id)?.done;
    ready.push(part);
  }));
  await new Promise((resolve) => setImmediate(resolve)); // what came back together is sent together
  return ready;
}

function incrementsOf(part: CompiledPart, view: Data, run: Run, isA: Environment['isA']): Increment[] {
  const errors = run.deferring?.parts.get(part.id)?.errors ?? [];
  const increments: Increment[] = [];
  locate({ view, object: run.data, at: [] }, part.path, part.types, isA, ({ view: seen, object, at }) => {
    const { text, problems } = part.project(object, run.variables);
    const here = problems.map((problem) => ({ ...problem, path: [...at, ...problem.path] }));
    increments.push({ label: part.label, path: at, projection: { text, problems: here }, errors: errors.filter(({ path }) => concerns(path, at)) });
    const data: unknown = JSON.parse(text);
    if (isData(data)) merge(seen, data);
  });
  return increments;
}

/** Whether an error's path leads to or through this object; `@` and a missing path concern all. */
const concerns = (path: ResponsePath | undefined, at: ResponsePath): boolean =>
  path === undefined || at.every((key, index) => index >= path.length || path[index] === key || path[index] === '@');

interface Spot {
  /** What the client has of it. */
  readonly view: Data;
  readonly object: Data;
  readonly at: ResponsePath;
}

function locate(spot: Spot, path: readonly PartStep[], types: readonly string[], isA: Environment['isA'], found: (spot: Spot) => void): void {
  const [step, ...rest] = path;
  if (!isAll(spot.object, step?.types ?? types, isA)) return;
  if (step === undefined) return found(spot);
  inside(spot.view[step.key], spot.object[step.from], [...spot.at, step.key], (inner) => locate(inner, rest, types, isA, found));
}

function inside(view: unknown, value: unknown, at: ResponsePath, found: (spot: Spot) => void): void {
  if (Array.isArray(view) && Array.isArray(value)) view.forEach((item, index) => inside(item, value[index], [...at, index], found));
  else if (isData(view) && isData(value)) found({ view, object: value, at });
}

function isAll(object: Data, types: readonly string[], isA: Environment['isA']): boolean {
  const typename = object['__typename'];
  return typeof typename !== 'string' || types.every((type) => isA(typename, type));
}

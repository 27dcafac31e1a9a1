/** Finds the objects that a plan's path leads to, through lists and type conditions. */
import type { PathSegment } from '../planner/plan.ts';
import type { Data, Environment, ResponsePath } from './run.ts';

type IsA = Environment['isA'];
type Holder = Data | unknown[];

export interface Collecting {
  readonly isA: IsA;
  /** Objects that stand in several places: each is looked into once. */
  readonly shared: ReadonlySet<object> | undefined;
  /** `holder[key]` is the object. */
  visit(object: Data, holder: Holder, key: string | number): void;
}

export function collect(root: Data, path: readonly PathSegment[], collecting: Collecting): void {
  const { shared } = collecting;
  step(root, 0, { path, collecting, entered: shared === undefined || shared.size === 0 ? undefined : new Set() }, { root }, 'root');
}

interface Stepping {
  readonly path: readonly PathSegment[];
  readonly collecting: Collecting;
  readonly entered: Set<object> | undefined;
}

function step(value: unknown, index: number, stepping: Stepping, holder: Holder, key: string | number): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    // A list is walked whether or not the path says so here: nested lists are said once.
    const next = stepping.path[index]?.kind === 'list' ? index + 1 : index;
    for (let position = 0; position < value.length; position += 1) step(value[position], next, stepping, value, position);
  } else if (stepping.entered === undefined || !enteredBefore(value, stepping.entered, stepping.collecting.shared)) into(value as Data, index, stepping, holder, key);
}

function enteredBefore(object: object, entered: Set<object>, shared: ReadonlySet<object> | undefined): boolean {
  if (shared?.has(object) !== true) return false;
  if (entered.has(object)) return true;
  entered.add(object);
  return false;
}

function into(object: Data, index: number, stepping: Stepping, holder: Holder, key: string | number): void {
  const { path, collecting } = stepping;
  const segment = path[index];
  if (segment === undefined) collecting.visit(object, holder, key);
  else if (segment.kind === 'field') step(object[segment.name], index + 1, stepping, object, segment.name);
  else if (segment.kind === 'type' && satisfies(object, segment.names, collecting.isA)) step(object, index + 1, stepping, holder, key);
}

/** An object that does not say what it is satisfies any condition: the planner asked for no `__typename` because it is known. */
export function satisfies(object: Record<string, unknown>, names: readonly string[], isA: IsA): boolean {
  const typename = object['__typename'];
  return typeof typename !== 'string' || names.some((name) => isA(typename, name));
}

/** Like `collect`, with the way to each object; only for errors and contexts, since it allocates. */
export function collectWithPath(root: unknown, path: readonly PathSegment[], isA: IsA, visit: (object: Record<string, unknown>, at: ResponsePath) => void): void {
  walk(root, 0, [], { path, isA, visit });
}

interface Walking {
  readonly path: readonly PathSegment[];
  readonly isA: IsA;
  readonly visit: (object: Record<string, unknown>, at: ResponsePath) => void;
}

function walk(value: unknown, index: number, at: ResponsePath, walking: Walking): void {
  const { path, isA, visit } = walking;
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    const next = path[index]?.kind === 'list' ? index + 1 : index;
    value.forEach((item, position) => walk(item, next, [...at, position], walking));
    return;
  }
  const object = value as Record<string, unknown>;
  const segment = path[index];
  if (segment === undefined) visit(object, at);
  else if (segment.kind === 'field') walk(object[segment.name], index + 1, [...at, segment.name], walking);
  else if (segment.kind === 'type' && satisfies(object, segment.names, isA)) walk(object, index + 1, at, walking);
}

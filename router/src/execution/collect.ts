/** Finds the objects that a plan's path leads to, through lists and type conditions. */
import type { PathSegment } from '../planner/plan.ts';
import type { Environment, ResponsePath } from './run.ts';

type IsA = Environment['isA'];

export function collect(value: unknown, path: readonly PathSegment[], index: number, isA: IsA, visit: (object: Record<string, unknown>) => void): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    // A list is walked whether or not the path says so here: nested lists are said once.
    const next = path[index]?.kind === 'list' ? index + 1 : index;
    for (const item of value) collect(item, path, next, isA, visit);
    return;
  }
  const object = value as Record<string, unknown>;
  const segment = path[index];
  if (segment === undefined) visit(object);
  else if (segment.kind === 'field') collect(object[segment.name], path, index + 1, isA, visit);
  else if (segment.kind === 'type' && satisfies(object, segment.names, isA)) collect(object, path, index + 1, isA, visit);
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

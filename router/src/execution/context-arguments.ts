/** `@fromContext`: values that lie above an entity in the response, by name of the variable that takes them. */
import type { Rewrite, RewriteSegment } from '../planner/plan.ts';
import { satisfies } from './collect.ts';
import { type Data, type Environment, isData, type ResponsePath } from './run.ts';

/** A value that cannot be reached is null: the argument is nullable wherever that can happen. */
export function contextValues(root: Data, at: ResponsePath, rewrites: readonly Extract<Rewrite, { kind: 'rename' }>[], isA: Environment['isA']): Data {
  const values: Data = {};
  for (const { path, to } of rewrites) {
    if (values[to] != null) continue; // alternatives for one variable: the first that is found
    let depth = at.length;
    let index = 0;
    for (; path[index]?.kind === 'parent'; index += 1) depth = parentDepth(at, depth);
    values[to] = valueAt(objectAt(root, at.slice(0, depth)), path.slice(index), isA);
  }
  return values;
}

/** One step up leaves a field, with all list positions below it. */
function parentDepth(at: ResponsePath, depth: number): number {
  let parent = depth - 1;
  while (parent > 0 && typeof at[parent] === 'number') parent -= 1;
  return Math.max(parent, 0);
}

const objectAt = (root: Data, at: ResponsePath): unknown =>
  at.reduce<unknown>((value, key) => (value === null || typeof value !== 'object' ? null : (value as Record<string | number, unknown>)[key]), root);

function valueAt(value: unknown, path: readonly RewriteSegment[], isA: Environment['isA']): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return value ?? null;
  if (Array.isArray(value)) return value.map((item) => valueAt(item, path, isA));
  if (!isData(value)) return null;
  if (segment.kind === 'type') return satisfies(value, segment.names, isA) ? valueAt(value, rest, isA) : null;
  return segment.kind === 'key' ? valueAt(value[segment.name], rest, isA) : null;
}

/** The planner's corrections of data: a key that had to be called otherwise, a type name that another subgraph knows differently. */
import type { Rewrite, RewriteSegment } from '../planner/plan.ts';
import { satisfies } from './collect.ts';
import type { Data, Environment, ResponsePath } from './run.ts';

type IsA = Environment['isA'];

export function compileRewrites(rewrites: readonly Rewrite[], isA: IsA): (value: unknown) => void {
  if (rewrites.length === 0) return () => {};
  const changes = rewrites.map((rewrite) => {
    const change = changeOf(rewrite);
    return (value: unknown) => applyAt(value, rewrite.path, 0, isA, change);
  });
  return (value) => {
    for (const change of changes) change(value);
  };
}

type Change = (object: Data, key: string) => void;

const changeOf = (rewrite: Rewrite): Change => rewrite.kind === 'set'
  ? (object, key) => {
    object[key] = rewrite.value;
  }
  : (object, key) => {
    if (!Object.hasOwn(object, key)) return;
    object[rewrite.to] = object[key];
    delete object[key];
  };

function applyAt(value: unknown, path: readonly RewriteSegment[], index: number, isA: IsA, change: Change): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) applyAt(item, path, index, isA, change);
    return;
  }
  const object = value as Data;
  const segment = path[index];
  if (segment === undefined) return;
  if (segment.kind === 'type') {
    if (satisfies(object, segment.names, isA)) applyAt(object, path, index + 1, isA, change);
  } else if (segment.kind === 'key') {
    if (index === path.length - 1) change(object, segment.name);
    else applyAt(object[segment.name], path, index + 1, isA, change);
  }
}

/** A path in a subgraph's answer as the client knows it: what was renamed for the subgraph gets its own name back. */
export function renamedPath(path: ResponsePath, rewrites: readonly Rewrite[]): ResponsePath {
  const renames = rewrites.filter((rewrite) => rewrite.kind === 'rename');
  if (renames.length === 0) return path;
  return path.map((key, index) => {
    const keysHere = path.slice(0, index + 1).filter((part) => typeof part === 'string');
    const rename = renames.find((candidate) => {
      const keys = candidate.path.flatMap((segment) => (segment.kind === 'key' ? [segment.name] : []));
      return keys.length === keysHere.length && keys.every((name, position) => name === keysHere[position]);
    });
    return typeof key === 'string' && rename !== undefined ? rename.to : key;
  });
}

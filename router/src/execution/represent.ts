/** Makes entity representations: the keys and required fields that a subgraph needs to know which entity is meant. */
import type { Required } from '../planner/plan.ts';
import { merge } from './merge.ts';
import type { Data, Environment } from './run.ts';

export type Represent = (object: Data, variables: Readonly<Record<string, unknown>>) => Data | undefined;

/** The result is undefined when something required is not there, as when fetching it failed: such an entity is left out. */
export function compileRequired(selections: readonly Required[], isA: Environment['isA']): Represent {
  const parts = selections.map((selection) => compileOne(selection, isA));
  return (object, variables) => {
    const representation: Data = {};
    for (const part of parts) if (!part(object, representation, variables)) return undefined;
    return representation;
  };
}

type Part = (object: Data, into: Data, variables: Readonly<Record<string, unknown>>) => boolean;

function compileOne(selection: Required, isA: Environment['isA']): Part {
  if (selection.kind === 'fragment') {
    const inner = compileRequired(selection.selections, isA);
    return (object, into, variables) => {
      if (selection.skipIf !== undefined && variables[selection.skipIf] === true) return true;
      if (selection.includeIf !== undefined && variables[selection.includeIf] !== true) return true;
      const typename = object['__typename'];
      if (selection.typeCondition !== undefined && typeof typename === 'string' && !isA(typename, selection.typeCondition)) return true;
      const found = inner(object, variables);
      if (found === undefined) return false;
      merge(into, found);
      return true;
    };
  }
  const { from, to } = selection;
  const inner = selection.selections === undefined ? undefined : compileRequired(selection.selections, isA);
  return (object, into, variables) => {
    const value = object[from];
    if (value === undefined) return from === '__typename';
    into[to] = inner === undefined ? value : nested(value, inner, variables);
    return true;
  };
}

function nested(value: unknown, inner: Represent, variables: Readonly<Record<string, unknown>>): unknown {
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value)) return value.map((item) => nested(item, inner, variables));
  return inner(value as Data, variables) ?? null;
}

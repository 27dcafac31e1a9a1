/** How large an operation may be, measured on what it expands to, before it is validated: a bomb must not reach the validator. */
import { DomainError } from '@pms/errors';
import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { z } from 'zod';
import { limitSettings } from './settings.ts';

export type OperationLimits = z.output<typeof limitSettings>;

export const standardLimits: OperationLimits = limitSettings.parse({});

interface Size {
  depth: number;
  aliases: number;
  directives: number;
  fields: number;
  /** Fields at the top. */
  top: number;
}

export const tooComplex = (limit: string, found: number, allowed: number): DomainError =>
  new DomainError('OPERATION_TOO_COMPLEX', `the operation's ${limit} of ${found} passes the limit of ${allowed}`, { limit, found, allowed });

/** Throws OPERATION_TOO_COMPLEX naming the limit. Introspection does not count towards depth: the validator bounds it by itself. */
export function checkSize(document: DocumentNode, operation: OperationDefinitionNode, limits: OperationLimits): void {
  const fragments = new Map(document.definitions.flatMap((definition): [string, FragmentDefinitionNode][] =>
    definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : []));
  const measured = new Map<string, Size | 'measuring'>();
  const size = sizeOf(operation.selectionSet, fragments, measured);
  const found: readonly (readonly [string, number, number])[] = [
    ['depth', size.depth, limits.depthMax], ['aliases', size.aliases, limits.aliasesMax],
    ['directives', size.directives + (operation.directives?.length ?? 0), limits.directivesMax],
    ['fields', size.fields, limits.fieldsMax], ['root fields', size.top, limits.rootFieldsMax],
  ];
  for (const [limit, count, allowed] of found) if (count > allowed) throw tooComplex(limit, count, allowed);
}

const EMPTY: Size = { depth: 0, aliases: 0, directives: 0, fields: 0, top: 0 };

/** Each fragment is measured once, so that fragments that double each other cost nothing to refuse. */
function sizeOf(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measured: Map<string, Size | 'measuring'>): Size {
  const size = { ...EMPTY };
  for (const selection of set.selections) {
    size.directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FIELD) {
      size.fields += 1;
      size.top += 1;
      if (selection.alias !== undefined) size.aliases += 1;
      const hidden = selection.name.value.startsWith('__');
      add(size, selection.selectionSet === undefined ? EMPTY : sizeOf(selection.selectionSet, fragments, measured), 1, hidden);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) add(size, sizeOf(selection.selectionSet, fragments, measured), 0, false);
    else add(size, fragmentSize(selection.name.value, fragments, measured), 0, false);
  }
  return size;
}

function fragmentSize(name: string, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measured: Map<string, Size | 'measuring'>): Size {
  const known = measured.get(name);
  if (known === 'measuring') return EMPTY; // a cycle, which validation refuses
  if (known !== undefined) return known;
  const fragment = fragments.get(name);
  if (fragment === undefined) return EMPTY;
  measured.set(name, 'measuring');
  const size = sizeOf(fragment.selectionSet, fragments, measured);
  measured.set(name, size);
  return size;
}

function add(size: Size, inner: Size, levels: number, ignoreDepth: boolean): void {
  size.depth = Math.max(size.depth, ignoreDepth ? 0 : inner.depth + levels);
  size.aliases += inner.aliases;
  size.directives += inner.directives;
  size.fields += inner.fields;
  if (levels === 0) size.top += inner.top;
}

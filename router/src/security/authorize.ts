/**
 * Takes out of an operation what its sender may not read, before it is planned, so that it is never fetched, and
 * says which paths were taken out.
 */
import {
  type FieldNode, type FragmentSpreadNode, getNamedType, type GraphQLCompositeType, type GraphQLOutputType, type GraphQLSchema, type InlineFragmentNode,
  isAbstractType, isCompositeType, isListType, isNonNullType, isObjectType, Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode,
} from 'graphql';
import type { Fragments } from '../execution/selections.ts';
import type { Visibility } from '../execution/project.ts';
import type { Requirements } from './requirements.ts';

export interface Filtered {
  /** `null` when nothing is left to ask. */
  readonly operation: OperationDefinitionNode | null;
  /** Whether it holds its fragments written out; else it is as it came. */
  readonly rewritten: boolean;
  /** Response paths that were removed, `@` for every item of a list. */
  readonly removed: readonly (readonly string[])[];
}

const REMOVED_MAX = 100;

/** What a decision hides; `null` when it hides nothing. */
export function visibilityOf(requirements: Requirements, decision: string): Visibility | null {
  if (!decision.includes('0')) return null;
  const unmet = (positions: readonly number[]): boolean => positions.some((position) => decision[position] === '0');
  return {
    fieldHidden: (typeName, fieldName) => unmet(requirements.ofField(typeName, fieldName)),
    typeHidden: (typeName) => unmet(requirements.ofType(typeName)),
  };
}

/** `visibility` is null where everything may be seen. */
export function filterOperation(schema: GraphQLSchema, { operation, fragments }: { readonly operation: OperationDefinitionNode; readonly fragments: Fragments }, visibility: Visibility | null): Filtered {
  const root = schema.getRootType(operation.operation);
  if (root == null || visibility === null) return { operation, rewritten: false, removed: [] };
  const filtering: Filtering = { schema, fragments, visibility, removed: new Map(), named: false };
  const selectionSet = filterSet(operation.selectionSet, root, [], filtering);
  const removed = [...filtering.removed.values()];
  if (removed.length === 0 && !filtering.named) return { operation, rewritten: false, removed };
  return { operation: selectionSet.selections.length === 0 ? null : { ...operation, selectionSet }, rewritten: true, removed };
}

interface Filtering {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly visibility: Visibility;
  readonly removed: Map<string, readonly string[]>;
  /** Whether somewhere the name of a type was added to what is asked. */
  named: boolean;
}

function filterSet(set: SelectionSetNode, type: GraphQLCompositeType, path: readonly string[], filtering: Filtering): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections: set.selections.flatMap((selection) => filterSelection(selection, type, path, filtering)) };
}

function filterSelection(selection: SelectionNode, type: GraphQLCompositeType, path: readonly string[], filtering: Filtering): SelectionNode[] {
  return selection.kind === Kind.FIELD ? filterField(selection, type, path, filtering) : filterFragment(selection, type, path, filtering);
}

/** Written out in place: what may be read of one fragment can differ from place to place. */
function filterFragment(selection: FragmentSpreadNode | InlineFragmentNode, type: GraphQLCompositeType, path: readonly string[], filtering: Filtering): SelectionNode[] {
  const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? filtering.fragments[selection.name.value] : selection;
  const condition = fragment?.typeCondition;
  const inner = condition === undefined ? type : filtering.schema.getType(condition.name.value);
  if (fragment === undefined || !isCompositeType(inner)) return [];
  // A fragment on an interface, inside an object, says nothing of the interface's other kinds.
  const selectionSet = filterSet(fragment.selectionSet, isObjectType(type) ? type : inner, path, filtering);
  if (selectionSet.selections.length === 0) return [];
  return [{
    kind: Kind.INLINE_FRAGMENT, selectionSet,
    ...(condition === undefined ? {} : { typeCondition: condition }), ...(selection.directives === undefined ? {} : { directives: selection.directives }),
  }];
}

function filterField(selection: FieldNode, type: GraphQLCompositeType, path: readonly string[], filtering: Filtering): SelectionNode[] {
  const name = selection.name.value;
  const field = name.startsWith('__') || !('getFields' in type) ? undefined : type.getFields()[name];
  if (field === undefined) return [selection];
  const here = [...path, (selection.alias ?? selection.name).value];
  if (filtering.visibility.fieldHidden(type.name, name)) {
    if (filtering.removed.size < REMOVED_MAX) filtering.removed.set(here.join('\n'), here);
    return [];
  }
  const named = getNamedType(field.type);
  if (selection.selectionSet === undefined || !isCompositeType(named)) return [selection];
  const selectionSet = filterSet(selection.selectionSet, named, [...here, ...listMarks(field.type)], filtering);
  return [{ ...selection, selectionSet: selectionSet.selections.length === 0 ? TYPENAME_ONLY : withName(selectionSet, named, filtering) }];
}

/** Where an object may be of a kind that may not be seen, its kind has to be known, whatever the client calls it. */
function withName(set: SelectionSetNode, type: GraphQLCompositeType, filtering: Filtering): SelectionSetNode {
  if (!isAbstractType(type) || !filtering.schema.getPossibleTypes(type).some(({ name }) => filtering.visibility.typeHidden(name))) return set;
  filtering.named = true;
  return { ...set, selections: [...TYPENAME_ONLY.selections, ...set.selections] };
}

/** An object of which nothing may be read is still there or not there. */
const TYPENAME_ONLY: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }] };

function listMarks(type: GraphQLOutputType): string[] {
  if (isNonNullType(type)) return listMarks(type.ofType);
  return isListType(type) ? ['@', ...listMarks(type.ofType)] : [];
}

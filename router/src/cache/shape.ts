/**
 * What an operation's answer can depend on, read once from its document: how long hints let it be kept, and where in
 * the answer entities name themselves. An entity in a list stands for the list: a new one may belong there.
 */
import {
  type FieldNode, getNamedType, getNullableType, type GraphQLCompositeType, type GraphQLField, type GraphQLNamedType, isAbstractType, isCompositeType, isInterfaceType, isListType, isObjectType,
  Kind, type OperationDefinitionNode, type SelectionSetNode,
} from 'graphql';
import type { Fragments } from '../execution/selections.ts';
import type { CacheModel, Hint } from './model.ts';
import { least, type Said, type StaticPolicy } from './policy.ts';

/** A field in the answer, and what is read there. */
export interface Place {
  readonly responseKey: string;
  /** The entity that is there, with the name its key has in the answer. */
  readonly entity: { readonly typename: string; readonly key: string } | null;
  readonly below: readonly Place[];
}

export interface Shape {
  readonly policy: StaticPolicy;
  /** Every entity type in the answer. */
  readonly types: ReadonlySet<string>;
  /** Those of which some do not name themselves, or stand in a list. */
  readonly open: ReadonlySet<string>;
  readonly places: readonly Place[];
  /** Fields with arguments: they may name entities, and tags. */
  readonly called: readonly { readonly coordinate: string; readonly node: FieldNode }[];
}

interface Reading {
  readonly model: CacheModel;
  readonly fragments: Fragments;
  readonly types: Set<string>;
  readonly open: Set<string>;
  readonly called: Shape['called'][number][];
  hinted: Said;
  complete: number;
}

export function shapeOf(model: CacheModel, operation: OperationDefinitionNode, fragments: Fragments): Shape {
  const root = model.schema.getRootType(operation.operation);
  const reading: Reading = { model, fragments, types: new Set(), open: new Set(), called: [], hinted: { maxAgeSeconds: null, scope: 'PUBLIC' }, complete: Number.POSITIVE_INFINITY };
  const places = root == null ? [] : read(reading, root, operation.selectionSet, { isRoot: true, inList: false });
  const { hinted, complete, types, open, called } = reading;
  // Without an age there was no hint, unless one that only narrows.
  const said = hinted.maxAgeSeconds === null && hinted.scope !== 'PRIVATE' ? SILENT : hinted;
  return { policy: { hinted: said, complete: Number.isFinite(complete) ? complete : 0 }, types, open, places, called };
}

/** Where a selection stands: an edge of a list leads to an item of the list. */
interface Standing { readonly isRoot: boolean; readonly inList: boolean }

function read(reading: Reading, parent: GraphQLCompositeType, set: SelectionSetNode, standing: Standing): Place[] {
  return set.selections.flatMap((selection): Place[] => {
    if (selection.kind === Kind.FIELD) return readField(reading, parent, selection, standing);
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? reading.fragments[selection.name.value] : selection;
    if (fragment === undefined) return [];
    const condition = fragment.typeCondition === undefined ? parent : reading.model.schema.getType(fragment.typeCondition.name.value);
    return isCompositeType(condition) ? read(reading, condition, fragment.selectionSet, standing) : [];
  });
}

function readField(reading: Reading, parent: GraphQLCompositeType, node: FieldNode, standing: Standing): Place[] {
  const name = node.name.value;
  if (name === '__schema' || name === '__type') reading.complete = 0;
  const field = fieldOf(parent, name);
  if (field === undefined) return [];
  const coordinate = `${parent.name}.${name}`;
  if (node.arguments?.[0] !== undefined || reading.model.fieldTags.has(coordinate)) reading.called.push({ coordinate, node });
  restrict(reading, coordinate, field, standing.isRoot);
  const type = getNamedType(field.type);
  if (!isCompositeType(type) || node.selectionSet === undefined) return [];
  const inList = isListType(getNullableType(field.type)) || (standing.inList && parent.name.endsWith('Edge'));
  const below = read(reading, type, node.selectionSet, { isRoot: false, inList });
  return [{ responseKey: (node.alias ?? node.name).value, entity: noteEntity(reading, type, node.selectionSet, inList), below }];
}

const fieldOf = (parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined =>
  (isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined);

function restrict(reading: Reading, coordinate: string, { type }: GraphQLField<unknown, unknown>, isRoot: boolean): void {
  const said = hintAt(reading.model, coordinate, getNamedType(type));
  if (said.maxAgeSeconds !== null || said.scope === 'PRIVATE') reading.hinted = least(reading.hinted, said);
  if (said.maxAgeSeconds !== null) reading.complete = Math.min(reading.complete, said.maxAgeSeconds);
  else if (isRoot || !said.inheritMaxAge) reading.complete = Math.min(reading.complete, reading.model.settings.defaultMaxAgeSeconds);
}

/** A field's own hint goes before that of its type; a scalar is as old as what it is a part of may be. */
function hintAt({ hints }: CacheModel, coordinate: string, type: GraphQLNamedType): Hint {
  const own = hints.get(coordinate) ?? SILENT;
  const ofType = isCompositeType(type) ? hints.get(type.name) ?? SILENT : SILENT;
  const inheritMaxAge = !isCompositeType(type) || own.inheritMaxAge || ofType.inheritMaxAge;
  return { maxAgeSeconds: own.maxAgeSeconds ?? (own.inheritMaxAge ? null : ofType.maxAgeSeconds), scope: own.scope ?? ofType.scope, inheritMaxAge };
}

const SILENT: Hint = { maxAgeSeconds: null, scope: null, inheritMaxAge: false };

function noteEntity({ model, fragments, types, open }: Reading, type: GraphQLCompositeType, set: SelectionSetNode, inList: boolean): Place['entity'] {
  if (isAbstractType(type)) {
    for (const { name } of [type, ...model.schema.getPossibleTypes(type)]) {
      if (!model.keys.has(name)) continue;
      types.add(name);
      open.add(name);
    }
    return null;
  }
  const field = model.keys.get(type.name);
  if (field === undefined) return null;
  types.add(type.name);
  const key = field === null ? null : responseKeyOf(field, set, fragments);
  if (key === null || inList) open.add(type.name);
  return key === null || inList ? null : { typename: type.name, key };
}

/** Only where it is selected whatever the variables are. */
function responseKeyOf(field: string, { selections }: SelectionSetNode, fragments: Fragments): string | null {
  for (const selection of selections) {
    if ((selection.directives?.length ?? 0) > 0) continue;
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value === field) return (selection.alias ?? selection.name).value;
      continue;
    }
    const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    const found = inner === undefined ? null : responseKeyOf(field, inner.selectionSet, fragments);
    if (found !== null) return found;
  }
  return null;
}

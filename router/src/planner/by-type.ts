/**
 * The same operation in other words: fragments on interfaces and unions become one for each object type that can be
 * there. Planners stumble over some combinations of abstract types that mean nothing more than that.
 */
import {
  type FieldNode, type FragmentDefinitionNode, getNamedType, type GraphQLCompositeType, type GraphQLObjectType, type GraphQLSchema, type InlineFragmentNode, isAbstractType, isCompositeType,
  isObjectType, Kind, type OperationDefinitionNode, parse, print, type SelectionNode, type SelectionSetNode,
} from 'graphql';

const CHARACTERS_MAX = 200_000;

interface Rewriting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** How much may still be written. */
  left: number;
}

/** `null` when it would be too long. */
export function byType(schema: GraphQLSchema, text: string): string | null {
  const { definitions } = parse(text, { noLocation: true });
  const operation = definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
  const root = operation === undefined ? null : schema.getRootType(operation.operation);
  if (operation === undefined || root == null) return null;
  const fragments = new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])));
  const rewriting: Rewriting = { schema, fragments, left: CHARACTERS_MAX / 10 };
  const selectionSet = writeSet(operation.selectionSet, root, rewriting);
  return rewriting.left < 0 ? null : print({ ...operation, selectionSet });
}

const possible = (type: GraphQLCompositeType, { schema }: Rewriting): readonly GraphQLObjectType[] => (isAbstractType(type) ? schema.getPossibleTypes(type) : [type]);

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function writeSet(set: SelectionSetNode, type: GraphQLCompositeType, rewriting: Rewriting): SelectionSetNode {
  const selections = rewriting.left < 0 ? [] : set.selections.flatMap((selection) => writeSelection(selection, type, rewriting));
  return { kind: Kind.SELECTION_SET, selections: selections.length === 0 ? [TYPENAME] : selections };
}

function writeSelection(selection: SelectionNode, type: GraphQLCompositeType, rewriting: Rewriting): SelectionNode[] {
  rewriting.left -= 1;
  if (selection.kind === Kind.FIELD) return [writeField(selection, type, rewriting)];
  const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? rewriting.fragments.get(selection.name.value) : selection;
  if (fragment === undefined) return [];
  const condition = fragment.typeCondition === undefined ? type : rewriting.schema.getType(fragment.typeCondition.name.value);
  if (!isCompositeType(condition)) return [];
  const wrapped = (inner: GraphQLCompositeType, on: string | undefined): InlineFragmentNode => ({
    kind: Kind.INLINE_FRAGMENT, selectionSet: writeSet(fragment.selectionSet, inner, rewriting), directives: selection.directives ?? [],
    ...(on === undefined ? {} : { typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: on } } }),
  });
  const allowed = new Set(possible(condition, rewriting));
  const here = possible(type, rewriting).filter((one) => allowed.has(one));
  if (condition === type || isObjectType(type)) return here.length === 0 ? [] : [wrapped(type, undefined)];
  return here.map((one) => wrapped(one, one.name));
}

function writeField(field: FieldNode, parent: GraphQLCompositeType, rewriting: Rewriting): FieldNode {
  const definition = 'getFields' in parent ? parent.getFields()[field.name.value] : undefined;
  const type = definition === undefined ? undefined : getNamedType(definition.type);
  if (field.selectionSet === undefined || !isCompositeType(type)) return field;
  return { ...field, selectionSet: writeSet(field.selectionSet, type, rewriting) };
}

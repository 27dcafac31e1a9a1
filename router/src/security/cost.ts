/**
 * What an operation costs before it runs, by the cost specification: an object is 1 and a leaf 0 unless `@cost` says
 * otherwise, a mutation adds 10, and a list multiplies by its size, from `@listSize` or as assumed.
 */
import {
  type ConstDirectiveNode, type FieldNode, getNamedType, type GraphQLCompositeType, type GraphQLField, type GraphQLNamedType, type GraphQLSchema,
  isAbstractType, isCompositeType, isLeafType, isListType, isNonNullType, type GraphQLOutputType, Kind, type OperationDefinitionNode,
  type SelectionSetNode, valueFromASTUntyped,
} from 'graphql';
import type { Fragments } from '../execution/selections.ts';
import { directiveArguments, directiveName, type Feature } from '../supergraph/features.ts';

const MUTATION_COST = 10;

export interface CostModel {
  /** With variables, slicing arguments count as what they are; without, as their defaults or as assumed. */
  costOf(operation: OperationDefinitionNode, fragments: Fragments, variables: Readonly<Record<string, unknown>>): number;
}

interface ListSize { readonly assumedSize?: number; readonly slicingArguments?: readonly string[]; readonly sizedFields?: readonly string[] }
type Variables = Readonly<Record<string, unknown>>;

export function costModel(full: GraphQLSchema, features: ReadonlyMap<string, Feature>, listSizeAssumed: number): CostModel {
  const costName = directiveName(features, 'cost', 'cost');
  const listSizeName = directiveName(features, 'cost', 'listSize');

  const weightOf = (node: { readonly directives?: readonly ConstDirectiveNode[] } | null | undefined): number | undefined => {
    const directive = costName === null ? undefined : node?.directives?.find(({ name }) => name.value === costName);
    return directive === undefined ? undefined : Number(directiveArguments(directive)['weight']);
  };
  const listSizeOf = (field: GraphQLField<unknown, unknown>): ListSize | undefined => {
    const directive = listSizeName === null ? undefined : field.astNode?.directives?.find(({ name }) => name.value === listSizeName);
    return directive === undefined ? undefined : directiveArguments(directive);
  };

  const ofSet = (set: SelectionSetNode, type: GraphQLCompositeType, context: Context, sized: Sized | undefined): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + ofField(selection, type, context, sized);
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? context.fragments[selection.name.value] : selection;
      const named = fragment?.typeCondition === undefined ? type : full.getType(fragment.typeCondition.name.value);
      return fragment === undefined || !isCompositeType(named) ? sum : sum + ofSet(fragment.selectionSet, named, context, sized);
    }, 0);

  const ofField = (node: FieldNode, parent: GraphQLCompositeType, context: Context, sized: Sized | undefined): number => {
    const field = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    if (field === undefined) return 0; // __typename and introspection
    const named = getNamedType(field.type);
    const listSize = listSizeOf(field);
    const size = sizeFrom(listSize, node, field, context.variables) ?? listSizeAssumed;
    const inner: Sized | undefined = listSize?.sizedFields === undefined ? undefined : { fields: listSize.sizedFields, size };
    const own = weightOf(field.astNode) ?? typeWeight(named);
    const below = node.selectionSet === undefined || !isCompositeType(named) ? 0 : ofSet(node.selectionSet, named, context, inner);
    return argumentsCost(node, field) + itemsOf(field, inner === undefined ? size : listSizeAssumed, sized) * (own + below);
  };

  const itemsOf = (field: GraphQLField<unknown, unknown>, size: number, sized: Sized | undefined): number => {
    if (!isList(field.type)) return 1;
    return sized?.fields.includes(field.name) === true ? sized.size : size;
  };

  const typeWeight = (type: GraphQLNamedType): number => {
    if (isLeafType(type)) return weightOf(type.astNode) ?? 0;
    if (isAbstractType(type)) return Math.max(1, ...full.getPossibleTypes(type).map(typeWeight));
    return weightOf(type.astNode) ?? 1;
  };

  const argumentsCost = (node: FieldNode, field: GraphQLField<unknown, unknown>): number =>
    field.args.reduce((sum, argument) => sum + (node.arguments?.some(({ name }) => name.value === argument.name) === true ? weightOf(argument.astNode) ?? 0 : 0), 0);

  return {
    costOf(operation, fragments, variables) {
      const root = full.getRootType(operation.operation);
      const base = operation.operation === 'mutation' ? MUTATION_COST : 0;
      return root == null ? base : base + ofSet(operation.selectionSet, root, { fragments, variables }, undefined);
    },
  };
}

interface Context { readonly fragments: Fragments; readonly variables: Variables }
interface Sized { readonly fields: readonly string[]; readonly size: number }

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/** The largest of the slicing arguments given; `undefined` when the directive says nothing that applies. */
function sizeFrom(listSize: ListSize | undefined, node: FieldNode, field: GraphQLField<unknown, unknown>, variables: Variables): number | undefined {
  if (listSize === undefined) return undefined;
  const sizes = (listSize.slicingArguments ?? []).flatMap((name) => {
    const given = argumentAt(node, name.split('.'), variables) ?? field.args.find((argument) => argument.name === name)?.defaultValue;
    return typeof given === 'number' ? [Math.max(given, 0)] : [];
  });
  return sizes.length > 0 ? Math.max(...sizes) : listSize.assumedSize;
}

function argumentAt(node: FieldNode, path: readonly string[], variables: Variables): unknown {
  const value = node.arguments?.find(({ name }) => name.value === path[0])?.value;
  const given: unknown = value === undefined ? undefined : valueFromASTUntyped(value, variables);
  return path.slice(1).reduce<unknown>((inner, key) => (inner === null || typeof inner !== 'object' ? undefined : (inner as Record<string, unknown>)[key]), given);
}

/** What the schema says about cost: `@cost` weights of fields, types, arguments and input fields, and the sizes of `@listSize`. */
import {
  type ConstDirectiveNode, getNamedType, type GraphQLCompositeType, type GraphQLField, type GraphQLInputType, type GraphQLNamedType, type GraphQLSchema,
  isAbstractType, isInputObjectType, isLeafType,
} from 'graphql';
import { directiveArguments, directiveName, type Feature } from '../supergraph/features.ts';

export interface ListSize {
  readonly assumedSize: number | null;
  /** Ways into the arguments: `first`, `paging.first`. */
  readonly slicingArguments: readonly (readonly string[])[];
  /** Ways to the lists below the field; empty when the field is the list itself. */
  readonly sizedFields: readonly (readonly string[])[];
  readonly requireOneSlicingArgument: boolean;
}

export interface Weights {
  /** Of one object of the field: its own weight, else its type's. Behind an interface the dearest that it may be. */
  ofField(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): number;
  /** Of an argument or an input field with this value: an input object is one and what is in it, a leaf nothing, unless they say otherwise. */
  ofInput(definition: Weighed & { readonly type: GraphQLInputType }, value: unknown): number;
  listSize(field: GraphQLField<unknown, unknown>): ListSize | null;
}

interface Weighed { readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined }

const COMPOSITE_WEIGHT = 1;

export function weightsOf(full: GraphQLSchema, features: ReadonlyMap<string, Feature>): Weights {
  const costName = directiveName(features, 'cost', 'cost');
  const listSizeName = directiveName(features, 'cost', 'listSize');
  const found = ({ astNode }: Weighed, name: string | null): ConstDirectiveNode | undefined => (name === null ? undefined : astNode?.directives?.find((directive) => directive.name.value === name));
  const weightOf = (definition: Weighed): number | undefined => {
    const directive = found(definition, costName);
    const weight = directive === undefined ? Number.NaN : Number(directiveArguments(directive)['weight']);
    return Number.isFinite(weight) ? weight : undefined;
  };
  const ofType = (type: GraphQLNamedType): number => {
    if (isLeafType(type)) return weightOf(type) ?? 0;
    if (isAbstractType(type)) return Math.max(weightOf(type) ?? COMPOSITE_WEIGHT, ...full.getPossibleTypes(type).map(ofType));
    return weightOf(type) ?? COMPOSITE_WEIGHT;
  };
  const ofField: Weights['ofField'] = (parent, field) => {
    const own = weightOf(field) ?? ofType(getNamedType(field.type));
    if (!isAbstractType(parent)) return own;
    return Math.max(own, ...full.getPossibleTypes(parent).map((type) => {
      const concrete = type.getFields()[field.name];
      return concrete === undefined ? 0 : weightOf(concrete) ?? ofType(getNamedType(concrete.type));
    }));
  };
  const ofInput: Weights['ofInput'] = (definition, value) => {
    if (value === null || value === undefined) return 0;
    const type = getNamedType(definition.type);
    if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + ofInput(definition, item), 0);
    if (!isInputObjectType(type)) return weightOf(definition) ?? weightOf(type) ?? 0;
    const inner = typeof value === 'object' ? Object.entries(value as Record<string, unknown>) : [];
    return inner.reduce((sum, [name, each]) => {
      const field = type.getFields()[name];
      return field === undefined ? sum : sum + ofInput(field, each);
    }, weightOf(definition) ?? weightOf(type) ?? COMPOSITE_WEIGHT);
  };
  return {
    ofField, ofInput,
    listSize(field) {
      const directive = found(field, listSizeName);
      return directive === undefined ? null : listSizeFrom(directiveArguments(directive));
    },
  };
}

function listSizeFrom({ assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument }: Record<string, unknown>): ListSize {
  const ways = (given: unknown): string[][] => (Array.isArray(given) ? given.map((way) => String(way).split(/[\s.{}]+/).filter((name) => name !== '')) : []);
  return {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : null,
    slicingArguments: ways(slicingArguments), sizedFields: ways(sizedFields), requireOneSlicingArgument: requireOneSlicingArgument !== false,
  };
}

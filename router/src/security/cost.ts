/**
 * What an operation costs before it runs, by the cost specification: an object is 1 and a leaf 0 unless `@cost` says otherwise, a mutation adds 10,
 * an input object 1, and a list multiplies by its size, from `@listSize` or as assumed. Worked out once an operation; what depends on variables
 * is left as a function of them. An upper bound: of types that exclude each other the dearest counts.
 */
import {
  type DirectiveNode, type FieldNode, getNamedType, type GraphQLCompositeType, type GraphQLField, type GraphQLInputType, type GraphQLSchema,
  isAbstractType, isCompositeType, isLeafType, isListType, isNonNullType, type GraphQLOutputType, Kind, type OperationDefinitionNode,
  type SelectionSetNode, type ValueNode, valueFromASTUntyped,
} from 'graphql';
import { type Fragments, withConditions } from '../execution/selections.ts';
import type { Feature } from '../supergraph/features.ts';
import { type ListSize, type Weights, weightsOf } from './weights.ts';

const MUTATION_COST = 10;

export type Variables = Readonly<Record<string, unknown>>;

/** A cost, or what it is once the variables are known. */
export type Term = number | ((variables: Variables) => number);

export interface Cost {
  readonly term: Term;
  /** Fields that must be given exactly one slicing argument, and are not. */
  readonly unsliced: readonly { readonly node: FieldNode; readonly names: readonly string[] }[];
}

export interface CostModel {
  costOf(operation: OperationDefinitionNode, fragments: Fragments): Cost;
}

export const valueOf = (term: Term, variables: Variables): number => (typeof term === 'number' ? term : term(variables));

export function costModel(full: GraphQLSchema, features: ReadonlyMap<string, Feature>, listSizeAssumed: number): CostModel {
  const weights = weightsOf(full, features);
  return {
    costOf(operation, fragments) {
      const root = full.getRootType(operation.operation);
      const unsliced: Cost['unsliced'][number][] = [];
      const base = operation.operation === 'mutation' ? MUTATION_COST : 0;
      const below = root == null ? 0 : ofSet({ full, weights, fragments, listSizeAssumed, unsliced }, operation.selectionSet, root, []);
      return { term: floor(sum([base, below])), unsliced };
    },
  };
}

interface Costing {
  readonly full: GraphQLSchema;
  readonly weights: Weights;
  readonly fragments: Fragments;
  readonly listSizeAssumed: number;
  readonly unsliced: Cost['unsliced'][number][];
}

/** Lists further down whose size was said above. */
interface Sized { readonly way: readonly string[]; readonly size: Term }

/** A field, with the type that it is selected on and those of which alone it is asked; `null` for all. */
interface Selected { readonly node: FieldNode; readonly on: GraphQLCompositeType; readonly types: ReadonlySet<string> | null; readonly directives: readonly DirectiveNode[] }

function ofSet(costing: Costing, set: SelectionSetNode, type: GraphQLCompositeType, sized: readonly Sized[]): Term {
  const selected: Selected[] = [];
  collect(costing, set, { on: type, types: null, directives: [] }, selected);
  const terms = selected.map((each) => conditional(each, ofField(costing, each, sized)));
  if (selected.every(({ types }) => types === null) || !isAbstractType(type)) return sum(terms);
  return largest(costing.full.getPossibleTypes(type).map(({ name }) => sum(terms.filter((_, index) => selected[index]?.types?.has(name) ?? true))));
}

function collect(costing: Costing, set: SelectionSetNode, at: Omit<Selected, 'node'>, selected: Selected[]): void {
  for (const selection of set.selections) {
    const directives = [...at.directives, ...(selection.directives ?? [])];
    if (selection.kind === Kind.FIELD) {
      selected.push({ ...at, node: selection, directives });
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? costing.fragments[selection.name.value] : selection;
    const on = fragment?.typeCondition === undefined ? at.on : costing.full.getType(fragment.typeCondition.name.value);
    if (fragment === undefined || !isCompositeType(on)) continue;
    collect(costing, fragment.selectionSet, { on, directives, types: on === at.on ? at.types : both(at.types, typesOf(costing.full, on)) }, selected);
  }
}

const typesOf = (full: GraphQLSchema, type: GraphQLCompositeType): ReadonlySet<string> =>
  new Set(isAbstractType(type) ? full.getPossibleTypes(type).map(({ name }) => name) : [type.name]);

const both = (left: ReadonlySet<string> | null, right: ReadonlySet<string>): ReadonlySet<string> => (left === null ? right : new Set([...left].filter((name) => right.has(name))));

function ofField(costing: Costing, { node, on }: Selected, sized: readonly Sized[]): Term {
  const name = node.name.value;
  const field = 'getFields' in on ? on.getFields()[name] : undefined;
  if (field === undefined) return 0; // __typename and introspection
  const listSize = costing.weights.listSize(field);
  const said = listSize === null ? null : sizeOf(costing, listSize, node, field);
  const inner = sized.filter(({ way }) => way.length > 1 && way[0] === name).map(({ way, size }): Sized => ({ way: way.slice(1), size }));
  if (listSize !== null && listSize.sizedFields.length > 0) for (const way of listSize.sizedFields) inner.push({ way, size: said ?? costing.listSizeAssumed });
  const named = getNamedType(field.type);
  const below = node.selectionSet === undefined || !isCompositeType(named) ? 0 : ofSet(costing, node.selectionSet, named, inner);
  const each = sum([costing.weights.ofField(on, field), below]);
  return sum([argumentsOf(costing, node, field), isList(field.type) ? product(itemsOf(costing, name, listSize, said, sized), each) : each]);
}

function itemsOf({ listSizeAssumed }: Costing, name: string, listSize: ListSize | null, said: Term | null, sized: readonly Sized[]): Term {
  const above = sized.find(({ way }) => way.length === 1 && way[0] === name);
  if (above !== undefined) return above.size;
  return (listSize === null || listSize.sizedFields.length > 0 ? null : said) ?? listSizeAssumed;
}

/** The largest of the slicing arguments; `null` when the directive says nothing that applies. */
function sizeOf(costing: Costing, { slicingArguments, assumedSize, requireOneSlicingArgument }: ListSize, node: FieldNode, field: GraphQLField<unknown, unknown>): Term | null {
  const given = slicingArguments.flatMap((way) => found(node, way) ?? []);
  const standing = slicingArguments.flatMap((way) => (found(node, way) === null ? defaultAt(node, field, way) ?? [] : []));
  const expected = given.length > 0 ? given.length : standing.length;
  if (slicingArguments.length > 0 && requireOneSlicingArgument && expected !== 1) costing.unsliced.push({ node, names: slicingArguments.map((way) => way.join('.')) });
  const unknown = assumedSize ?? costing.listSizeAssumed;
  const sizes = [...standing, ...given.map(({ value, rest }) => sizeIn(value, rest, unknown))];
  return sizes.length > 0 ? largest(sizes) : assumedSize;
}

interface Found { readonly value: ValueNode; readonly rest: readonly string[] }

/** The value as far as it is written out; `rest` leads on inside a variable. `null` where there is none. */
function found(node: FieldNode, [first, ...way]: readonly string[]): Found | null {
  let value = node.arguments?.find(({ name }) => name.value === first)?.value;
  let at = 0;
  for (; at < way.length && value?.kind === Kind.OBJECT; at += 1) {
    const { fields } = value;
    value = fields.find(({ name }) => name.value === way[at])?.value;
  }
  return value === undefined || value.kind === Kind.NULL ? null : { value, rest: way.slice(at) };
}

function sizeIn(value: ValueNode, rest: readonly string[], unknown: number): Term {
  const size = (variables: Variables): number => sizeFrom(within(valueFromASTUntyped(value, variables), rest)) ?? unknown;
  return value.kind === Kind.VARIABLE || value.kind === Kind.LIST ? size : size({});
}

const within = (value: unknown, way: readonly string[]): unknown =>
  way.reduce<unknown>((inner, key) => (inner === null || typeof inner !== 'object' ? undefined : (inner as Record<string, unknown>)[key]), value);

/** A list of things asked for is as long as it is. */
const sizeFrom = (value: unknown): number | null => (typeof value === 'number' ? Math.max(value, 0) : Array.isArray(value) ? value.length : null);

function defaultAt(node: FieldNode, field: GraphQLField<unknown, unknown>, [first, ...way]: readonly string[]): number | null {
  const argument = field.args.find(({ name }) => name === first);
  const given = node.arguments?.find(({ name }) => name.value === first)?.value;
  const value = given === undefined ? argument?.defaultValue : valueFromASTUntyped(given);
  return sizeFrom(way.reduce(stepInto, { value, type: argument?.type }).value);
}

/** The default of a field counts where its object is there. */
function stepInto({ value, type }: { value: unknown; type: GraphQLInputType | undefined }, key: string): { value: unknown; type: GraphQLInputType | undefined } {
  const named = type === undefined ? undefined : getNamedType(type);
  const inner = named !== undefined && 'getFields' in named ? named.getFields()[key] : undefined;
  const there = typeof value === 'object' && value !== null;
  return { value: there ? within(value, [key]) ?? inner?.defaultValue : undefined, type: inner?.type };
}

function argumentsOf({ weights }: Costing, node: FieldNode, field: GraphQLField<unknown, unknown>): Term {
  return sum((node.arguments ?? []).map(({ name, value }): Term => {
    const argument = field.args.find((each) => each.name === name.value);
    if (argument === undefined) return 0;
    const weigh = (variables: Variables): number => weights.ofInput(argument, valueFromASTUntyped(value, variables));
    const weightless = isLeafType(getNamedType(argument.type)) && weights.ofInput(argument, true) === 0;
    return hasVariables(value) && !weightless ? weigh : weigh({});
  }));
}

function hasVariables(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(hasVariables);
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => hasVariables(field.value));
  return value.kind === Kind.VARIABLE;
}

function conditional({ directives }: Selected, term: Term): Term {
  const conditions = term === 0 ? [] : withConditions([], directives);
  if (conditions === 'never') return 0;
  if (conditions.length === 0) return term;
  return (variables) => (conditions.every(({ variable, wanted }) => (variables[variable] === true) === wanted) ? valueOf(term, variables) : 0);
}

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

function combined(terms: readonly Term[], combine: (values: readonly number[]) => number): Term {
  const constant = terms.every((term): term is number => typeof term === 'number');
  return constant ? combine(terms) : (variables) => combine(terms.map((term) => valueOf(term, variables)));
}

const sum = (terms: readonly Term[]): Term => combined(terms, (values) => values.reduce((total, value) => total + value, 0));
const largest = (terms: readonly Term[]): Term => combined(terms, (values) => Math.max(0, ...values));
const product = (left: Term, right: Term): Term => (left === 0 || right === 0 ? 0 : combined([left, right], ([a = 0, b = 0]) => a * b));
const floor = (term: Term): Term => combined([term], ([value = 0]) => Math.max(0, Math.ceil(value)));

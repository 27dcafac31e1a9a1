/** Operations made from a schema: arguments of every kind, selections of everything, and each place where an id or a name of something can stand. */
import {
  type GraphQLArgument, type GraphQLField, type GraphQLInputType, type GraphQLOutputType, getNamedType, getNullableType, isEnumType, isInputObjectType, isInterfaceType, isListType, isNonNullType,
  isObjectType, isUnionType,
} from 'graphql';

/** Where a value stands in the arguments of a field: the names on the way to it. */
export interface Place {
  readonly path: readonly string[];
  /** Of the last: an ID, or a String that may name something. */
  readonly scalar: 'ID' | 'String';
}

/** A value for an ID or a String that is not the one in question. */
export type Give = (name: string, scalar: 'ID' | 'String') => unknown;

const SCALARS: Readonly<Record<string, unknown>> = {
  Decimal: '1', Currency: 'USD', Date: '2026-11-05', DateTime: '2026-11-05T12:00:00Z', Int: 1, Float: 0.5, Boolean: false,
};
const DEPTH_MAX = 4;

/** Every place of the arguments, those within lists and input objects too. */
export function placesIn(args: readonly Pick<GraphQLArgument, 'name' | 'type'>[], above: readonly string[] = []): Place[] {
  if (above.length > DEPTH_MAX) return [];
  return args.flatMap(({ name, type }): Place[] => {
    const path = [...above, name];
    const inner = getNamedType(type);
    if (isInputObjectType(inner)) return placesIn(Object.values(inner.getFields()), path);
    return inner.name === 'ID' || inner.name === 'String' ? [{ path, scalar: inner.name }] : [];
  });
}

/** What must be given is; besides, what leads to `place`, where `value` stands. */
export function argumentsOf(args: readonly Pick<GraphQLArgument, 'name' | 'type' | 'defaultValue'>[], give: Give, at?: { readonly place: Place; readonly value: unknown }): Record<string, unknown> {
  return Object.fromEntries(args.flatMap(({ name, type, defaultValue }): [string, unknown][] => {
    const [next, ...rest] = at?.place.path ?? [];
    if (at !== undefined && next === name) return [[name, valueOf(name, type, give, rest.length === 0 ? { place: null, value: at.value } : { place: { ...at.place, path: rest }, value: at.value })]];
    return isNonNullType(type) && defaultValue === undefined ? [[name, valueOf(name, type, give)]] : [];
  }));
}

function valueOf(name: string, type: GraphQLInputType, give: Give, at?: { readonly place: Place | null; readonly value: unknown }): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [valueOf(name, nullable.ofType, give, at)];
  if (at?.place === null) return at.value;
  if (isInputObjectType(nullable)) return argumentsOf(Object.values(nullable.getFields()), give, at === undefined ? undefined : { place: at.place, value: at.value });
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (nullable.name === 'ID' || nullable.name === 'String') return give(name, nullable.name);
  return SCALARS[nullable.name] ?? 'x';
}

/** Whatever can be asked for without being told which: everything that a type has, `depth` objects deep. */
export function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isUnionType(named)) return `{ __typename ${named.getTypes().map((each) => `... on ${each.name} ${selectionOf(each, depth)}`).join(' ')} }`;
  if (!isObjectType(named) && !isInterfaceType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some(({ type: wanted, defaultValue }) => isNonNullType(wanted) && defaultValue === undefined)) return [];
    const inner = getNamedType(field.type);
    const deeper = isObjectType(inner) || isInterfaceType(inner) || isUnionType(inner);
    if (deeper && depth === 0) return [];
    return [`${field.name}${pageOf(field)} ${deeper ? selectionOf(field.type, depth - 1) : ''}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

const PAGE = 2;
const pageOf = ({ args }: GraphQLField<unknown, unknown>): string => (args.some(({ name }) => name === 'first') ? `(first: ${String(PAGE)})` : '');

/** `kind name(arguments) selection`, with the arguments as variables. */
export function operationOf(kind: 'query' | 'mutation' | 'subscription', field: GraphQLField<unknown, unknown>, given: Readonly<Record<string, unknown>>, depth: number): string {
  const passed = field.args.filter(({ name }) => name in given);
  const variables = passed.length === 0 ? '' : `(${passed.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ')})`;
  const args = passed.length === 0 ? '' : `(${passed.map(({ name }) => `${name}: $${name}`).join(', ')})`;
  return `${kind} ${variables} { ${field.name}${args} ${selectionOf(field.type, depth)} }`;
}

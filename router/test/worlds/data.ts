/** The data of a random world: every value follows from its seed, its object's number, its field and its arguments. */
import { type GraphQLObjectType, type GraphQLSchema, Kind, parse, parseType, type SelectionSetNode, type TypeNode } from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import { type Dice, dice, hash } from './dice.ts';
import type { Field, Shape } from './shape.ts';

/** An object is its type and its number; a reference that came from the router is kept for the fields that require of it. */
export interface Thing {
  readonly __typename: string;
  readonly n: number;
  /** The type that its id speaks of, where a subgraph knows only an interface. */
  readonly of?: string;
  readonly given?: Readonly<Record<string, unknown>>;
  readonly order?: number;
}

const INSTANCES = 9;
const WORDS = ['', 'plain', 'with "quotes"', 'line\nbreak', 'Ünïcödé ☃', '\\back\\slash', 'null'];

export interface WorldData {
  value(type: string, field: Field, self: Thing, args: object): unknown;
  key(name: string, self: Thing): unknown;
  thing(type: string, reference: Readonly<Record<string, unknown>>): Thing;
  /** What a field stands on, as one schema computes it. */
  required(selection: string, self: Thing): unknown;
  /** The same out of what the router sent. */
  given(selection: string, self: Thing): unknown;
  fails(type: string, field: Field, self: Thing): boolean;
}

const selectionOf = (selection: string): SelectionSetNode => {
  const [definition] = parse(`{ ${selection} }`).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no selection');
  return definition.selectionSet;
};

export function worldData(shape: Shape, whole: GraphQLSchema): WorldData {
  const types = new Map<string, TypeNode>();
  const typeOf = (text: string): TypeNode => {
    let node = types.get(text);
    if (node === undefined) types.set(text, node = parseType(text));
    return node;
  };
  const stoodOn = new Set(shape.entities.flatMap(({ name, fields }) => fields.flatMap(({ requires }) => (requires === undefined ? [] : selectionOf(requires).selections.map((one) => (one.kind === Kind.FIELD ? `${name}.${one.name.value}` : ''))))));
  // Fields that a member of an interface shares with the others follow from the member, those of the interface object from its id.
  const value: WorldData['value'] = (type, field, self, args) =>
    made(typeOf(field.type), dice(hash(`${shape.seed} ${type} ${self.n} ${field.name} ${JSON.stringify(args)}`)), shape);

  const required = (selectionSet: SelectionSetNode, self: Thing): unknown => {
    const result: Record<string, unknown> = {};
    for (const selection of selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const type = whole.getType(self.__typename) as GraphQLObjectType;
      const definition = type.getFields()[selection.name.value];
      if (definition?.resolve === undefined) throw new Error(`no field ${self.__typename}.${selection.name.value}`);
      const found: unknown = definition.resolve(self, getArgumentValues(definition, selection), {}, {} as never);
      result[selection.name.value] = selection.selectionSet === undefined ? found : through(found, (one) => required(selection.selectionSet as SelectionSetNode, one as Thing));
    }
    return result;
  };

  return {
    value, key: keyOf, thing: thingOf, required: (selection, self) => required(selectionOf(selection), self),
    given: (selection, self) => pruned(selectionOf(selection), self.given ?? {}),
    fails: (type, { name }, self) => !stoodOn.has(`${type}.${name}`) && hash(`${shape.seed} fault ${type} ${name} ${self.n}`) % 14 === 0,
  };
}

/** Each object of a value, in lists too. */
export function through(value: unknown, each: (one: unknown) => unknown): unknown {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map((one) => through(one, each)) : each(value);
}

function pruned(selectionSet: SelectionSetNode, from: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(selectionSet.selections.flatMap((selection) => {
    if (selection.kind !== Kind.FIELD) return [];
    const found = from[selection.name.value];
    const { selectionSet: inner } = selection;
    return [[selection.name.value, inner === undefined ? found : through(found, (one) => pruned(inner, one as Record<string, unknown>))]];
  }));
}

function made(type: TypeNode, chance: Dice, shape: Shape): unknown {
  if (type.kind === Kind.NON_NULL_TYPE) return present(type.type, chance, shape);
  return chance.chance(0.15) ? null : present(type, chance, shape);
}

function present(type: TypeNode, chance: Dice, shape: Shape): unknown {
  if (type.kind === Kind.LIST_TYPE) return Array.from({ length: chance.below(4) }, () => made(type.type, chance, shape));
  if (type.kind === Kind.NON_NULL_TYPE) return present(type.type, chance, shape);
  const name = type.name.value;
  const enumeration = shape.enums.find((one) => one.name === name);
  if (enumeration !== undefined) return chance.one(enumeration.values);
  switch (name) {
    case 'Int': return chance.below(1_000) - 500;
    case 'Float': return chance.one([0.5, -2, 1e21, 3.25, 7]);
    case 'Boolean': return chance.chance(0.5);
    case 'String': return chance.one(WORDS);
    case 'ID': return chance.one(['7', 'x-1', '']);
    case 'Blob': return chance.one([{ a: [1, { b: null }] }, 'text', 4.5, [], true, { __typename: 'Fake' }]);
    default: return { __typename: concrete(name, chance, shape), n: chance.below(INSTANCES) } satisfies Thing;
  }
}

function concrete(name: string, chance: Dice, { interfaces, unions, entityInterface }: Shape): string {
  const abstract = [...interfaces, ...unions, ...(entityInterface === null ? [] : [entityInterface])].find((one) => one.name === name);
  return abstract === undefined ? name : chance.one(abstract.members);
}

function keyOf(name: string, { __typename, n, of = __typename }: Thing): unknown {
  switch (name) {
    case 'id': return `${of}-${n}`;
    case 'code': return `c${n}`;
    case 'region': return `r${n % 2}`;
    default: return { __typename: 'Ref', n } satisfies Thing;
  }
}

/** Which object a key means. */
function thingOf(type: string, reference: Readonly<Record<string, unknown>>): Thing {
  const { id, code, ref } = reference as { id?: string; code?: string; ref?: { slug: string } };
  const text = id ?? code?.replace('c', '-') ?? (ref === undefined ? undefined : `-${ref.slug}`);
  if (text === undefined) throw new Error(`no key in ${JSON.stringify(reference)}`);
  const [name = '', number] = text.split('-');
  const actual = name === '' ? type : name;
  return { __typename: actual, of: actual, n: Number(number), given: reference };
}


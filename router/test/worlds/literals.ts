/** Random values of input types, as literals and as variables, with the coercions that GraphQL allows. */
import {
  type GraphQLInputType, type GraphQLList, type GraphQLNonNull, isEnumType, isInputObjectType, isListType, isNonNullType
} from 'graphql';
import type { Dice } from './dice.ts';

type Present = Exclude<GraphQLInputType, GraphQLNonNull<never> | { readonly ofType: unknown }> | GraphQLList<GraphQLInputType>;
const present = (type: GraphQLInputType): Present => (isNonNullType(type) ? type.ofType : type);

const TEXTS = ['', 'USD', 'with "quotes"', 'ünïcode ☃', 'back\\slash', 'two\nlines'];
const ID_NUMBERS = [0, 7, 12];
const DEPTH_MAX = 3;

export interface Variables {
  /** Uses one of this type, a new one or one that is there; its name with `$`. */
  use(type: GraphQLInputType): string;
}

/** A value for a place of this type; `variables` where it may hold variables. */
export function literal(type: GraphQLInputType, chance: Dice, variables: Variables | null, depth = 0): string {
  if (variables !== null && chance.chance(0.25)) return variables.use(type);
  if (!isNonNullType(type) && chance.chance(0.12)) return 'null';
  return presentLiteral(present(type), chance, variables, depth);
}

function presentLiteral(type: Present, chance: Dice, variables: Variables | null, depth: number): string {
  if (isListType(type)) {
    const single = present(type.ofType);
    // One value stands for a list of one, unless it is a list itself.
    if (!isListType(single) && chance.chance(0.2)) return presentLiteral(single, chance, null, depth + 1);
    return `[${Array.from({ length: chance.below(3) }, () => literal(type.ofType, chance, variables, depth + 1)).join(', ')}]`;
  }
  if (isEnumType(type)) return chance.one(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined) || (depth < DEPTH_MAX && chance.chance(0.4)));
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type, chance, variables, depth + 1)}`).join(', ')} }`;
  }
  return scalarLiteral(type.name, chance);
}

function scalarLiteral(name: string, chance: Dice): string {
  switch (name) {
    case 'Int': return String(chance.below(9) - 4);
    case 'Float': return chance.one(['3', '2.5', '-1e3', '0']);
    case 'Boolean': return String(chance.chance(0.5));
    case 'ID': return chance.one([...ID_NUMBERS.map(String), '"x-1"', '""']);
    case 'String': return chance.chance(0.1) ? '"""\n  block\n    "text"\n"""' : JSON.stringify(chance.one(TEXTS));
    default: return chance.one(['{ a: [1, { b: null }], c: "d" }', '"text"', '4.5', '[]', 'true', 'ENUMLIKE']);
  }
}

/** The same as JSON; undefined where it is left out. */
export function variableValue(type: GraphQLInputType, chance: Dice, depth = 0): unknown {
  if (!isNonNullType(type) && chance.chance(0.15)) return depth === 0 && chance.chance(0.5) ? undefined : null;
  return presentValue(present(type), chance, depth);
}

function presentValue(type: Present, chance: Dice, depth: number): unknown {
  if (isListType(type)) {
    const single = present(type.ofType);
    if (!isListType(single) && chance.chance(0.2)) return presentValue(single, chance, depth + 1);
    return Array.from({ length: chance.below(3) }, () => variableValue(type.ofType, chance, depth + 1) ?? null);
  }
  if (isEnumType(type)) return chance.one(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined) || (depth < DEPTH_MAX && chance.chance(0.4)));
    return Object.fromEntries(fields.map((field) => [field.name, variableValue(field.type, chance, depth + 1)]));
  }
  switch (type.name) {
    case 'Int': return chance.one([chance.below(9) - 4, 2.0]);
    case 'Float': return chance.one([3, 2.5, -1e3, 0]);
    case 'Boolean': return chance.chance(0.5);
    case 'ID': return chance.one([...ID_NUMBERS, 'x-1', '']);
    case 'String': return chance.one(TEXTS);
    default: return chance.one([{ a: [1, { b: null }] }, 'text', 4.5, [], true]);
  }
}

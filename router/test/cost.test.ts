/** What operations cost before they run. */
import { expect, test } from 'vitest';
import { buildSchema, type FragmentDefinitionNode, getOperationAST, Kind, parse } from 'graphql';
import { costModel, valueOf } from '../src/security/cost.ts';
import { linkedFeatures } from '../src/supergraph/features.ts';

const sdl = `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@cost", as: "@weighs" }, "@listSize"]) { query: Query mutation: Mutation }
  directive @link(url: String, import: [Import]) repeatable on SCHEMA
  scalar Import
  directive @weighs(weight: Int!) on FIELD_DEFINITION | OBJECT | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM | SCALAR
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  type Query { one: Thing many: [Thing] five: [Thing] @listSize(assumedSize: 5) first(first: Int = 3, after: String @weighs(weight: 7)): [Thing] @listSize(slicingArguments: ["first"])
    page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
    strict(first: Int, last: Int): [Thing] @listSize(slicingArguments: ["first", "last"], assumedSize: 4)
    within(by: Paging): [Thing] @listSize(slicingArguments: ["by.size.first"], assumedSize: 6, requireOneSlicingArgument: false) ids(ids: [ID!]): [Thing] @listSize(slicingArguments: ["ids"])
    found(filter: Filter, dear: Dear): Thing result(first: Int): Result @listSize(slicingArguments: ["first"], sizedFields: ["page { rows }"]) named: Named any: Any heavy: String @weighs(weight: 40) }
  type Mutation { change: Thing }
  type Thing { id: ID! big: Big things: [Thing!]! } type Big @weighs(weight: 20) { id: ID } union Any = Thing | Big
  input Paging { size: Size } input Size { first: Int = 8 } input Filter { name: String @weighs(weight: 3) or: [Filter!] dear: Dear }
  enum Dear @weighs(weight: 5) { YES } scalar Long @weighs(weight: 2) type Result { page: Rows } type Rows { rows: [Thing] long: Long }
  interface Named { name: String other: Named } type Cheap implements Named { name: String other: Named } type Costly implements Named { name: String @weighs(weight: 30) other: Named more: Big }
  type Page { edges: [Edge] total: Int } type Edge { node: Thing }`;

const document = parse(sdl);
const model = costModel(buildSchema(sdl, { assumeValidSDL: true, assumeValid: true }), linkedFeatures(document), 10);

function cost(text: string, variables: Record<string, unknown> = {}): number {
  const parsed = parse(text);
  const operation = getOperationAST(parsed);
  if (operation == null) throw new Error('no operation');
  const fragments = parsed.definitions.filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION);
  return valueOf(model.costOf(operation, Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]))).term, variables);
}

test.each([
  ['objects are one, leaves nothing', '{ one { id __typename } }', 1],
  ['a field may say its weight', '{ heavy }', 40],
  ['a type may say its weight', '{ one { big { id } } }', 21],
  ['what may be of several types costs the dearest', '{ any { __typename } }', 20],
  ['a list of unknown length is assumed', '{ many { id } }', 10],
  ['lists in lists multiply', '{ five { things { id } } }', 55],
  ['an argument may have a weight', '{ first(first: 1, after: "x") { id } }', 8],
  ['the default of a slicing argument counts', '{ first { id } }', 3],
  ['a connection’s edges are as many as asked for', '{ page(first: 4) { total edges { node { id } } } }', 9],
  ['fragments count where they are used', '{ one { ...f } five { ...f } } fragment f on Thing { big { id } }', 126],
  ['the largest slicing argument counts', '{ strict(first: 2, last: 9) { id } }', 9],
  ['a slicing argument may stand inside an input object, which is one itself', '{ within(by: { size: { first: 3 } }) { id } }', 5],
  ['the default of a field in an input object counts', '{ within(by: { size: {} }) { id } }', 10],
  ['a list without its slicing argument is as long as the schema assumes', '{ within { id } }', 6],
  ['a list of ids is as long as it is', '{ ids(ids: ["a", "b", "c"]) { id } }', 3],
  ['a size may be of a list further down', '{ result(first: 7) { page { rows { id } } } }', 9],
  ['an input object is one with what is in it, as often as it is there', '{ found(filter: { name: "x", or: [{ name: "y" }, {}] }, dear: YES) { id } }', 1 + 1 + 3 + 1 + 3 + 1 + 5],
  ['a scalar may say its weight', '{ result(first: 1) { page { long } } }', 4],
  ['a field behind an interface costs what the dearest kind asks for it', '{ named { name } }', 31],
  ['of kinds that exclude each other the dearest counts', '{ any { ... on Thing { id } ... on Big { id } } named { ... on Cheap { other { name } } ... on Costly { more { id } } } }', 20 + 1 + 31],
  ['what is skipped costs nothing', '{ one @skip(if: true) { id } five @include(if: false) { id } heavy }', 40],
  ['a mutation costs ten more', 'mutation { change { id } }', 11],
])('%s', (_, operation, expected) => expect(cost(operation)).toBe(expected));

test('what a condition leaves out costs nothing for these variables', () => {
  const query = 'query ($yes: Boolean!) { heavy @include(if: $yes) ... @skip(if: $yes) { one { id } } }';
  expect([cost(query, { yes: true }), cost(query, { yes: false })]).toEqual([40, 1]);
});

test('a variable counts with what is in it, as an input and as a size inside one', () => {
  expect(cost('query ($f: Filter) { found(filter: $f) { id } }', { f: { name: 'x', or: [{ dear: 'YES' }] } })).toBe(1 + 1 + 3 + 1 + 5);
  expect(cost('query ($p: Paging) { within(by: $p) { id } }', { p: { size: { first: 20 } } })).toBe(22);
  expect(cost('query ($p: Paging) { within(by: $p) { id } }')).toBe(6);
  expect(cost('query ($ids: [ID!]) { ids(ids: $ids) { id } }', { ids: ['a', 'b'] })).toBe(2);
});

test('a size below zero makes nothing cheaper', () => {
  expect(cost('{ first(first: -50) { id } heavy }')).toBe(40);
});

test.each([
  ['{ strict { id } }', ['strict']], ['{ strict(first: 1, last: 1) { id } }', ['strict']], ['{ strict(first: 1) { id } }', []], ['{ strict(first: null, last: 2) { id } }', []],
  ['{ first { id } within { id } }', []],
])('exactly one slicing argument is asked for where the schema does: %s', (query, fields) => {
  const operation = getOperationAST(parse(query));
  expect(operation == null ? null : model.costOf(operation, {}).unsliced.map(({ node }) => node.name.value)).toEqual(fields);
});

test('a slicing variable counts with its value', () => {
  expect(cost('query ($n: Int) { first(first: $n) { id } }', { n: 50 })).toBe(50);
});

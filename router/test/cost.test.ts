/** What operations cost before they run. */
import { expect, test } from 'vitest';
import { buildSchema, type FragmentDefinitionNode, getOperationAST, Kind, parse } from 'graphql';
import { costModel } from '../src/security/cost.ts';
import { linkedFeatures } from '../src/supergraph/features.ts';

const sdl = `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@cost", as: "@weighs" }, "@listSize"]) { query: Query mutation: Mutation }
  directive @link(url: String, import: [Import]) repeatable on SCHEMA
  scalar Import
  directive @weighs(weight: Int!) on FIELD_DEFINITION | OBJECT | ARGUMENT_DEFINITION
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  type Query { one: Thing many: [Thing] five: [Thing] @listSize(assumedSize: 5) first(first: Int = 3, after: String @weighs(weight: 7)): [Thing] @listSize(slicingArguments: ["first"])
    page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"]) any: Any heavy: String @weighs(weight: 40) }
  type Mutation { change: Thing }
  type Thing { id: ID! big: Big things: [Thing!]! } type Big @weighs(weight: 20) { id: ID } union Any = Thing | Big
  type Page { edges: [Edge] total: Int } type Edge { node: Thing }`;

const document = parse(sdl);
const model = costModel(buildSchema(sdl, { assumeValidSDL: true, assumeValid: true }), linkedFeatures(document), 10);

function cost(text: string, variables: Record<string, unknown> = {}): number {
  const parsed = parse(text);
  const operation = getOperationAST(parsed);
  if (operation == null) throw new Error('no operation');
  const fragments = parsed.definitions.filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION);
  return model.costOf(operation, Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment])), variables);
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
  ['a mutation costs ten more', 'mutation { change { id } }', 11],
])('%s', (_, operation, expected) => expect(cost(operation)).toBe(expected));

test('a slicing variable counts with its value', () => {
  expect(cost('query ($n: Int) { first(first: $n) { id } }', { n: 50 })).toBe(50);
});

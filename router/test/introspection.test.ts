/** What clients are told of the schema: all of the API schema and nothing else. And supergraphs of Federation 1, which say it in older words. */
import { buildSchema, execute, getIntrospectionQuery, parse } from 'graphql';
import { expect, test } from 'vitest';
import { inProcess } from '../src/dial/in-process.ts';
import { ask, engineOf, federate } from './federation.ts';

const OLD = `
  schema @core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1") { query: Query }
  directive @core(feature: String!) repeatable on SCHEMA
  directive @join__field(graph: join__Graph, provides: join__FieldSet, requires: join__FieldSet) on FIELD_DEFINITION
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  directive @join__owner(graph: join__Graph!) on INTERFACE | OBJECT
  directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on INTERFACE | OBJECT
  scalar join__FieldSet
  enum join__Graph { ACCOUNTS @join__graph(name: "accounts", url: "http://accounts.test") POSTS @join__graph(name: "posts", url: "http://posts.test") }
  type Query { user: User @join__field(graph: ACCOUNTS) }
  type User @join__owner(graph: ACCOUNTS) @join__type(graph: ACCOUNTS, key: "id") @join__type(graph: POSTS, key: "id") {
    id: ID! @join__field(graph: ACCOUNTS) name: String @join__field(graph: ACCOUNTS) posts: Int @join__field(graph: POSTS)
  }`;

test('a supergraph of Federation 1 is served, by the planner that can read it', async () => {
  const { subgraphs } = federate([
    { name: 'accounts', sdl: 'type Query { user: User } type User @key(fields: "id") { id: ID! name: String }', resolvers: { Query: { user: () => ({ id: '1', name: 'a' }) } } },
    { name: 'posts', sdl: 'type User @key(fields: "id") { id: ID! posts: Int }', resolvers: { User: { __resolveReference: ({ id }: { id: string }) => ({ id, posts: 3 }) } } },
  ]);
  const old = { sdl: OLD, dial: inProcess(subgraphs), subgraphs };
  const engine = await engineOf(old);
  expect(engine.planner).toBe('apollo');
  expect(await ask(engine, '{ user { name posts } __type(name: "User") { fields { name } } }'))
    .toEqual({ data: { user: { name: 'a', posts: 3 }, __type: { fields: [{ name: 'id' }, { name: 'name' }, { name: 'posts' }] } } });
  engine.close();
  await expect(engineOf(old, { planner: 'native' })).rejects.toThrow('the native planner does not support supergraphs of Federation 1');
});

const SDL = `"Where it begins" type Query { find(by: By, old: Int @deprecated(reason: "gone"), day: Day = "now"): Thing @deprecated things(mood: Mood = GOOD): [Thing!]! }
  "A day" scalar Day @specifiedBy(url: "https://example.com/day") input By @oneOf { id: ID name: String } enum Mood { GOOD BAD @deprecated(reason: "why") }
  interface Thing { id: ID! } "One kind" type Pen implements Thing { id: ID! color: String } union Any = Pen`;
const INTROSPECTION = getIntrospectionQuery({ descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true });

test('the introspection of every tool gets what one schema would say', async () => {
  const { sdl, dial, subgraphs } = federate([{ name: 'a', sdl: SDL.replace(' @specifiedBy(url: "https://example.com/day")', '').replace(' @oneOf', ''), resolvers: {} }]);
  // Composition drops what it does not know; other composers keep it.
  const whole = sdl.replace(/^scalar Day$/m, 'scalar Day @specifiedBy(url: "https://example.com/day")').replace(/^scalar Day\n/m, 'scalar Day @specifiedBy(url: "https://example.com/day")\n').replace(/^input By\n/m, 'input By @oneOf\n');
  const engine = await engineOf({ sdl: whole, dial, subgraphs }, { planner: 'native' });
  const expected = JSON.parse(JSON.stringify(await execute({ schema: buildSchema(SDL), document: parse(INTROSPECTION) }))) as object;
  expect(sorted(await ask(engine, INTROSPECTION))).toEqual(sorted(expected));
  const few = (await ask(engine, '{ __type(name: "Mood") { enumValues { name } } all: __type(name: "Mood") { enumValues(includeDeprecated: true) { name } } __typename }')).data;
  expect(few).toEqual({ __type: { enumValues: [{ name: 'GOOD' }] }, all: { enumValues: [{ name: 'GOOD' }, { name: 'BAD' }] }, __typename: 'Query' });
  engine.close();
});

/** Types and what they list come in no particular order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).toSorted((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}

/** Federation feature by feature: small graphs, an operation each, the answer that one schema would give; with either planner. */
import { describe, expect, test } from 'vitest';
import { ask, engineOf, federate, type Part } from './federation.ts';

type Fields = Record<string, unknown>;
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const refers = (find: (reference: Fields) => Fields | null = (reference) => reference): Fields => ({ __resolveReference: find });

interface Feature {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly data: unknown;
}

const part = (name: string, sdl: string, resolvers: Record<string, Fields> = {}): Part => ({ name, sdl, resolvers });

const features: readonly Feature[] = [
  {
    name: 'a key that is null stops there, and its siblings go on',
    parts: [
      part('a', 'type Query { things: [Thing] } type Thing @key(fields: "code") { code: String }', { Query: { things: () => [{ code: 'x' }, { code: null }, { code: 'y' }] } }),
      part('b', 'type Thing @key(fields: "code") { code: String size: Int }', { Thing: { ...refers(), size: ({ code }: { code: string | null }) => (code === null ? null : code.length) } }),
    ],
    query: '{ things { code size } }', data: { things: [{ code: 'x', size: 1 }, { code: null, size: null }, { code: 'y', size: 1 }] },
  },
  {
    name: 'several keys lead through a subgraph that knows both',
    parts: [
      part('a', 'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! }', { Query: { thing: () => ({ id: '1' }) }, Thing: refers() }),
      part('b', 'type Thing @key(fields: "id") @key(fields: "code { text }") { id: ID! code: Code } type Code @shareable { text: String }', { Thing: refers(({ id }) => ({ id, code: { text: `c${String(id)}` } })) }),
      part('c', 'type Thing @key(fields: "code { text }") { code: Code name: String } type Code @shareable { text: String }', { Thing: refers(({ code }) => ({ name: `named ${(code as { text: string }).text}` })) }),
    ],
    query: '{ thing { name } }', data: { thing: { name: 'named c1' } },
  },
  {
    name: 'a list inside a key',
    parts: [
      part('a', 'type Query { basket: Basket } type Basket @key(fields: "items { id }") { items: [Item!]! } type Item @key(fields: "id") { id: ID! }', { Query: { basket: () => ({ items: [{ id: '1' }, { id: '2' }] }) }, Item: refers() }),
      part('b', 'type Basket @key(fields: "items { id }") { items: [Item!]! count: Int } type Item @key(fields: "id") { id: ID! }', { Basket: refers((reference) => ({ ...reference, count: (reference['items'] as unknown[]).length })), Item: refers() }),
    ],
    query: '{ basket { count } }', data: { basket: { count: 2 } },
  },
  {
    name: 'a subgraph that says less about a value type is completed elsewhere',
    parts: [
      part('a', 'type Query { user: User } type User @key(fields: "id") { id: ID! address: Address @shareable } type Address @shareable { city: String zip: String }', { Query: { user: () => ({ id: '1', address: { city: 'c', zip: 'z' } }) }, User: refers(({ id }) => ({ id, address: { city: 'c', zip: 'z' } })) }),
      part('b', 'type Query { other: User } type User @key(fields: "id") { id: ID! address: Address @shareable } type Address @shareable { city: String }', { Query: { other: () => ({ id: '1', address: { city: 'c' } }) }, User: refers(({ id }) => ({ id, address: { city: 'c' } })) }),
    ],
    query: '{ other { address { city zip } } }', data: { other: { address: { city: 'c', zip: 'z' } } },
  },
  {
    name: 'requires of a nested selection with kinds of an interface',
    parts: [
      part('a', `type Query { box: Box } type Box @key(fields: "id") { id: ID! content: Content } interface Content { weight: Int }
        type Solid implements Content { weight: Int hard: Boolean } type Fluid implements Content { weight: Int thick: Boolean }`,
      { Query: { box: () => ({ id: '1', content: { __typename: 'Solid', weight: 3, hard: true } }) }, Content: typed, Box: refers(({ id }) => ({ id, content: { __typename: 'Solid', weight: 3, hard: true } })) }),
      part('b', `type Box @key(fields: "id") { id: ID! content: Content @external label: String @requires(fields: "content { weight ... on Solid { hard } ... on Fluid { thick } }") }
        interface Content { weight: Int } type Solid implements Content { weight: Int @external hard: Boolean @external } type Fluid implements Content { weight: Int @external thick: Boolean @external }`,
      { Content: typed, Box: { ...refers(), label: ({ content }: { content: { weight: number; hard: boolean } }) => `${content.weight} ${content.hard}` } }),
    ],
    query: '{ box { label } }', data: { box: { label: '3 true' } },
  },
  {
    name: 'members of a union that a subgraph does not know are simply not there',
    parts: [
      part('a', 'type Query { all: [Any!] } union Any = A | B type A { x: Int } type B { y: Int }', { Query: { all: () => [{ __typename: 'A', x: 1 }, { __typename: 'B', y: 2 }] }, Any: typed }),
      part('b', 'type Query { some: [Any!] } union Any = A | C type A @shareable { x: Int } type C { z: Int }', { Query: { some: () => [{ __typename: 'C', z: 3 }, { __typename: 'A', x: 4 }] }, Any: typed }),
    ].map((one, index) => (index === 0 ? { ...one, sdl: one.sdl.replace('type A {', 'type A @shareable {') } : one)),
    query: '{ all { ... on A { x } ... on B { y } ... on C { z } } some { ... on A { x } ... on B { y } ... on C { z } } }',
    data: { all: [{ x: 1 }, { y: 2 }], some: [{ z: 3 }, { x: 4 }] },
  },
  {
    name: 'input objects keep the fields that every subgraph knows, with coercion',
    parts: [
      part('a', 'type Query { a(filter: Filter): String } input Filter { low: Float = 1 tags: [String!] extra: Int }', { Query: { a: (_: unknown, { filter }: { filter: object }) => JSON.stringify(filter) } }),
      part('b', 'type Query { b(filter: Filter): String } input Filter { low: Float = 1 tags: [String!] }', { Query: { b: (_: unknown, { filter }: { filter: object }) => JSON.stringify(filter) } }),
    ],
    query: 'query ($tags: [String!]) { a(filter: { tags: $tags }) b(filter: { low: 2, tags: "one" }) }', variables: { tags: 'solo' },
    data: { a: '{"low":1,"tags":["solo"]}', b: '{"low":2,"tags":["one"]}' },
  },
  {
    name: 'an enum value that clients may not see is null, and not an answer',
    parts: [part('a', 'type Query { moods: [Mood] } enum Mood { GOOD BAD @inaccessible }', { Query: { moods: () => ['GOOD', 'BAD'] } })],
    query: '{ moods }', data: { moods: ['GOOD', null] },
  },
  {
    name: 'circles of references end where the client ends them',
    parts: [
      part('a', 'type Query { user: User } type User @key(fields: "id") { id: ID! posts: [Post!] } type Post @key(fields: "id") { id: ID! }', { Query: { user: () => ({ id: '1' }) }, User: refers(({ id }) => ({ id, posts: [{ id: 'p' }] })), Post: refers() }),
      part('b', 'type Post @key(fields: "id") { id: ID! author: User } type User @key(fields: "id") { id: ID! name: String }', { Post: refers(({ id }) => ({ id, author: { id: '1', name: 'n' } })), User: refers(({ id }) => ({ id, name: 'n' })) }),
    ].map((one, index) => (index === 0 ? { ...one, resolvers: { ...one.resolvers, User: { ...refers(), posts: () => [{ id: 'p' }] } } } : one)),
    query: '{ user { name posts { author { name posts { author { name } } } } } }', data: { user: { name: 'n', posts: [{ author: { name: 'n', posts: [{ author: { name: 'n' } }] } }] } },
  },
];

describe.each(['native', 'apollo'] as const)('with the %s planner', (planner) => {
  test.each(features)('$name', async ({ parts, query, variables, data }) => {
    const engine = await engineOf(federate(parts), { planner });
    const reply = await ask(engine, query, variables);
    engine.close();
    expect(reply.data).toEqual(data);
  });

  test('mutations of several subgraphs run in the client’s order', async () => {
    const ran: string[] = [];
    const does = (name: string) => ({ Mutation: { [name]: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ran.push(name);
      return ran.length;
    } } });
    const engine = await engineOf(federate([
      part('a', 'type Query { x: Int } type Mutation { one: Int three: Int }', { Mutation: { ...does('one').Mutation, ...does('three').Mutation } }), part('b', 'type Mutation { two: Int }', does('two')),
    ]), { planner });
    expect((await ask(engine, 'mutation { one two again: three }')).data).toEqual({ one: 1, two: 2, again: 3 });
    engine.close();
  });
});

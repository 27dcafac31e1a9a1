/** `@defer`: the rest of the answer does not wait for what is deferred, and parts say where they belong. */
import { describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine.ts';
import { contextOf, engineOf, federate, type Part, type Reply, someone } from './federation.ts';

interface Payload extends Reply {
  readonly hasNext: boolean;
  readonly incremental?: readonly { readonly label?: string; readonly path: readonly (string | number)[]; readonly data: unknown; readonly errors?: Reply['errors'] }[];
}

const byText = (left = '', right = ''): number => left.localeCompare(right);
const gate = () => Promise.withResolvers<void>();
let slow = gate();

const parts: readonly Part[] = [
  {
    name: 'users', sdl: `type Query { user: User! users: [User!]! nobody: User things: [Thing] } type Mutation { rename: User }
      type User @key(fields: "id") { id: ID! name: String } union Thing = User | Note type Note { text: String }`,
    resolvers: {
      Query: {
        user: () => ({ id: '1', name: 'a' }), users: () => ['1', '2'].map((id) => ({ id, name: `n${id}` })), nobody: () => null,
        things: () => [{ __typename: 'User', id: '1', name: 'a' }, { __typename: 'Note', text: 't' }],
      },
      Mutation: { rename: () => ({ id: '1', name: 'b' }) },
      Thing: { __resolveType: ({ __typename }: { __typename: string }) => __typename }, User: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `n${id}` }) },
    },
  },
  {
    name: 'posts', sdl: `type User @key(fields: "id") { id: ID! posts: [Post!] score: Int! secret: String @authenticated } type Post @key(fields: "id") { id: ID! title: String }`,
    resolvers: {
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id }), secret: () => 'hidden',
        posts: async ({ id }: { id: string }) => {
          await slow.promise;
          return [{ id: `p${id}`, title: `t${id}` }];
        },
        score: ({ id }: { id: string }) => {
          if (id === '2') throw new Error('no score');
          return 10;
        },
      },
      Post: { __resolveReference: ({ id }: { id: string }) => ({ id, title: id }) },
    },
  },
  { name: 'likes', sdl: 'type Post @key(fields: "id") { id: ID! likes: Int }', resolvers: { Post: { __resolveReference: ({ id }: { id: string }) => ({ id }), likes: () => 3 } } },
];

async function start(engine: Engine, query: string, variables: Record<string, unknown> = {}): Promise<AsyncGenerator<Payload>> {
  const operation = engine.prepare(query, undefined);
  const variant = await engine.variant(operation, null, true);
  const answers = engine.executeInParts(variant, engine.variables(operation, variables), contextOf());
  return (async function* () {
    for await (const { text } of answers) yield JSON.parse(text) as Payload;
  })();
}

async function all(engine: Engine, query: string, variables?: Record<string, unknown>): Promise<Payload[]> {
  const payloads: Payload[] = [];
  for await (const payload of await start(engine, query, variables)) payloads.push(payload);
  return payloads;
}

const federation = federate(parts);

describe.each(['auto', 'apollo'] as const)('with the %s planner', (planner) => {
  test('the first part does not wait for the deferred one', async () => {
    const engine = await engineOf(federation, { planner });
    slow = gate();
    const answers = await start(engine, '{ user { name ... @defer(label: "rest") { posts { title likes } } } }');
    expect((await answers.next()).value).toEqual({ data: { user: { name: 'a' } }, hasNext: true });
    slow.resolve();
    expect((await answers.next()).value).toEqual({ incremental: [{ label: 'rest', path: ['user'], data: { posts: [{ title: 't1', likes: 3 }] } }], hasNext: false });
    expect((await answers.next()).done).toBe(true);
    engine.close();
  });
});

describe('deferred parts', () => {
  const ready = async (): Promise<Engine> => {
    slow = gate();
    slow.resolve();
    return engineOf(federation);
  };

  test('of a list come for each of its items, and an error takes no more than its own part', async () => {
    const payloads = await all(await ready(), 'query { people: users { name ...Score @defer } } fragment Score on User { points: score }');
    expect(payloads[0]).toEqual({ data: { people: [{ name: 'n1' }, { name: 'n2' }] }, hasNext: true });
    expect(payloads.slice(1)).toMatchObject([{
      incremental: [
        { path: ['people', 0], data: { points: 10 } },
        { path: ['people', 1], data: null, errors: [{ path: ['people', 1, 'points'], extensions: { code: 'INTERNAL' } }] },
      ], hasNext: false,
    }]);
    expect(payloads[1]?.incremental?.[0]).not.toHaveProperty('errors');
  });

  test('inside deferred parts come after them', async () => {
    const payloads = await all(await ready(), '{ user { ... @defer(label: "a") { posts { id ... @defer(label: "b") { likes } } } } }');
    expect(payloads[0]).toEqual({ data: { user: {} }, hasNext: true });
    expect(payloads.slice(1).flatMap(({ incremental }) => incremental)).toEqual([
      { label: 'a', path: ['user'], data: { posts: [{ id: 'p1' }] } }, { label: 'b', path: ['user', 'posts', 0], data: { likes: 3 } },
    ]);
    expect(payloads.at(-1)?.hasNext).toBe(false);
  });

  test('one fragment in two places is two parts', async () => {
    const payloads = await all(await ready(), '{ user { ...S @defer(label: "one") } users { ...S @defer } } fragment S on User { name }');
    expect(payloads.slice(1).flatMap(({ incremental }) => incremental?.map(({ path }) => path.join(' '))).toSorted(byText)).toEqual(['user', 'users 0', 'users 1']);
  });

  test('are sent with the rest where their condition says so', async () => {
    const query = 'query ($later: Boolean!) { user { name ... @defer(if: $later) { posts { title ... @defer { likes } } } } }';
    const engine = await ready();
    expect((await all(engine, query, { later: false }))[0]).toEqual({ data: { user: { name: 'a', posts: [{ title: 't1' }] } }, hasNext: true });
    expect((await all(engine, query, { later: true }))[0]).toEqual({ data: { user: { name: 'a' } }, hasNext: true });
    expect(await all(engine, '{ user { name ... @defer(if: false) { score } } }')).toEqual([{ data: { user: { name: 'a', score: 10 } }, hasNext: false }]);
  });

  test('are left out where @skip and @include leave them out', async () => {
    const query = 'query ($no: Boolean!) { user { name ... @defer @include(if: $no) { score } } nobody { ... @defer { score } } }';
    const payloads = await all(await ready(), query, { no: false });
    expect(payloads[0]).toMatchObject({ data: { user: { name: 'a' }, nobody: null } });
    expect(payloads.flatMap(({ incremental }) => incremental ?? [])).toEqual([]);
    expect(payloads.at(-1)?.hasNext).toBe(false);
  });

  test('of one kind of a union come only for that kind', async () => {
    const payloads = await all(await ready(), '{ things { __typename ... on User @defer { name score } } }');
    expect(payloads[0]?.data).toEqual({ things: [{ __typename: 'User' }, { __typename: 'Note' }] });
    expect(payloads.slice(1).flatMap(({ incremental }) => incremental)).toEqual([{ path: ['things', 0], data: { name: 'n1', score: 10 } }]);
  });

  test('of a mutation’s result are read after it', async () => {
    const payloads = await all(await ready(), 'mutation { rename { name ... @defer { score } } }');
    expect(payloads).toEqual([{ data: { rename: { name: 'b' } }, hasNext: true }, { incremental: [{ path: ['rename'], data: { score: 10 } }], hasNext: false }]);
  });

  test('hold nothing that the client may not read', async () => {
    const payloads = await all(await ready(), '{ user { ... @defer { score secret } } }');
    expect(payloads[0]?.errors).toMatchObject([{ path: ['user', 'secret'], extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(payloads[1]?.incremental).toMatchObject([{ data: { score: 10, secret: null } }]);
  });
});

test('a client that takes no parts gets the whole answer at once', async () => {
  const engine = await engineOf(federation);
  slow.resolve();
  const operation = engine.prepare('query ($yes: Boolean!) { user { name ...P @defer(if: $yes) } } fragment P on User { ... @defer { score } }', undefined);
  const { text } = await engine.execute(await engine.variant(operation, someone()), engine.variables(operation, { yes: true }), contextOf());
  expect(JSON.parse(text)).toEqual({ data: { user: { name: 'a', score: 10 } } });
});

test('@defer is offered only where it works, and not where order matters', async () => {
  const engine = await engineOf(federation, { planner: 'native' });
  expect(() => engine.prepare('{ user { ... @defer { name } } }', undefined)).toThrow('Unknown directive "@defer"');
  const auto = await engineOf(federation);
  expect(() => auto.prepare('mutation { ... @defer { rename { name } } }', undefined)).toThrow('@defer cannot be used on fields of the root type "Mutation"');
  expect(() => auto.prepare('{ user { ... @defer(label: "x") { name } } users { ... @defer(label: "x") { name } } }', undefined)).toThrow('only one @defer with the label "x"');
  expect(auto.api.getDirective('defer')?.locations).toEqual(['FRAGMENT_SPREAD', 'INLINE_FRAGMENT']);
  expect(engine.api.getDirective('defer')).toBeUndefined();
});

/** Progressive override and what planners cannot do: a field comes from the subgraph that the request's labels say, with either planner. */
import { describe, expect, test } from 'vitest';
import { ask, engineOf, federate, type Part, someone } from './federation.ts';

const from = (subgraph: string) => ({ __resolveReference: ({ id }: { id: string }) => ({ id }), early: () => subgraph, late: () => subgraph, named: () => subgraph, always: () => subgraph });
const parts: readonly Part[] = [
  { name: 'old', sdl: 'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! early: String late: String named: String always: String }', resolvers: { Query: { thing: () => ({ id: '1' }) }, Thing: from('old') } },
  {
    name: 'new', sdl: `type Thing @key(fields: "id") { id: ID! early: String @override(from: "old", label: "percent(30)") late: String @override(from: "old", label: "percent(70.5)")
      named: String @override(from: "old", label: "beta") always: String @override(from: "old") }`,
    resolvers: { Thing: from('new') },
  },
];
const federation = federate(parts);
const QUERY = '{ thing { early late named always } }';

describe.each(['native', 'apollo'] as const)('with the %s planner', (planner) => {
  test('a percentage is drawn once a request, and plans of different draws are not mixed up', async () => {
    const draws = [0, 29.999, 30, 70.4, 70.5, 99, 0];
    const engine = await engineOf(federation, { planner, overridePercentage: () => draws.shift() ?? 0 });
    const seen: unknown[] = [];
    while (draws.length > 0) seen.push((await ask(engine, QUERY)).data);
    const moved = (early: string, late: string): object => ({ thing: { early, late, named: 'old', always: 'new' } });
    expect(seen).toEqual([
      moved('new', 'new'), moved('new', 'new'), moved('old', 'new'), moved('old', 'new'), moved('old', 'old'), moved('old', 'old'), moved('new', 'new'),
    ]);
    engine.close();
  });

  test('any other label is decided by a function over the principal', async () => {
    const asked: string[] = [];
    const engine = await engineOf(federation, {
      planner, overridePercentage: () => 99,
      overrideLabels: (label, principal) => {
        asked.push(label);
        return principal?.subject === 'usr_1';
      },
    });
    expect((await ask(engine, QUERY, {}, someone())).data).toEqual({ thing: { early: 'old', late: 'old', named: 'new', always: 'new' } });
    expect((await ask(engine, QUERY)).data).toEqual({ thing: { early: 'old', late: 'old', named: 'old', always: 'new' } });
    expect(new Set(asked)).toEqual(new Set(['beta']));
    engine.close();
  });
});

test('a percentage of requests goes to the new subgraph when nobody decides', async () => {
  const engine = await engineOf(federation);
  const seen = await Promise.all(Array.from({ length: 200 }, async () => ((await ask(engine, '{ thing { early } }')).data as { thing: { early: string } }).thing.early));
  expect(new Set(seen)).toEqual(new Set(['old', 'new']));
  engine.close();
});

describe('what a planner cannot do is refused by name', () => {
  const withLink = (link: string): string => federation.sdl.replace('schema\n', `schema\n  ${link}\n`);

  test('a specification that is needed for execution or security and is not known', async () => {
    await expect(engineOf({ ...federation, sdl: withLink('@link(url: "https://example.com/masking/v0.3", for: SECURITY)') })).rejects.toThrow('the supergraph needs https://example.com/masking/v0.3 for SECURITY');
    await expect(engineOf({ ...federation, sdl: withLink('@link(url: "https://example.com/notes/v0.3")') })).resolves.toMatchObject({ planner: 'native' });
  });

  test('connectors', async () => {
    const sdl = federation.sdl.replace('thing: Thing', 'thing: Thing @join__directive(graphs: [OLD], name: "connect", args: { http: { GET: "/things" } })');
    await expect(engineOf({ ...federation, sdl })).rejects.toThrow('@connect');
  });

  test('@context, where the native planner is wanted and no other', async () => {
    const contexts = federate([{
      name: 'a', sdl: `type Query { a: A } type A @key(fields: "id") @context(name: "a") { id: ID! unit: String! b: B! }
        type B @key(fields: "id") { id: ID! size(unit: String @fromContext(field: "$a { unit }")): String }`,
      resolvers: {
        Query: { a: () => ({ id: '1', unit: 'cm', b: { id: '2' } }) }, A: { __resolveReference: ({ id }: { id: string }) => ({ id, unit: 'cm', b: { id: '2' } }) },
        B: { __resolveReference: ({ id }: { id: string }) => ({ id }), size: (_: unknown, { unit }: { unit: string }) => `1 ${unit}` },
      },
    }]);
    await expect(engineOf(contexts, { planner: 'native' })).rejects.toThrow('@context');
    const engine = await engineOf(contexts);
    expect(engine.planner).toBe('apollo');
    expect((await ask(engine, '{ a { b { size } } }')).data).toEqual({ a: { b: { size: '1 cm' } } });
  });
});

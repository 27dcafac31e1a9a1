/** How large an operation and its input may be, what each limit says, and what is not told where suggestions are off. */
import { parse } from 'graphql';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { routerMetrics } from '../src/observe.ts';
import { checkSize, standardLimits } from '../src/security/limits.ts';
import { engineOf, federate, type Reply, ask, quiet } from './federation.ts';

const federation = federate([{
  name: 'library',
  sdl: `type Query { book(id: ID, filter: Filter, tags: [String!]): Book books(first: Int): [Book!] @listSize(slicingArguments: ["first"]) }
    enum Kind { NOVEL POEM } input Filter { title: String kinds: [Kind!] inner: Filter }
    type Book { id: ID title: String author: Person sequel: Book } type Person { name: String wrote: [Book!] }`,
  resolvers: { Query: { book: () => ({ id: '1', title: 'one' }), books: () => [] } },
}]);

const passed = (text: string, limits: Partial<typeof standardLimits>): string[] => {
  const found: string[] = [];
  checkSize(parse(text), { ...standardLimits, ...limits }, (limit, count, allowed) => void (count > allowed && found.push(`${limit} ${count}`)));
  return found;
};

describe('height', () => {
  test.each([
    ['is the number of different fields at their places', '{ book { id title author { name } } }', 5],
    ['does not grow with aliases or repetition', '{ a: book { id x: id id } b: book { id title } }', 3],
    ['does not grow with a fragment that is used twice at one place', '{ book { ...f ...f ... { ...f } } } fragment f on Book { id title }', 3],
    ['grows with a fragment that is used at two places', '{ book { ...f sequel { ...f } } } fragment f on Book { id title }', 6],
    ['does not count introspection', '{ __typename __schema { types { name } } book { __typename id } }', 2],
  ])('%s', (_, text, height) => {
    expect([passed(text, { heightMax: height }), passed(text, { heightMax: height - 1 })]).toEqual([[], [`height ${height}`]]);
  });

  test('of fragments that contain each other is found at once', () => {
    const names = Array.from({ length: 30 }, (_, index) => `F${index}`);
    const text = `{ ...F0 } ${names.map((name) => `fragment ${name} on Query { book { sequel { ${names.map((other) => `...${other}`).join(' ')} } } }`).join(' ')}`;
    expect(passed(text, { heightMax: 50, depthMax: 1_000 })).toContain('height 51');
  });
});

test('every operation of a document is measured, not only the one that runs', () => {
  expect(passed('query A { book { id } } query B { book { sequel { sequel { id } } } }', { depthMax: 3 })).toEqual(['depth 4']);
});

describe('input', () => {
  const told = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
    const engine = await engineOf(federation, { limits: { ...standardLimits, inputItemsMax: 3, inputCharactersMax: 10 } });
    try {
      return await ask(engine, query, variables);
    } catch (error) {
      return (error as { details?: unknown }).details;
    }
  };
  const long = 'x'.repeat(11);

  test('that is too long is refused by name, written out or as a variable, wherever it stands', async () => {
    expect(await told(`{ book(id: "${long}") { id } }`)).toEqual({ limit: 'input characters', found: 11, allowed: 10 });
    expect(await told('{ book(tags: ["a", "b", "c", "d"]) { id } }')).toEqual({ limit: 'input items', found: 4, allowed: 3 });
    expect(await told('query ($f: Filter) { book(filter: $f) { id } }', { f: { inner: { title: long } } })).toEqual({ limit: 'input characters', found: 11, allowed: 10 });
    expect(await told('query ($f: Filter) { book(filter: $f) { id } }', { f: { kinds: ['POEM', 'POEM', 'POEM', 'POEM'] } })).toEqual({ limit: 'input items', found: 4, allowed: 3 });
    expect(await told('query ($f: Filter) { book(filter: $f) { id } }', { f: { kinds: ['POEM'], title: 'short' } })).toEqual({ data: { book: { id: '1' } } });
  });

  test('that has many faults is told of so many', async () => {
    const engine = await engineOf(federation, { limits: { ...standardLimits, errorsMax: 2 } });
    const errors = (run: () => unknown): number => {
      try {
        run();
        return 0;
      } catch (error) {
        return (error as { errors: unknown[] }).errors.length;
      }
    };
    expect(errors(() => engine.prepare('{ a b c d e }', undefined))).toBe(3); // two, and that there are more
    const operation = engine.prepare('query ($f: Filter) { book(filter: $f) { id } }', undefined);
    expect(errors(() => engine.variables(operation, { f: { kinds: ['A', 'B', 'C', 'D'] } }))).toBe(3);
  });
});

describe('without suggestions', () => {
  const messages = async (suggestions: boolean): Promise<string> => {
    const engine = await engineOf(federation, { suggestions });
    const operation = engine.prepare('query ($f: Filter) { book(filter: $f) { id } }', undefined);
    const faults = [
      () => engine.prepare('{ book { titel } }', undefined), () => engine.prepare('{ book(filter: { titel: "x" }) { id } }', undefined), () => engine.prepare('{ book(filtr: null) { id } }', undefined),
      () => engine.prepare('{ book(filter: { kinds: [NOVL] }) { id } }', undefined), () => engine.variables(operation, { f: { titel: 'x' } }), () => engine.variables(operation, { f: { kinds: ['NOVL'] } }),
    ].map((fault) => {
      try {
        fault();
        return 'nothing';
      } catch (error) {
        return (error as Error).message;
      }
    });
    return faults.join('\n');
  };

  test('no error of a document or of its variables names what exists', async () => {
    expect((await messages(true)).match(/Did you mean/g)).toHaveLength(6);
    expect(await messages(false)).not.toMatch(/Did you mean|"title"|NOVEL|filter:/);
  });
});

test('a warning instead of a refusal is logged and counted; what must not reach the validator is refused all the same', async () => {
  const metrics = routerMetrics(new Registry());
  const warned: object[] = [];
  const limits = { ...standardLimits, warnOnly: true, depthMax: 1, aliasesMax: 1, costMax: 1, fieldsMax: 6, inputItemsMax: 1 };
  const engine = await engineOf(federation, { limits, metrics, logger: { ...quiet, warn: (fields) => void warned.push(fields) } });
  const reply: Reply = await ask(engine, '{ a: book(tags: ["x", "y"]) { id } b: book { id } }');
  expect(reply).toEqual({ data: { a: { id: '1' }, b: { id: '1' } } });
  expect(warned).toEqual([['depth', 2, 1], ['aliases', 2, 1], ['input items', 2, 1], ['cost', 2, 1]].map(([limit, found, allowed]) => ({ limit, found, allowed })));
  expect((await metrics.limited.get()).values.map(({ labels, value }) => [labels.limit, value])).toEqual([['depth', 1], ['aliases', 1], ['input items', 1], ['cost', 1]]);
  expect(() => engine.prepare('{ book { id title sequel { id title sequel { id } } } }', undefined)).toThrow('fields');
});

test('where the schema wants exactly one slicing argument an operation must say it, unless cost is only measured', async () => {
  const engine = await engineOf(federation);
  expect(() => engine.prepare('{ books { id } }', undefined)).toThrow('the field "books" must be given exactly one of these arguments: first');
  const measuring = await engineOf(federation, { limits: { ...standardLimits, costMode: 'measure', costMax: 1 } });
  expect(await ask(measuring, '{ books { id } }')).toEqual({ data: { books: [] } });
  expect(measuring.cost(measuring.prepare('{ books(first: 7) { id } }', undefined), {})).toBe(7);
});

/** Several operations in one request, where that is on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { federate } from './federation.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ settings: { http: { batching: { enabled: true, operationsMax: 4 } } } });
});
afterAll(() => shop.router.close());

interface One { data?: unknown; errors?: { message: string; extensions: Record<string, unknown> }[] }
const batch = async (operations: unknown[], headers: Record<string, string> = {}): Promise<One[]> => {
  const response = await shop.post(operations, headers);
  expect(response.status).toBe(200);
  return await response.json() as One[];
};

test('is refused where it is off', async () => {
  const plain = await openShop();
  const response = await plain.post([{ query: '{ __typename }' }]);
  expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ message: 'batches of operations are not accepted', extensions: { code: 'BAD_USER_INPUT' } }] }]);
  await plain.router.close();
});

describe('a batch', () => {
  test('is answered in its order, with the type that the client prefers', async () => {
    const response = await shop.post([3, 1, 2].map((id) => ({ query: 'query ($id: ID!) { product(id: $id) { price } }', variables: { id } })));
    expect(response.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await response.json()).toEqual([300, 100, 200].map((price) => ({ data: { product: { price } } })));
  });

  test('fails one by one: what is not valid, not there, not allowed or a subscription leaves the others alone', async () => {
    expect(await batch([{ query: '{ nothing }' }, { query: '{ product(id: 1) { name } }' }, 7, { query: 'subscription { productChanged { name } }' }])).toMatchObject([
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }, { data: { product: { name: 'product 1' } } },
      { errors: [{ message: 'the body must be a JSON object' }] }, { errors: [{ message: 'a subscription cannot be part of a batch' }] },
    ]);
    expect(await batch([{ query: '{ things { id } }' }, { query: '{ __typename }' }])).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }, { data: { __typename: 'Query' } }]);
    expect(await batch([[{ query: '{ __typename }' }]])).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
  });

  test('is not empty, and not larger than allowed', async () => {
    expect((await shop.post([])).status).toBe(400);
    const large = await shop.post(Array.from({ length: 5 }, () => ({ query: '{ __typename }' })));
    expect([large.status, await large.json()]).toMatchObject([400, { errors: [{ message: 'a batch may hold 4 operations', extensions: { found: 5, allowed: 4 } }] }]);
  });

  test('uses the rate once for each operation, and those beyond it are refused alone', async () => {
    const busy = await openShop({ settings: { http: { batching: { enabled: true } }, rate: { points: 3, windowSeconds: 60 } } });
    const response = await busy.post(Array.from({ length: 5 }, () => ({ query: '{ __typename }' })));
    const answers = await response.json() as One[];
    expect(answers.map(({ errors }) => errors?.[0]?.extensions['code'] ?? 'ok')).toEqual(['ok', 'ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(response.headers.get('ratelimit')).toMatch(/r=0/);
    await busy.router.close();
  });

  test('is noted operation by operation', async () => {
    const count = async (): Promise<number> => Number(/requests_total\{operation="query",via="http",outcome="ok"\} (\d+)/.exec(await shop.registry.metrics())?.[1] ?? 0);
    const before = await count();
    await batch([{ query: '{ __typename }' }, { query: '{ __typename }' }, { query: '{ __typename }' }]);
    expect(await count()).toBe(before + 3);
  });

  test('runs in order as soon as one operation changes something, so that a read sees what was written before it', async () => {
    const seen: string[] = [];
    let value = 0;
    const later = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
    const counter = federate([{
      name: 'counter', sdl: 'type Query { value: Int! } type Mutation { add(n: Int!): Int! }',
      resolvers: {
        Query: { value: () => {
          seen.push('read');
          return value;
        } },
        Mutation: { add: async (_: unknown, { n }: { n: number }) => {
          seen.push(`begin ${n}`);
          for (let turn = 0; turn < 4 - n; turn += 1) await later();
          value += n;
          seen.push(`end ${n}`);
          return value;
        } },
      },
    }]);
    const ordered = await openShop({ supergraph: { kind: 'text', sdl: counter.sdl }, dial: counter.dial, settings: { http: { batching: { enabled: true } } } });
    const answers = await (await ordered.post([{ query: '{ value }' }, { query: 'mutation { add(n: 1) }' }, { query: 'mutation { add(n: 2) }' }, { query: '{ value }' }])).json();
    expect(answers).toEqual([{ data: { value: 0 } }, { data: { add: 1 } }, { data: { add: 3 } }, { data: { value: 3 } }]);
    expect(seen).toEqual(['read', 'begin 1', 'end 1', 'begin 2', 'end 2', 'read']);
    await ordered.router.close();
  });
});

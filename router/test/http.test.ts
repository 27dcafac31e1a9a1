/** The front door over HTTP: statuses, types, limits, who may read what. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ settings: { rate: { points: 10_000, windowSeconds: 60 } } });
});
afterAll(() => shop.router.close());

const get = (search: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${shop.router.url}/graphql?${new URLSearchParams(search).toString()}`, { headers: { 'apollo-require-preflight': '1', ...headers } });
const reader = { authorization: 'Bearer reader' };

describe('GraphQL over HTTP', () => {
  test('a query by POST and by GET gives the same answer', async () => {
    const query = '{ products(first: 2) { name price } }';
    const expected = { data: { products: [{ name: 'product 1', price: 100 }, { name: 'product 2', price: 200 }] } };
    expect(await (await shop.post({ query })).json()).toEqual(expected);
    expect(await (await get({ query })).json()).toEqual(expected);
  });

  test('the media type is the one that the client prefers', async () => {
    const typeFor = async (accept: string): Promise<string | null> => (await shop.post({ query: '{ __typename }' }, { accept })).headers.get('content-type');
    expect(await typeFor('application/json')).toBe('application/json; charset=utf-8');
    expect(await typeFor('*/*')).toBe('application/json; charset=utf-8');
    expect(await typeFor('application/json;q=0.5, application/graphql-response+json')).toBe('application/graphql-response+json; charset=utf-8');
    expect((await shop.post({ query: '{ __typename }' }, { accept: 'text/html' })).status).toBe(406);
  });

  test('an operation that is not valid is 400, and 200 for a client that only knows JSON', async () => {
    const wrong = { query: '{ nothing }' };
    expect((await shop.post(wrong)).status).toBe(400);
    const old = await shop.post(wrong, { accept: 'application/json' });
    expect(old.status).toBe(200);
    expect(await old.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
  });

  test('a body that is no request is 400, of another type 415', async () => {
    expect((await shop.post([] as object)).status).toBe(400);
    expect((await shop.post({ query: 7 })).status).toBe(400);
    expect((await shop.post({ query: '{ __typename }', variables: [] })).status).toBe(400);
    const plain = await fetch(`${shop.router.url}/graphql`, { method: 'POST', body: 'query', headers: { 'content-type': 'application/x-yaml' } });
    expect(plain.status).toBe(415);
  });

  test('a mutation by GET is refused with the method that it takes', async () => {
    const response = await get({ query: 'mutation { addProduct(name: "x") { id } }' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('variables are checked before anything is fetched', async () => {
    const query = 'query ($id: ID!) { product(id: $id) { name } }';
    expect(await (await shop.post({ query, variables: { id: '2' } })).json()).toEqual({ data: { product: { name: 'product 2' } } });
    expect(await (await shop.post({ query })).json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('mutations run one after another', async () => {
    expect(await shop.ask('mutation { second first }')).toEqual({ data: { second: 2, first: 1 } });
  });

  test('a correlation id is given back, the client’s own if it has one', async () => {
    expect((await shop.post({ query: '{ __typename }' })).headers.get('x-correlation-id')).toMatch(/^[\da-f-]{36}$/);
    expect((await shop.post({ query: '{ __typename }' }, { 'x-correlation-id': 'my-request-1' })).headers.get('x-correlation-id')).toBe('my-request-1');
  });
});

describe('errors', () => {
  test('what a subgraph throws by accident is masked, with the id that finds it', async () => {
    const { errors, ...rest } = await shop.ask('{ broken }', { 'x-correlation-id': 'find-me-1' });
    expect(rest).toEqual({ data: null });
    expect(errors).toEqual([{ message: expect.not.stringContaining('hunter2') as string, path: ['broken'], extensions: { code: 'INTERNAL', correlationId: 'find-me-1' } }]);
  });

  test('a value that its scalar refuses is told to the client, who sent it', async () => {
    expect(await shop.ask('{ half(of: 4) }')).toEqual({ data: { half: 2 } });
    expect((await shop.ask('{ half(of: 5) }')).errors).toMatchObject([{ path: ['half'], extensions: { code: 'BAD_USER_INPUT' } }]);
    const variable = await (await shop.post({ query: 'query ($n: Even) { half(of: $n) }', variables: { n: 7 } })).json();
    expect(variable).toMatchObject({ data: { half: null }, errors: [{ path: ['half'], message: expect.stringContaining('an even number is needed') as string, extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('a code of the contract passes', async () => {
    expect(await shop.ask('{ refused }')).toEqual({ data: { refused: null }, errors: [{ message: 'sign in first', path: ['refused'], extensions: { code: 'UNAUTHENTICATED' } }] });
  });
});

describe('authorisation', () => {
  test('a token that does not verify refuses the whole request', async () => {
    const response = await shop.post({ query: '{ __typename }' }, { authorization: 'Bearer nobody' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test('a field that may not be read is null, and the client is told which', async () => {
    expect(await shop.ask('{ owner { name address: email } }')).toEqual({
      data: { owner: { name: 'Ann', address: null } },
      errors: [{ message: expect.any(String) as string, path: ['owner', 'address'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(await shop.ask('{ owner { email } }', reader)).toEqual({ data: { owner: { email: 'ann@shop.example' } } });
    expect((await shop.ask('{ products { cost } }', reader)).errors).toMatchObject([{ path: ['products', '@', 'cost'], extensions: { code: 'FORBIDDEN' } }]);
    expect(await shop.ask('{ product(id: 1) { cost margin } }', { authorization: 'Bearer buyer' })).toEqual({ data: { product: { cost: 60, margin: 40 } } });
  });

  test('an operation of which nothing may be read is refused as a whole, and says why by its status', async () => {
    const query = '{ things { id } }';
    expect((await shop.post({ query })).status).toBe(401);
    const forbidden = await shop.post({ query }, reader);
    expect([forbidden.status, await forbidden.json()]).toMatchObject([403, { errors: [{ path: ['things'], extensions: { code: 'FORBIDDEN' } }] }]);
    expect((await shop.post({ query }, { authorization: 'Bearer guard' })).status).toBe(200);
  });
});

describe('protection', () => {
  test('a request that a page of another site could send is refused', async () => {
    const forged = (headers: Record<string, string>): Promise<Response> => fetch(`${shop.router.url}/graphql?query={__typename}`, { headers });
    expect((await forged({})).status).toBe(400);
    expect((await forged({ 'apollo-require-preflight': '1' })).status).toBe(200);
    expect((await forged({ 'x-apollo-operation-name': 'x' })).status).toBe(200);
    const form = await fetch(`${shop.router.url}/graphql`, { method: 'POST', body: '{"query":"{__typename}"}', headers: { 'content-type': 'text/plain' } });
    expect(form.status).toBeGreaterThanOrEqual(400);
  });

  test('a persisted query is known after it was sent once', async () => {
    const query = '{ product(id: 3) { name } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    expect(await (await shop.post({ extensions })).json()).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
    expect(await (await shop.post({ query, extensions })).json()).toEqual({ data: { product: { name: 'product 3' } } });
    expect(await (await shop.post({ extensions })).json()).toEqual({ data: { product: { name: 'product 3' } } });
    expect((await shop.post({ query: '{ __typename }', extensions })).status).toBe(400);
  });

  test('names that mean something else in an object are refused', async () => {
    expect(await shop.ask('{ __proto__: products { name } }')).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await shop.ask('{ constructor: broken }')).toMatchObject({ data: null });
    expect(({} as Record<string, unknown>)['name']).toBeUndefined();
  });
});

describe('limits', () => {
  const told = async (query: string): Promise<unknown> => (await shop.ask(query)).errors?.[0]?.extensions;

  test('each limit is named when it is passed', async () => {
    const small = await openShop({ settings: { limits: { depthMax: 2, aliasesMax: 2, rootFieldsMax: 2, tokensMax: 60, bodyBytesMax: 2_000, costMax: 20, directivesMax: 1 } } });
    const limitOf = async (query: string): Promise<unknown> => (await small.ask(query)).errors?.[0]?.extensions;
    expect(await limitOf('{ products(first: 2) { name } }')).toBeUndefined();
    expect(await limitOf('{ a: __typename b: __typename }')).toBeUndefined();
    expect(await limitOf('{ a: __typename b: __typename c: __typename }')).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit: 'aliases' });
    expect(await limitOf('{ slow refused owner { id } }')).toMatchObject({ limit: 'root fields' });
    expect(await limitOf(`{ ${'slow '.repeat(100)} }`)).toMatchObject({ limit: 'tokens' });
    expect(await limitOf('{ products(first: 30) { name } }')).toMatchObject({ limit: 'cost' });
    expect(await limitOf('{ slow @skip(if: true) refused @skip(if: true) }')).toMatchObject({ limit: 'directives' });
    const large = await small.post({ query: '{ __typename }', extensions: { padding: 'x'.repeat(3_000) } });
    expect([large.status, await large.json()]).toMatchObject([413, { errors: [{ extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'body bytes' } }] }]);
    await small.router.close();
  });

  test('depth counts through fragments, and fragments that double each other are refused at once', async () => {
    const bomb = Array.from({ length: 40 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ');
    expect(await told(`{ ...F0 } ${bomb} fragment F40 on Query { __typename }`)).toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
    expect(await told(`{ ...F0 } ${bomb} fragment F40 on Query { ...F0 }`)).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  test('a client over its rate is told when to come back, and others are not concerned', async () => {
    const busy = await openShop({ settings: { rate: { points: 3, windowSeconds: 60 } } });
    const responses = [];
    for (let request = 0; request < 4; request += 1) responses.push(await busy.post({ query: '{ __typename }' }, reader));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(responses[0]?.headers.get('ratelimit-policy')).toBe('"client";q=3;w=60');
    expect(responses[0]?.headers.get('ratelimit')).toMatch(/^"client";r=2;t=\d+$/);
    expect(Number(responses[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    const body = await responses[3]?.json() as { errors: { extensions: { code: string; retryAfterMs: number } }[] };
    expect(body.errors[0]?.extensions.code).toBe('RATE_LIMITED');
    expect(body.errors[0]?.extensions.retryAfterMs).toBeGreaterThan(0);
    expect((await busy.post({ query: '{ __typename }' }, { authorization: 'Bearer buyer' })).status).toBe(200);
    await busy.router.close();
  });
});

describe('the house around it', () => {
  test('health and metrics answer', async () => {
    expect((await fetch(`${shop.router.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${shop.router.url}/health/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${shop.router.url}/metrics`)).text();
    expect(metrics).toContain('pms_router_requests_total{operation="query",via="http",outcome="ok"}');
    expect(metrics).toContain('pms_router_fetches_total{subgraph="stock",outcome="ok"}');
  });

  test.each([
    ['an answer', '/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}' }, true], ['a refusal', '/graphql', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{' }, true],
    ['another method', '/graphql', { method: 'DELETE' }, true], ['a page', '/graphiql', {}, false], ['health', '/health/live', {}, false], ['nothing', '/nothing', {}, false],
  ])('%s cannot be framed, guessed at or followed, and does not say who serves it', async (_, path, request, bare) => {
    const { headers } = await fetch(shop.router.url + path, request);
    expect(headers.get('content-security-policy')).toContain(bare ? "default-src 'none'; frame-ancestors 'none'" : "frame-ancestors 'none'");
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual(['nosniff', 'no-referrer']);
    expect(['server', 'x-powered-by', 'strict-transport-security'].map((name) => headers.get(name)), 'no banner, and plain HTTP is not locked out').toEqual([null, null, null]);
  });

  test('people get GraphiQL, from this server alone', async () => {
    const page = await fetch(shop.router.url, { headers: { accept: 'text/html' } });
    expect(new URL(page.url).pathname).toBe('/graphiql');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '').filter((file) => !file.startsWith('data:'));
    expect(files.every((file) => file.startsWith('/graphiql/'))).toBe(true);
    const statuses = await Promise.all([...files, '/graphiql/editor.worker.js', '/graphiql/json.worker.js', '/graphiql/graphql.worker.js'].map(async (file) => (await fetch(shop.router.url + file)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(new URL((await fetch(`${shop.router.url}/graphql`, { headers: { accept: 'text/html,*/*;q=0.8' } })).url).pathname).toBe('/graphiql');
  });

  test('in production the schema, suggestions and GraphiQL are hidden', async () => {
    const hidden = await openShop({ production: true });
    expect((await hidden.ask('{ __schema { types { name } } }')).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await hidden.ask('{ product(id: 1) { nam } }')).errors?.[0]?.message).not.toContain('Did you mean');
    expect((await fetch(`${hidden.router.url}/graphiql`)).status).toBe(404);
    await hidden.router.close();
  });

  test('a process can put its own routes beside', async () => {
    const mounted = await openShop({ mounts: async (app) => void app.get('/', () => 'dashboard') });
    expect(await (await fetch(mounted.router.url)).text()).toBe('dashboard');
    await mounted.router.close();
  });

  test('Apollo Server plugins see every operation', async () => {
    const seen: unknown[] = [];
    const plugged = await openShop({
      plugins: [{ async requestDidStart() {
        return { async willSendResponse({ operationName, response, contextValue }) {
          seen.push([operationName, contextValue.caller.principal?.subject, response.http.status]);
        } };
      } }],
    });
    const response = await plugged.post({ query: 'query Mine { owner { name email } broken }', operationName: 'Mine' }, reader);
    expect(await response.json()).toMatchObject({ data: null, errors: [{ path: ['broken'], extensions: { code: 'INTERNAL' } }] });
    expect(await (await plugged.post({ query: 'query Mine { products(first: 1) { price } }' }, reader)).json()).toEqual({ data: { products: [{ price: 100 }] } });
    expect(seen).toEqual([['Mine', 'reader', undefined], ['Mine', 'reader', undefined]]);
    await plugged.router.close();
  });
});

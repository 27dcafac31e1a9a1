/** Apollo Server's plugins over the router: what they see of each operation, whichever way it came, and what they may change. */
import { createHash } from 'node:crypto';
import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import type { RouterContext } from '../src/gateway.ts';
import { send } from './raw.ts';
import { openShop, type Shop } from './shop.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

type Plugin = ApolloServerPlugin<RouterContext>;

async function plugged(plugin: Plugin, more: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = await openShop({ plugins: [plugin, ApolloServerPluginCacheControlDisabled()], ...more });
  open.push(() => shop.router.close());
  return shop;
}

/** Writes down each step of each operation. */
function recorder(seen: string[]): Plugin {
  return {
    async serverWillStart() {
      seen.push('serverWillStart');
      return { async serverWillStop() {
        seen.push('serverWillStop');
      } };
    },
    async requestDidStart({ request }) {
      seen.push(`requestDidStart ${request.http?.method ?? ''}`);
      return {
        async didResolveSource() {
          seen.push('didResolveSource');
        },
        async parsingDidStart() {
          seen.push('parsingDidStart');
        },
        async validationDidStart() {
          seen.push('validationDidStart');
        },
        async didResolveOperation({ operation }: { operation?: { name?: { value: string } } }) {
          seen.push(`didResolveOperation ${operation?.name?.value ?? ''}`);
        },
        async executionDidStart() {
          seen.push('executionDidStart');
        },
        async didEncounterErrors({ errors }) {
          seen.push(`didEncounterErrors ${errors.map(({ extensions }) => String(extensions['code'])).join()}`);
        },
        async willSendResponse({ response, contextValue }) {
          seen.push(`willSendResponse ${contextValue.caller.principal?.subject ?? 'nobody'} ${response.body.kind}`);
        },
      };
    },
  };
}

const WHOLE = ['didResolveSource', 'parsingDidStart', 'validationDidStart', 'didResolveOperation Mine', 'executionDidStart'];
const QUERY = 'query Mine($id: ID!) { product(id: $id) { name price } }';
const ANSWER = { data: { product: { name: 'product 2', price: 200 } } };
const reader = { authorization: 'Bearer reader' };

describe('a plugin sees', () => {
  test('every step of an operation by POST, by GET, and of a persisted one; and the server’s start and end', async () => {
    const seen: string[] = [];
    const shop = await openShop({ plugins: [recorder(seen)] });
    expect(seen.splice(0)).toEqual(['serverWillStart']);
    expect(await (await shop.post({ query: QUERY, variables: { id: 2 } }, reader)).json()).toEqual(ANSWER);
    expect(seen.splice(0)).toEqual(['requestDidStart POST', ...WHOLE, 'willSendResponse reader single']);
    const search = new URLSearchParams({ query: QUERY, variables: '{"id":"2"}' });
    expect(await (await fetch(`${shop.router.url}/graphql?${search.toString()}`, { headers: reader })).json()).toEqual(ANSWER);
    expect(seen.splice(0)).toEqual(['requestDidStart GET', 'didResolveSource', 'didResolveOperation Mine', 'executionDidStart', 'willSendResponse reader single']);
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(QUERY).digest('hex') } };
    await shop.post({ query: QUERY, variables: { id: 2 }, extensions });
    seen.splice(0);
    expect(await (await shop.post({ variables: { id: 2 }, extensions })).json()).toEqual(ANSWER);
    expect(seen.splice(0)).toEqual(['requestDidStart POST', 'didResolveSource', 'didResolveOperation Mine', 'executionDidStart', 'willSendResponse nobody single']);
    await shop.router.close();
    expect(seen).toEqual(['serverWillStop']);
  });

  test('what is not valid, with its errors', async () => {
    const seen: string[] = [];
    const shop = await plugged(recorder(seen));
    const codeOf = async (body: object, accept: string): Promise<unknown[]> => {
      seen.splice(0);
      const response = await shop.post(body, { accept });
      const { errors } = await response.json() as { errors: { extensions: { code: string } }[] };
      return [response.status, errors[0]?.extensions.code, seen.find((step) => step.startsWith('didEncounterErrors'))?.split(' ')[1]];
    };
    for (const [accept, status] of [['application/json', 200], ['application/graphql-response+json', 400]] as const) {
      expect(await codeOf({ query: '{' }, accept)).toEqual([status, 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_PARSE_FAILED']);
      expect(await codeOf({ query: '{ nothing }' }, accept)).toEqual([status, 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_VALIDATION_FAILED']);
      expect(await codeOf({ query: QUERY, variables: {} }, accept)).toEqual([status, 'BAD_USER_INPUT', 'BAD_USER_INPUT']);
      expect(await codeOf({ query: 'query A { __typename } query B { __typename }' }, accept)).toEqual([status, 'OPERATION_RESOLUTION_FAILURE', 'OPERATION_RESOLUTION_FAILURE']);
    }
  });

  test('each operation of a batch', async () => {
    const seen: string[] = [];
    const shop = await plugged(recorder(seen), { settings: { http: { batching: { enabled: true } } } });
    expect(await (await shop.post([{ query: QUERY, variables: { id: 2 } }, { query: '{ __typename }' }, { query: '{ nothing }' }])).json())
      .toMatchObject([ANSWER, { data: { __typename: 'Query' } }, { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }]);
    expect(seen.filter((step) => step.startsWith('willSendResponse'))).toHaveLength(3);
    expect(seen).toContain('didEncounterErrors GRAPHQL_VALIDATION_FAILED');
  });

  test('errors of execution, masked as the client sees them', async () => {
    const seen: string[] = [];
    const shop = await plugged(recorder(seen));
    expect(await shop.ask('{ broken }')).toMatchObject({ data: null, errors: [{ path: ['broken'], extensions: { code: 'INTERNAL' } }] });
    expect(seen).toContain('didEncounterErrors INTERNAL');
  });

  test('nothing of what the router refuses: rates, limits, fields that may not be read', async () => {
    const seen: string[] = [];
    const shop = await plugged(recorder(seen), { settings: { limits: { depthMax: 1 } } });
    expect((await shop.ask('{ products { name } }')).errors?.[0]?.extensions['code']).toBe('OPERATION_TOO_COMPLEX');
    expect((await shop.post({ query: '{ things { __typename } }' })).status).toBeGreaterThanOrEqual(400);
    expect(seen.filter((step) => step.startsWith('requestDidStart'))).toEqual([]);
  });
});

describe('a plugin may', () => {
  test('set headers and the status, and change what the response holds', async () => {
    const shop = await plugged({ async requestDidStart() {
      return { async willSendResponse({ response }) {
        response.http.headers.set('x-plugin', 'was here');
        response.http.headers.set('cache-control', 'max-age=7');
        response.http.status = 203;
        if (response.body.kind === 'single') response.body.singleResult.extensions = { more: true };
      } };
    } });
    for (const query of ['{ __typename }', '{ nothing }']) {
      const response = await shop.post({ query });
      expect([response.status, response.headers.get('x-plugin'), response.headers.get('cache-control')]).toEqual([203, 'was here', 'max-age=7']);
      expect(await response.json()).toMatchObject({ extensions: { more: true } });
    }
  });

  test('refuse an operation', async () => {
    const shop = await plugged({ async requestDidStart() {
      return { async didResolveOperation({ operationName }) {
        if (operationName === 'Forbidden') throw new GraphQLError('not this one', { extensions: { code: 'FORBIDDEN', http: { status: 403 } } });
      } };
    } });
    const response = await shop.post({ query: 'query Forbidden { __typename }' });
    expect([response.status, await response.json()]).toMatchObject([403, { errors: [{ message: 'not this one', extensions: { code: 'FORBIDDEN' } }] }]);
    expect((await shop.post({ query: 'query Allowed { __typename }' })).status).toBe(200);
  });

  test('put other variables in the place of those that came, and the router checks them anew', async () => {
    const shop = await plugged({ async requestDidStart({ request }) {
      request.variables = { ...request.variables, id: request.variables?.['id'] === '2' ? '3' : null };
    } });
    expect(await (await shop.post({ query: QUERY, variables: { id: '2' } })).json()).toEqual({ data: { product: { name: 'product 3', price: 300 } } });
    expect(await (await shop.post({ query: QUERY, variables: { id: '1' } })).json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('not see less of the schema than clients may: nor they more through it', async () => {
    const shop = await plugged({}, { production: true });
    expect((await shop.ask('{ __schema { types { name } } }')).errors?.[0]?.message).toMatch(/introspection/i);
    expect((await shop.ask('{ product(id: 1) { nam } }')).errors?.[0]?.message).not.toContain('Did you mean');
  });
});

test('answers of plugged routers are compressed as others are, and events where a client takes nothing else', async () => {
  const shop = await plugged({});
  const query = `{ ${Array.from({ length: 18 }, (_, n) => `p${n}: products { id name price }`).join(' ')} }`;
  const answer = await send(`${shop.router.url}/graphql`, { body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' } });
  expect([answer.headers['content-encoding'], Number(answer.headers['content-length'])]).toEqual(['gzip', answer.bytes.length]);
  expect(JSON.parse(gunzipSync(answer.bytes).toString())).toMatchObject({ data: { p17: [{ id: '1' }, {}, {}] } });
  for (const [asked, found] of [['{ __typename }', '"Query"'], ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED']] as const)
    expect(await (await shop.post({ query: asked }, { accept: 'text/event-stream' })).text()).toMatch(new RegExp(`^event: next\\ndata: .*${found}.*\\n\\nevent: complete\\ndata:\\n\\n$`));
});

/** What comes in over HTTP, byte by byte: methods, media types, encodings, sizes. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawAnswer, send } from './raw.ts';
import { openShop, type Shop } from './shop.ts';

const BYTES_MAX = 20_000;
let shop: Shop;
let url: string;
beforeAll(async () => {
  shop = await openShop({ settings: { limits: { bodyBytesMax: BYTES_MAX } } });
  url = `${shop.router.url}/graphql`;
});
afterAll(() => shop.router.close());

const QUERY = '{"query":"{ product(id: 2) { name } }"}';
const ANSWER = { data: { product: { name: 'product 2' } } };
const post = (body: string | Buffer | undefined, headers: Record<string, string> = {}): Promise<RawAnswer> => send(url, { headers: { 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body }) });
const get = (search: Record<string, string>, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  send(`${url}?${new URLSearchParams(search).toString()}`, { method: 'GET', headers: { 'apollo-require-preflight': '1', ...headers } });
const message = (answer: RawAnswer): string | undefined => answer.json().errors?.[0]?.message;

describe('a method', () => {
  test.each(['PUT', 'PATCH', 'DELETE'])('of %s is refused with those that are taken', async (method) => {
    const answer = await send(url, { method, headers: { 'content-type': 'application/json' }, body: QUERY });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST']);
    expect(answer.json().errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });

  test('of GET takes queries, and mutations not, whatever is accepted', async () => {
    expect((await get({ query: '{ product(id: 2) { name } }' })).json()).toEqual(ANSWER);
    for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
      const answer = await get({ query: 'mutation { first }' }, { accept });
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
    }
  });

  test('of GET reads variables, extensions and the name of the operation from the URL', async () => {
    const query = 'query One($id: ID!) { product(id: $id) { name } } query Two { __typename }';
    expect((await get({ query, operationName: 'One', variables: '{"id":"2"}', extensions: '{}' })).json()).toEqual(ANSWER);
    expect((await get({ query, operationName: 'Two', variables: '' })).json()).toEqual({ data: { __typename: 'Query' } });
    expect((await get({ query, operationName: 'One', variables: '{' })).status).toBe(400);
    expect((await get({ query, operationName: 'One', variables: '[1]' })).status).toBe(400);
    expect(message(await send(`${url}?query={a}&query={b}`, { method: 'GET', headers: { 'apollo-require-preflight': '1' } }))).toBe('"query" must be text');
  });

  test('of HEAD answers without a body', async () => {
    const answer = await send(`${url}?query={__typename}`, { method: 'HEAD', headers: { 'apollo-require-preflight': '1' } });
    expect([answer.status, answer.bytes.length]).toEqual([200, 0]);
  });
});

test('a persisted query may be sent by POST and asked for by GET', async () => {
  const query = '{ product(id: 2) { name } }';
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') };
  const extensions = JSON.stringify({ persistedQuery });
  expect((await get({ extensions })).json()).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
  expect((await post(JSON.stringify({ query, extensions: { persistedQuery } }))).json()).toEqual(ANSWER);
  expect((await get({ extensions })).json()).toEqual(ANSWER);
});

describe('a body', () => {
  test('that is no JSON, or no object, or holds values of wrong types is 400', async () => {
    for (const body of ['', '{', 'null', '7', '"text"', '[]', '{"query":7}', '{"query":"{ __typename }","variables":[]}', '{"query":"{ __typename }","operationName":{}}', '{"query":"{ __typename }","extensions":"x"}', '{}'])
      expect([body, (await post(body)).status]).toEqual([body, 400]);
    expect((await post(undefined)).status).toBe(400);
  });

  test('of another media type, or of none, is not taken', async () => {
    expect((await post(QUERY, { 'content-type': 'application/x-yaml' })).status).toBe(415);
    expect((await post(QUERY, { 'content-type': 'application/graphql', 'apollo-require-preflight': '1' })).status).toBe(415);
    expect((await post(QUERY, { 'content-type': 'text/plain', 'apollo-require-preflight': '1' })).status).toBe(415);
    expect((await send(url, { body: QUERY, headers: { 'apollo-require-preflight': '1' } })).status).toBe(415);
    expect((await post(QUERY, { 'content-type': 'this is none', 'apollo-require-preflight': '1' })).status).toBe(415);
  });

  test('is UTF-8, whether it says so or not, with a byte order mark or without', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])
      expect((await post(QUERY, { 'content-type': type })).json()).toEqual(ANSWER);
    expect((await post(`\uFEFF${QUERY}`)).json()).toEqual(ANSWER);
    expect((await post(QUERY, { 'content-type': 'application/json; charset=utf-16' })).status).toBe(415);
    expect(message(await post(Buffer.from([...Buffer.from('{"query":"{ __typename } #'), 0xff, 0x22, 0x7d])))).toBe('the body is not UTF-8');
  });

  test('may be compressed by gzip, brotli or either form of deflate', async () => {
    const forms: [string, Buffer][] = [['gzip', gzipSync(QUERY)], ['x-gzip', gzipSync(QUERY)], ['br', brotliCompressSync(QUERY)], ['deflate', deflateSync(QUERY)], ['deflate', deflateRawSync(QUERY)], ['identity', Buffer.from(QUERY)]];
    for (const [encoding, bytes] of forms) expect((await post(bytes, { 'content-encoding': encoding })).json()).toEqual(ANSWER);
  });

  test('compressed in a way that is not known, twice, or not at all is refused', async () => {
    for (const encoding of ['compress', 'gzip, gzip', '__proto__']) {
      const answer = await post(gzipSync(QUERY), { 'content-encoding': encoding });
      expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'gzip, br, deflate']);
    }
    expect((await post(QUERY, { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post(gzipSync(QUERY).subarray(0, 20), { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test('that is too large is 413, whether it says so before, comes in pieces, or unpacks to it', async () => {
    const large = JSON.stringify({ query: '{ __typename }', extensions: { padding: ' '.repeat(2 * BYTES_MAX) } });
    const refused = (answer: RawAnswer): void => {
      expect(answer.status).toBe(413);
      expect(answer.json().errors?.[0]?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX', limit: 'body bytes' });
    };
    refused(await post(large, { 'content-length': String(large.length) }));
    refused(await post(large, { 'transfer-encoding': 'chunked' }));
    for (const [encoding, bytes] of [['gzip', gzipSync(large)], ['br', brotliCompressSync(large)], ['deflate', deflateSync(large)]] as const) {
      expect(bytes.length).toBeLessThan(BYTES_MAX);
      refused(await post(bytes, { 'content-encoding': encoding }));
    }
    refused(await post(gzipSync(Buffer.alloc(200_000_000)), { 'content-encoding': 'gzip' }));
  });

  test('that does not arrive in time is 408, and the connection ends', async () => {
    const hasty = await openShop({ settings: { http: { requestMsMax: 100 } } });
    const socket = connect(hasty.router.port, '127.0.0.1');
    socket.write('POST /graphql HTTP/1.1\r\nhost: router\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query"');
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
    expect(text).toContain('408 Request Timeout');
    await hasty.router.close();
  });

  test('that is refused leaves the server as it was', async () => {
    expect((await post(QUERY)).json()).toEqual(ANSWER);
  });
});

describe('what a client accepts', () => {
  const typeFor = async (accept: string): Promise<string> => {
    const answer = await post(QUERY, { accept });
    return answer.status === 406 ? '406' : String(answer.headers['content-type']).split(';')[0] ?? '';
  };

  test.each([
    ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
    ['application/json, application/graphql-response+json', 'application/json'],
    ['application/json;q=0.8, application/graphql-response+json;q=0.9', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.1, application/json;q=0.2', 'application/json'],
    ['application/graphql-response+json; charset=utf-8', 'application/graphql-response+json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json;q=0, */*', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0, application/json', 'application/json'],
    ['APPLICATION/JSON', 'application/json'],
    ['text/event-stream, application/json;q=0.9', 'text/event-stream'],
    ['application/json, text/event-stream', 'application/json'],
    ['multipart/mixed;subscriptionSpec=1.0, application/json', 'application/json'],
    ['multipart/mixed;boundary=graphql;subscriptionSpec="1.0"', 'application/json'],
    ['multipart/mixed', '406'],
    ['text/html', '406'],
    ['image/png, application/xml', '406'],
    ['application/json;q=0', '406'],
    ['application/json;q=nonsense', '406'],
  ])('%s: %s', async (accept, expected) => {
    expect(await typeFor(accept)).toBe(expected);
  });

  test('is told to caches, and a header of any length is read', async () => {
    expect((await post(QUERY)).headers.vary).toBe('accept, authorization, cookie, accept-encoding');
    expect(await typeFor(`${'text/x-a, '.repeat(200)}application/graphql-response+json`)).toBe('application/graphql-response+json');
  });

  test('decides the status of what is not valid: 200 for those that know JSON alone', async () => {
    const wrong = '{"query":"{ nothing }"}';
    const statusFor = async (accept: string): Promise<number> => (await post(wrong, { accept })).status;
    expect(await statusFor('application/json')).toBe(200);
    expect(await statusFor('*/*')).toBe(200);
    expect(await statusFor('application/graphql-response+json')).toBe(400);
    expect(await statusFor('application/json;q=0.5, application/graphql-response+json')).toBe(400);
    expect((await post('{', { accept: 'application/json' })).status).toBe(400);
  });
});

/** `@defer` over HTTP as Apollo's clients ask for it, and over a websocket. */
import { createClient } from 'graphql-ws';
import { meros } from 'meros/browser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openShop, type Shop } from './shop.ts';

const QUERY = '{ products(first: 2) { name ... @defer(label: "costly") { price } } }';
const FIRST = { data: { products: [{ name: 'product 1' }, { name: 'product 2' }] }, hasNext: true };

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ settings: { rate: { points: 10_000, windowSeconds: 60 } } });
});
afterAll(() => shop.router.close());

test('a client that accepts parts gets the rest of the answer, then what was deferred', async () => {
  const response = await shop.post({ query: QUERY }, { accept: 'multipart/mixed;deferSpec=20220824, application/json' });
  expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="-"; deferSpec=20220824');
  const parts = await meros<{ hasNext: boolean; incremental: object[] }>(response);
  if (!(Symbol.asyncIterator in parts)) throw new Error('it is not in parts');
  const bodies = [];
  for await (const { json, body } of parts) bodies.push(json ? body : null);
  expect(bodies).toEqual([FIRST, {
    incremental: [0, 1].map((index) => ({ label: 'costly', path: ['products', index], data: { price: expect.any(Number) as number } })), hasNext: false,
  }]);
});

test('a client that accepts no parts gets the whole answer', async () => {
  for (const accept of ['application/json', 'multipart/mixed;subscriptionSpec=1.0, application/json']) {
    const response = await shop.post({ query: QUERY }, { accept });
    expect(await response.json()).toMatchObject({ data: { products: [{ name: 'product 1', price: expect.any(Number) as number }, {}] } });
  }
});

test('an operation that is refused is refused in one piece', async () => {
  const response = await shop.post({ query: '{ nothing { ... @defer { a } } }' }, { accept: 'multipart/mixed;deferSpec=20220824, application/graphql-response+json' });
  expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/graphql-response+json; charset=utf-8']);
});

test('over a websocket the parts are messages of one operation', async () => {
  const client = createClient({ url: `${shop.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const messages: unknown[] = [];
  for await (const message of client.iterate({ query: QUERY })) messages.push(message);
  expect(messages).toMatchObject([FIRST, { hasNext: false }]);
  await client.dispose();
});

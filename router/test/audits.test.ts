/** GraphQL over HTTP to the letter: every audit of the specification's own suite, the recommendations among them. */
import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './shop.ts';

const AUDITS = 61;

async function audited(shop: Shop, headers: Readonly<Record<string, string>>): Promise<void> {
  const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> => fetch(url, { ...init, headers: { ...init.headers as Record<string, string>, ...headers } });
  const results = await auditServer({ url: `${shop.router.url}/graphql`, fetchFn });
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(results).toHaveLength(AUDITS);
  process.stdout.write(`${results.length} of ${AUDITS} audits of GraphQL over HTTP are ok\n`);
}

describe('every audit of GraphQL over HTTP is passed', () => {
  let open: Shop;
  let guarded: Shop;
  beforeAll(async () => {
    [open, guarded] = await Promise.all([openShop({ authenticate: undefined as never }), openShop()]);
  });
  afterAll(() => Promise.all([open.router.close(), guarded.router.close()]));

  test('without authentication, by a client that sends what forgery protection asks for', () => audited(open, { 'apollo-require-preflight': 'true' }));

  test('with a token', () => audited(guarded, { authorization: 'Bearer reader' }));

  test('by a client that sends nothing else, where forgery protection is off', async () => {
    const trusting = await openShop({ settings: { http: { forgeryProtection: false } } });
    await audited(trusting, {});
    await trusting.router.close();
  });

  test('through an Apollo Server with its plugins', async () => {
    const plugged = await openShop({ plugins: [{}] });
    await audited(plugged, { authorization: 'Bearer reader' });
    await plugged.router.close();
  });

  test('with batching on', async () => {
    const batching = await openShop({ settings: { http: { batching: { enabled: true } } } });
    await audited(batching, { authorization: 'Bearer reader' });
    await batching.router.close();
  });
});

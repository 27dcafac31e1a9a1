/** Sessions of browsers: whose cookie counts, for what, and what people see of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({
    sessionToken: async (cookies) => /session=(\w+)/.exec(cookies)?.[1] ?? null,
    people: { tabs: [{ query: '{ products { name } }' }], session: { signIn: '/enter', signOut: '/leave' } },
  });
});
afterAll(() => shop.router.close());

const cost = '{ product(id: 1) { cost } }';
const costFor = async (headers: Record<string, string>): Promise<unknown> => (await shop.ask(cost, headers)).data;
const paid = { product: { cost: 60 } };
const unpaid = { product: { cost: null } };

describe('a session’s cookie', () => {
  test('counts for pages of this server and for nothing that came from another origin', async () => {
    const own = shop.router.url;
    expect(await costFor({ cookie: 'session=buyer', origin: own })).toEqual(paid);
    expect(await costFor({ cookie: 'session=buyer' })).toEqual(paid);
    for (const origin of ['https://evil.example', 'null', own.replace(/\d+$/, '9'), own.replace('127.0.0.1', 'localhost')])
      expect([origin, await costFor({ cookie: 'session=buyer', origin })]).toEqual([origin, unpaid]);
  });

  test('lets no other site write: neither with a form, nor with a link, nor with a script', async () => {
    const mutation = { query: 'mutation { addProduct(name: "forged") { id cost } }' };
    const headers = { cookie: 'session=buyer', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await shop.post(mutation, { ...headers, 'content-type': type })).status).toBeGreaterThanOrEqual(400);
    const link = await fetch(`${shop.router.url}/graphql?${new URLSearchParams(mutation).toString()}`, { headers: { cookie: 'session=buyer', 'sec-fetch-site': 'cross-site' } });
    expect(link.status).toBe(400);
    const preflight = await fetch(`${shop.router.url}/graphql`, {
      method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    const sent = await (await shop.post(mutation, headers)).json();
    expect(sent).toMatchObject({ data: { addProduct: { cost: null } }, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test('that does not hold any longer is as none, so that its owner can sign in again; a header that does not hold is refused', async () => {
    expect(await costFor({ cookie: 'session=nobody' })).toEqual(unpaid);
    expect((await shop.post({ query: cost }, { authorization: 'Bearer nobody', cookie: 'session=buyer' })).status).toBe(401);
  });

  test('gives way to a header', async () => {
    expect(await costFor({ cookie: 'session=buyer', authorization: 'Bearer reader' })).toEqual(unpaid);
  });

  test('carries a subscription over server-sent events', async () => {
    const events = await fetch(`${shop.router.url}/graphql`, {
      method: 'POST', body: JSON.stringify({ query: 'subscription { productChanged { cost } }' }),
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', cookie: 'session=buyer', origin: shop.router.url },
    });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    const ringing = setInterval(() => shop.bells.ring('productChanged', { productChanged: { id: '1', name: 'x', cost: 60 } }), 20);
    let text = '';
    while (!text.includes('\n\n')) text += (await reader?.read())?.value ?? '';
    clearInterval(ringing);
    await reader?.cancel();
    expect(text).toContain('{"data":{"productChanged":{"cost":60}}}');
  });
});

describe('GraphiQL', () => {
  test('has a bar that leads to the sign-in, from this server alone, where there are sessions', async () => {
    const page = await (await fetch(`${shop.router.url}/graphiql`)).text();
    expect(page).toContain('data-sign-in="/enter" data-sign-out="/leave"');
    expect(page).not.toMatch(/<script>|<style>|\son\w+=|style=/);
    for (const file of ['session-bar.js', 'session-bar.css']) expect((await fetch(`${shop.router.url}/graphiql/${file}`)).status).toBe(200);
    expect(await (await fetch(`${shop.router.url}/graphiql/start.js`)).text()).toContain('"defaultTabs":[{"query":"{ products { name } }"}]');
  });

  test('has none where nobody can sign in', async () => {
    const plain = await openShop();
    expect(await (await fetch(`${plain.router.url}/graphiql`)).text()).not.toContain('session');
    expect((await fetch(`${plain.router.url}/graphiql/session-bar.js`)).status).toBe(404);
    await plain.router.close();
  });
});

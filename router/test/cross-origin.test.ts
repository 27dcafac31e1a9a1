/** Pages of other origins: what their browsers are told, and whose cookies count. */
import { describe, expect, test } from 'vitest';
import { routerSettings } from '../src/settings.ts';
import { openShop, type Shop } from './shop.ts';
import { talk } from './talk.ts';

const PAGE = 'https://app.example';
const OTHER = 'https://evil.example';

const preflight = (shop: Shop, origin: string): Promise<Response> => fetch(`${shop.router.url}/graphql`, {
  method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-mine' },
});
const allowed = (response: Response): (string | null)[] => ['origin', 'credentials', 'methods', 'headers'].map((name) => response.headers.get(`access-control-allow-${name}`));
const asked = (shop: Shop, origin: string, cookie?: string): Promise<Response> => shop.post({ query: '{ product(id: 1) { cost } }' }, { origin, ...(cookie === undefined ? {} : { cookie }) });
const sessionToken = async (cookies: string): Promise<string | null> => (cookies === 'session=1' ? 'buyer' : null);

test('without the setting nothing is said to any origin', async () => {
  const shop = await openShop();
  expect(allowed(await preflight(shop, PAGE))).toEqual([null, null, null, null]);
  const response = await asked(shop, PAGE);
  expect([response.status, ...allowed(response)]).toEqual([200, null, null, null, null]);
  expect(response.headers.get('vary')).not.toContain('origin');
  await shop.router.close();
});

describe('with origins that are named', () => {
  test('theirs are told what they may send and read, others nothing', async () => {
    const shop = await openShop({ settings: { http: { cors: { origins: [PAGE], maxAgeSeconds: 60 } } } });
    const before = await preflight(shop, PAGE);
    expect([before.status, ...allowed(before)]).toEqual([204, PAGE, null, 'GET, POST', 'content-type,x-mine']);
    expect(before.headers.get('access-control-max-age')).toBe('60');
    const response = await asked(shop, PAGE);
    expect(allowed(response)).toEqual([PAGE, null, null, null]);
    expect(response.headers.get('access-control-expose-headers')).toContain('x-correlation-id');
    expect(response.headers.get('vary')).toContain('origin');
    expect(allowed(await preflight(shop, OTHER))).toEqual([null, null, null, null]);
    expect(allowed(await asked(shop, OTHER))).toEqual([null, null, null, null]);
    await shop.router.close();
  });

  test('a refusal can be read as an answer can', async () => {
    const shop = await openShop({ settings: { http: { cors: { origins: [PAGE] } } } });
    const refused = await shop.post({ query: '{ nothing }' }, { origin: PAGE });
    expect([refused.status, allowed(refused)[0]]).toEqual([400, PAGE]);
    const stream = await shop.post({ query: '{ __typename }' }, { origin: PAGE, accept: 'text/event-stream' });
    expect([await stream.text(), allowed(stream)[0]]).toMatchObject([expect.stringContaining('Query'), PAGE]);
    await shop.router.close();
  });

  test('cookies of theirs count only where credentials are allowed', async () => {
    const data = async (shop: Shop, origin: string): Promise<unknown> => (await (await asked(shop, origin, 'session=1')).json() as { data: { product: { cost: number | null } } }).data.product.cost;
    const strict = await openShop({ sessionToken, settings: { http: { cors: { origins: [PAGE] } } } });
    expect([await data(strict, PAGE), await data(strict, strict.router.url)]).toEqual([null, 60]);
    await strict.router.close();
    const open = await openShop({ sessionToken, settings: { http: { cors: { origins: [PAGE], credentials: true } } } });
    expect([await data(open, PAGE), await data(open, OTHER), await data(open, open.router.url)]).toEqual([60, null, 60]);
    expect(allowed(await preflight(open, PAGE))[1]).toBe('true');
    const overSocket = async (origin: string): Promise<unknown> => {
      const one = await talk(open, { headers: { origin, cookie: 'session=1' } });
      one.say({ type: 'connection_init' });
      await one.heard();
      one.say({ id: '1', type: 'subscribe', payload: { query: '{ product(id: 1) { cost } }' } });
      const { payload } = await one.heard();
      one.socket.terminate();
      return (payload as { data: { product: { cost: number | null } } }).data.product.cost;
    };
    expect([await overSocket(PAGE), await overSocket(OTHER)]).toEqual([60, null]);
    await open.router.close();
  });
});

test('every origin may be allowed, without credentials', async () => {
  const shop = await openShop({ settings: { http: { cors: { origins: '*' } } } });
  expect(allowed(await asked(shop, OTHER))[0]).toBe('*');
  await shop.router.close();
  expect(() => routerSettings.parse({ http: { cors: { origins: '*', credentials: true } } })).toThrow('credentials are for origins that are named');
  expect(() => routerSettings.parse({ http: { cors: { origins: ['not an origin'] } } })).toThrow();
});

test('where forgery protection is off, a request that could be forged is that of nobody', async () => {
  const shop = await openShop({ sessionToken, settings: { http: { forgeryProtection: false } } });
  const cost = async (headers: Record<string, string>): Promise<unknown> =>
    (await (await fetch(`${shop.router.url}/graphql?query={product(id:1){cost}}`, { headers: { cookie: 'session=1', ...headers } })).json() as { data: { product: { cost: number | null } } }).data.product.cost;
  expect([await cost({}), await cost({ 'apollo-require-preflight': '1' })]).toEqual([null, 60]);
  await shop.router.close();
});

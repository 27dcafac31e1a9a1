/** Units of clients: how they are used, come back, and are told, in memory. Shared by replicas in rate-limit.redis.test.ts. */
import { describe, expect, test } from 'vitest';
import { clientKey, networkOf } from '../src/security/client-key.ts';
import { rateLimit, type RateDecision } from '../src/security/rate-limit.ts';
import { routerSettings, type RouterSettingsInput } from '../src/settings.ts';
import { someone } from './federation.ts';
import { openShop } from './shop.ts';

const settings = (rate: RouterSettingsInput['rate']) => routerSettings.parse({ rate }).rate;

function bucket(rate: RouterSettingsInput['rate']): { use(units?: number, client?: string): RateDecision; rest(cost: number): number; pass(ms: number): void } {
  let now = 0;
  const limit = rateLimit(settings(rate), null, () => now);
  return {
    rest: limit.rest,
    use: (units, client = 'ann') => {
      const decision = limit.use(client, units);
      if (decision instanceof Promise) throw new Error('memory needs no promise');
      return decision;
    },
    pass: (ms) => void (now += ms),
  };
}

describe('a bucket', () => {
  test('gives what is in it, all or none, and fills again with time', () => {
    const { use, pass } = bucket({ capacity: 10, refillPerSecond: 2 });
    expect([use(7).allowed, use(4).allowed, use(3).allowed, use(1).allowed]).toEqual([true, false, true, false]);
    expect(use(4).retryAfterMs).toBe(2_000);
    pass(2_000);
    expect([use(4).allowed, use(1).retryAfterMs]).toEqual([true, 500]);
    pass(3_600_000);
    expect(use(10).allowed).toBe(true);
    expect(use(10, 'ben').allowed).toBe(true);
  });

  test('says what is left as the draft of the IETF has it', () => {
    const { use } = bucket({ capacity: 10, refillPerSecond: 2 });
    expect(use(3).headers).toEqual({ 'ratelimit-policy': '"client";q=10;w=5', ratelimit: '"client";r=7;t=2' });
    expect(use(8).headers).toEqual({ 'ratelimit-policy': '"client";q=10;w=5', ratelimit: '"client";r=7;t=2', 'retry-after': '1' });
  });

  test('is what points and a window say in other words, unless it is said itself', () => {
    expect(settings({ points: 30, windowSeconds: 60 })).toMatchObject({ capacity: 30, refillPerSecond: 0.5 });
    expect(settings({ points: 30, windowSeconds: 60, capacity: 5 })).toMatchObject({ capacity: 5, refillPerSecond: 0.5 });
    expect(routerSettings.parse(routerSettings.parse({ rate: { points: 30 } })).rate).toMatchObject({ capacity: 30, refillPerSecond: 3 });
  });

  test('takes one unit for a cheap operation, as many as it costs for a dear one, and never more than it holds', () => {
    const { rest } = bucket({ capacity: 20, costPerUnit: 100 });
    expect([0, 1, 100, 101, 1_000, 1_000_000].map((cost) => 1 + rest(cost))).toEqual([1, 1, 1, 2, 10, 20]);
  });
});

describe('a client', () => {
  test('is whom its token names, else its network', () => {
    expect(clientKey(someone(), '10.0.0.1')).toBe('subject usr_1');
    expect(clientKey({ ...someone(), issuer: 'https://other.example' }, '10.0.0.1')).toBe('subject usr_1 of https://other.example');
    expect(clientKey(null, '10.0.0.1')).toBe('address 10.0.0.1');
  });

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:db8:1:2::9', '2001:db8:1:2::/64'], ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'], ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['::ffff:10.0.0.1', '10.0.0.1'], ['192.168.0.9', '192.168.0.9'],
  ])('at %s is counted as %s', (address, network) => expect(networkOf(address)).toBe(network));
});

test('over HTTP one dear query counts as many cheap ones, garbage counts too, and the client is told when to come back', async () => {
  const shop = await openShop({ settings: { rate: { capacity: 20, refillPerSecond: 0.01, costPerUnit: 1 } } });
  const left = (response: Response): number => Number(/r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1]);
  const buyer = { authorization: 'Bearer buyer' };
  expect(left(await shop.post({ query: '{ __typename }' }, buyer))).toBe(19);
  expect(left(await shop.post({ query: '{ this is not' }, buyer))).toBe(18);
  expect(left(await shop.post({ query: 'query ($n: Int) { products(first: $n) { id } }', variables: { n: 8 } }, buyer))).toBe(10);
  const refused = await shop.post({ query: '{ products(first: 15) { id } }' }, buyer);
  expect([refused.status, left(refused)]).toEqual([429, 9]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(400);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as number } }] });
  expect((await shop.post({ query: '{ products(first: 9) { id } }' }, buyer)).status).toBe(200);
  expect((await shop.post({ query: '{ __typename }' }, buyer)).status).toBe(429);
  expect((await shop.post({ query: '{ __typename }' })).status).toBe(200);
  await shop.router.close();
});

test('tokens that do not verify use units of where they come from', async () => {
  const shop = await openShop({ settings: { rate: { capacity: 2, refillPerSecond: 0.01 } } });
  const status = async (token: string): Promise<number> => (await shop.post({ query: '{ __typename }' }, { authorization: `Bearer ${token}` })).status;
  expect([await status('nobody'), await status('nobody'), await status('nobody'), await status('reader')]).toEqual([401, 401, 429, 200]);
  await shop.router.close();
});

/** What one client may have of subscriptions, by itself and at the router. */
import { describe, expect, test } from 'vitest';
import { clientLimits } from '../src/security/client-limits.ts';
import { openShop, type Shop, until } from './shop.ts';
import { type Talk, welcomed } from './talk.ts';

describe('a client', () => {
  test('has so many places, each given back once', () => {
    const passed: string[] = [];
    const limits = clientLimits({ perClientMax: 2, eventsPerSecondMax: 10, passed: (limit) => void passed.push(limit) });
    const first = limits.enter('ann');
    limits.enter('ann');
    limits.enter('ben');
    expect(() => limits.enter('ann')).toThrow('a client may have 2 subscriptions at once');
    first.leave();
    first.leave();
    limits.enter('ann');
    expect(() => limits.enter('ann')).toThrow('a client may have 2');
    expect(passed).toEqual(['subscriptions of a client', 'subscriptions of a client']);
  });

  test('is sent so many events a second over all its places', () => {
    let now = 0;
    const limits = clientLimits({ perClientMax: 9, eventsPerSecondMax: 4, passed: () => {}, now: () => now });
    const [one, two, other] = [limits.enter('ann'), limits.enter('ann'), limits.enter('ben')];
    expect([one.use(), two.use(), one.use(), two.use(), one.use(), other.use()]).toEqual([true, true, true, true, false, true]);
    expect([one.pace() === null, other.pace() === null]).toEqual([false, true]);
    now = 1_000;
    expect([one.pace(), one.use()]).toEqual([null, true]);
  });
});

const buyer = { headers: { authorization: 'Bearer buyer' } };
const listening = async (shop: Shop, topic: string, count: number): Promise<void> => until(() => shop.bells.listeners(topic) >= count);

test('subscriptions of one client count over all its connections, and the next one is told', async () => {
  const shop = await openShop({ settings: { subscriptions: { perClientMax: 2, share: false } } });
  const talks: Talk[] = [await welcomed(shop, undefined, buyer), await welcomed(shop, undefined, buyer), await welcomed(shop, undefined, { headers: { authorization: 'Bearer reader' } })];
  const subscribe = (index: number, id: string): void => talks[index]?.say({ id, type: 'subscribe', payload: { query: 'subscription { tick { price } }' } });
  subscribe(0, 'a');
  subscribe(1, 'b');
  subscribe(2, 'c');
  await listening(shop, 'tick', 3);
  subscribe(1, 'd');
  expect(await talks[1]?.heard()).toMatchObject({ id: 'd', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED', limit: 'subscriptions of a client', allowed: 2 } }] });
  talks[0]?.say({ id: 'a', type: 'complete' });
  await until(() => shop.bells.listeners('tick') === 2);
  subscribe(1, 'e');
  await listening(shop, 'tick', 3);
  for (const { socket } of talks) socket.close();
  await shop.router.close();
});

test('events that must not be lost end the subscription of a client of which they are too many; those of which the latest counts are slowed down', async () => {
  const shop = await openShop({ settings: { subscriptions: { eventsPerSecondMax: 5, conflate: { tick: [] } } } });
  const talk = await welcomed(shop, undefined, buyer);
  talk.say({ id: 'changes', type: 'subscribe', payload: { query: 'subscription { productChanged { id } }' } });
  await listening(shop, 'productChanged', 1);
  for (let id = 0; id < 7; id += 1) shop.bells.ring('productChanged', { productChanged: { id: String(id) } });
  const heard: Record<string, unknown>[] = [];
  while (heard.at(-1)?.['type'] !== 'error') heard.push(await talk.heard());
  expect(heard.slice(0, -1).map(({ payload }) => payload)).toEqual([0, 1, 2, 3, 4].map((id) => ({ data: { productChanged: { id: String(id) } } })));
  expect(heard.at(-1)).toMatchObject({ payload: [{ extensions: { code: 'RATE_LIMITED', limit: 'events of a client', allowed: 5 } }] });

  talk.say({ id: 'ticks', type: 'subscribe', payload: { query: 'subscription { tick { price } }' } });
  await listening(shop, 'tick', 1);
  const prices: unknown[] = [];
  let price = 0;
  const ringing = setInterval(() => shop.bells.ring('tick', { tick: { of: 'x', price: (price += 1) } }), 2);
  while (prices.length < 8) prices.push(((await talk.heard())['payload'] as { data: { tick: { price: number } } }).data.tick.price);
  clearInterval(ringing);
  expect(prices).toEqual([...prices].toSorted((left, right) => Number(left) - Number(right)));
  expect(Number(prices.at(-1))).toBeGreaterThan(8); // some were replaced
  talk.socket.close();
  await shop.router.close();
});

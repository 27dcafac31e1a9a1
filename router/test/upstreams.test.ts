/** What stands between many clients and a source: shared, bounded, brought back, moved to another token, resumed. */
import { afterEach, describe, expect, test } from 'vitest';
import { unauthenticated } from '@pms/errors';
import type { Principal } from '@pms/identity/principal';
import { someone } from './federation.ts';
import { dials, hear, type Heard, type Market, openMarket, stream } from './market.ts';
import { until } from './shop.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const PRICE = 'subscription { price { n of item { name } } }';
const subscriptions = { conflate: { price: ['of'] }, resume: { news: { argument: 'after', id: ['id'] } }, reconnect: { firstMs: 5, mostMs: 20 } };

/** `Bearer ann 3` is Ann for three seconds; each token is another. */
async function byName(authorization: string | undefined): Promise<Principal | null> {
  if (authorization === undefined) return null;
  const [, name = '', seconds = ''] = /^Bearer (\w+)-(\d+)/.exec(authorization) ?? [];
  if (name === 'nobody') throw unauthenticated('the token does not verify');
  return { ...someone(), subject: name, tokenId: authorization, expiresAt: Date.now() / 1000 + Number(seconds) };
}
const bearer = (name: string, seconds = 3_600) => ({ authorization: `Bearer ${name}-${seconds}` });

describe.each(dials)('%s', (kind) => {
  async function opened(options: Parameters<typeof openMarket>[1] = {}): Promise<Market> {
    const market = await openMarket(kind, { settings: { subscriptions }, authenticate: byName, ...options });
    open.push(() => market.close());
    return market;
  }
  const heard = (...given: Parameters<typeof hear>): Heard => {
    const one = hear(...given);
    open.push(one.stop);
    return one;
  };
  const price = (market: Market, n: number, of = 'A'): void => market.feeds.price.tell({ price: { n, of, item: { id: String(n) } } });

  test('many clients of equal principals are one subscription to the source, and each event is completed once', async () => {
    const market = await opened();
    const clients = Array.from({ length: 20 }, (_, index) => heard(market, PRICE, bearer('ann', 3_600 + index)));
    for (const { events } of clients) await until(() => events.length === 1);
    const before = await market.metric('pms_router_fetches_total');
    price(market, 1);
    for (const { events } of clients) await until(() => events.length === 2);
    expect(new Set(clients.map(({ events }) => JSON.stringify(events)))).toEqual(new Set([JSON.stringify([0, 1].map((n) => ({ price: { n, of: 'A', item: { name: `names ${n}` } } })))]));
    expect([market.feeds.price.listeners(), await market.metric('pms_router_fetches_total') - before, await market.metric('pms_router_subscription_sources')]).toEqual([1, 1, 1]);
    for (const { stop } of clients) stop();
    await until(() => market.feeds.price.listeners() === 0);
    await until(async () => (await market.metric('pms_router_subscription_sources')) === 0);
  });

  test('others, other variables, and events that may begin otherwise for each have sources of their own', async () => {
    const market = await opened();
    heard(market, PRICE, bearer('ann'));
    heard(market, PRICE, bearer('bob'));
    heard(market, PRICE);
    heard(market, 'subscription { price(of: "B") { n } }', bearer('ann'));
    for (const who of [bearer('ann'), bearer('ann')]) heard(market, 'subscription { tick { n } }', who);
    await until(() => market.feeds.price.listeners() === 4 && market.feeds.tick.listeners() === 2);
    const apart = await opened({ settings: { subscriptions: { ...subscriptions, share: false } } });
    for (const who of [bearer('ann'), bearer('ann')]) heard(apart, PRICE, who);
    await until(() => apart.feeds.price.listeners() === 2);
  });

  test('one who comes late is told the latest of each key, as the source would have', async () => {
    const market = await opened();
    const early = heard(market, PRICE);
    await until(() => early.events.length === 1);
    for (const [n, of] of [[1, 'A'], [2, 'B'], [3, 'B']] as const) {
      price(market, n, of);
      await until(() => early.events.length === n + 1);
    }
    const late = heard(market, PRICE);
    const other = heard(market, PRICE.replace('n of', 'n, of')); // another document with the same source
    await until(() => late.events.length === 2 && other.events.length === 2);
    price(market, 4);
    await until(() => late.events.length === 3 && other.events.length === 3);
    expect(late.events.map(({ price: { n } }) => n)).toEqual([1, 3, 4]);
    expect([other.events, market.feeds.price.listeners()]).toEqual([late.events, 1]);
  });

  test('a client that is too slow is told and let go; the others miss nothing', async () => {
    const market = await opened({ settings: { subscriptions: { ...subscriptions, shareFields: ['tick'], queueMax: 20 } } });
    const query = 'subscription { tick { n item { id } } }';
    const [quick, slow] = [heard(market, query), heard(market, query)];
    await until(() => market.feeds.tick.listeners() === 1 && slow.socket() !== undefined);
    await until(async () => (await market.metric('pms_router_subscriptions')) === 2);
    slow.socket()?.pause();
    const TOLD = 300;
    const padding = 'x'.repeat(100_000);
    for (let n = 1; n <= TOLD; n += 1) {
      market.feeds.tick.tell({ tick: { n, item: { id: padding } } });
      await until(() => quick.events.length === n);
    }
    slow.socket()?.resume();
    await until(() => slow.ended() !== null);
    expect(slow.ended()).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    expect(slow.events.map(({ tick }) => tick.n)).toEqual(slow.events.map((_, index) => index + 1));
    expect([quick.ended(), slow.events.length < TOLD]).toEqual([null, true]);
  });

  test('a state whose source broke off goes on with its next value; events without history end, and say that some may be missing', async () => {
    const market = await opened();
    const [state, events] = [heard(market, PRICE), heard(market, 'subscription { tick { n } }')];
    await until(() => state.events.length === 1 && market.feeds.tick.listeners() === 1);
    market.feeds.tick.tell({ tick: { n: 1 } });
    await until(() => events.events.length === 1);
    for (const feed of [market.feeds.price, market.feeds.tick]) feed.breakOff();
    await until(() => events.ended() !== null && market.feeds.price.listeners() === 1);
    expect(events.ended()).toMatchObject([{ message: expect.stringContaining('missing') as string, extensions: { code: 'SUBSCRIPTION_INTERRUPTED' } }]);
    price(market, 9);
    await until(() => state.events.at(-1).price.n === 9);
    expect(state.ended()).toBeNull();
    expect(await market.metric('pms_router_subscription_sources_lost_total')).toBe(2);
  });

  test('a source that keeps its history is resumed after the last event: nothing is lost or doubled', async () => {
    const market = await opened();
    const one = heard(market, 'subscription { news { text } }', bearer('ann'));
    await until(() => market.feeds.news.listeners() === 1);
    market.feeds.write('first');
    await until(() => one.events.length === 1);
    market.feeds.news.breakOff();
    for (const text of ['second', 'third']) market.feeds.write(text);
    await until(() => one.events.length === 3);
    market.feeds.write('fourth');
    await until(() => one.events.length === 4);
    expect([one.events.map(({ news }) => news), one.ended()]).toEqual([['first', 'second', 'third', 'fourth'].map((text) => ({ text })), null]);
  });

  test('a client by server-sent events goes on after the last event that it saw', async () => {
    const market = await opened();
    const query = 'subscription { news { text } }';
    const first = await stream(market, query);
    await until(() => market.feeds.news.listeners() === 1);
    market.feeds.write('first');
    await until(() => first.text().includes('first'));
    expect(first.text()).toContain('id: 1\n');
    first.stop();
    await until(() => market.feeds.news.listeners() === 0);
    for (const text of ['second', 'third']) market.feeds.write(text);
    const again = await stream(market, query, { 'last-event-id': '1' });
    open.push(again.stop);
    await until(() => again.text().includes('third'));
    expect([...again.text().matchAll(/^id: (\d)$/gm)].map(([, id]) => id)).toEqual(['2', '3']);
  });

  test('an id that would break out of its line is none', async () => {
    const market = await opened();
    const one = await stream(market, 'subscription { news { text } }');
    open.push(one.stop);
    await until(() => market.feeds.news.listeners() === 1);
    market.feeds.news.tell({ news: { id: '1\nevent: forged', text: 'first' } });
    await until(() => one.text().includes('first'));
    expect(one.text()).not.toMatch(/^id:|forged/m);
  });

  test('a source that does not come back ends its subscriptions, after a bounded number of attempts', async () => {
    const market = await opened({ settings: { subscriptions: { ...subscriptions, reconnect: { attemptsMax: 2, firstMs: 1, mostMs: 2 } } } });
    const one = heard(market, PRICE);
    await until(() => one.events.length === 1);
    const { stream: source } = market.feeds.price;
    market.feeds.price.stream = () => {
      const broken = source();
      return { ...broken, next: () => Promise.reject(new Error('it is still down')) };
    };
    market.feeds.price.breakOff();
    await until(() => one.ended() !== null);
    expect(one.ended()).toMatchObject([{ extensions: { code: 'SUBSCRIPTION_INTERRUPTED' } }]);
  });

  test('when the token under which a source runs expires, it goes on under that of another, and only its owner ends', async () => {
    const market = await opened();
    const brief = heard(market, PRICE, bearer('ann', 2));
    await until(() => brief.events.length === 1);
    const lasting = heard(market, PRICE, bearer('ann', 3_600));
    await until(() => lasting.events.length >= 1);
    let n = 0;
    while (brief.ended() === null) {
      price(market, n += 1);
      await until(() => lasting.events.at(-1).price.n === n);
    }
    expect(brief.ended()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    price(market, n += 1);
    await until(() => lasting.events.at(-1).price.n === n);
    expect([lasting.ended(), market.feeds.price.listeners()]).toEqual([null, 1]);
    const tokens = (market.remotes.get('feeds')?.connections ?? []).map((parameters) => (parameters as { authorization: string }).authorization);
    if (kind === 'over HTTP') expect(tokens).toEqual(['Bearer ann-2', 'Bearer ann-3600']);
  });
});

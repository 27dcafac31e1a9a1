/** New supergraphs under a router at work: what goes on, what ends and says so, what takes over and what does not. */
import { afterEach, describe, expect, test } from 'vitest';
import { dials, hear, type Market, marketParts, openMarket, stream } from './market.ts';
import { until } from './shop.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const TICKS = 'subscription { tick { n item { name } } }';
const RELOADS = 10;

describe.each(dials)('%s', (kind) => {
  async function opened(options: Parameters<typeof openMarket>[1] = {}): Promise<Market> {
    const market = await openMarket(kind, options);
    open.push(() => market.close());
    return market;
  }
  const heard = (...given: Parameters<typeof hear>): ReturnType<typeof hear> => {
    const one = hear(...given);
    open.push(one.stop);
    return one;
  };
  const ask = async (market: Market, query: string): Promise<{ data?: any; errors?: any[] }> => (await fetch(`${market.router.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }),
  })).json() as never;

  test('ten reloads under load fail no request, and no event is lost, doubled or out of order', async () => {
    const market = await opened({ settings: { rate: { points: 1_000_000 }, subscriptions: { shareFields: ['tick'] } } });
    const clients = [heard(market, TICKS), heard(market, TICKS), heard(market, 'subscription { tick { n } }')];
    const events = await stream(market, TICKS);
    open.push(events.stop);
    await until(() => market.feeds.tick.listeners() === 2);
    let busy = true;
    let asked = 0;
    const failed: unknown[] = [];
    const load = async (): Promise<void> => {
      while (busy) {
        const answer = await ask(market, `{ now a${asked % 7}: now }`).catch((error: unknown) => ({ errors: [error] }));
        if (answer.errors !== undefined) failed.push(answer.errors);
        asked += 1;
      }
    };
    const loads = [load(), load(), load()];
    let told = 0;
    const ticker = setInterval(() => market.feeds.tick.tell({ tick: { n: told += 1, item: { id: '7' } } }), 3);
    for (let version = 1; version <= RELOADS; version += 1) {
      const before = asked;
      await market.router.reload(await market.compose(marketParts(market.feeds, { also: `only${version}: Int` })));
      await until(() => asked > before + loads.length); // however quick a reload is, each has requests of its own
    }
    clearInterval(ticker);
    busy = false;
    await Promise.all(loads);
    expect(failed).toEqual([]);
    expect(asked).toBeGreaterThan(RELOADS);
    const all = Array.from({ length: told }, (_, index) => index + 1);
    for (const { events: mine, ended } of clients) {
      await until(() => mine.length >= all.length);
      expect([mine.map(({ tick }) => tick.n), ended()]).toEqual([all, null]);
    }
    await until(() => events.text().split('event: next').length > told);
    expect([...events.text().matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n))).toEqual(all);
    // several reloads may be carried over in one step, when they come quickly
    await until(async () => (await market.metric('pms_router_subscriptions_carried_over_total')) >= 2);
    expect([market.feeds.tick.listeners(), (await market.registry.metrics()).includes('carried_over_total{outcome="ended"}')]).toEqual([2, false]);
  }, 60_000);

  test('a subscription whose responses are others now ends and says so, by every way; others go on', async () => {
    const market = await opened();
    const concerned = heard(market, TICKS);
    const other = heard(market, 'subscription { tick { n } }');
    const events = await stream(market, TICKS);
    const parts = await stream(market, TICKS, { accept: 'multipart/mixed; subscriptionSpec="1.0"' });
    open.push(events.stop, parts.stop);
    await until(() => market.feeds.tick.listeners() === 4);
    await market.router.reload(await market.compose(marketParts(market.feeds, { itemName: 'Int', named: 'numbers' })));
    await until(() => concerned.ended() !== null);
    expect(concerned.ended()).toMatchObject([{ message: expect.stringContaining('subscribe again') as string, extensions: { code: 'SUBSCRIPTION_RELOAD' } }]);
    await Promise.all([events.done, parts.done]);
    for (const text of [events.text(), parts.text()]) expect(text).toContain('SUBSCRIPTION_RELOAD');
    market.feeds.tick.tell({ tick: { n: 1, item: { id: '7' } } });
    await until(() => other.events.length === 1);
    const again = heard(market, TICKS);
    await until(() => market.feeds.tick.listeners() === 2);
    market.feeds.tick.tell({ tick: { n: 2, item: { id: '7' } } });
    await until(() => again.events.length === 1);
    expect([other.events, again.events]).toEqual([[{ tick: { n: 1 } }, { tick: { n: 2 } }], [{ tick: { n: 2, item: { name: 7 } } }]]);
  });

  test('a subscription that is not valid any longer ends and says so', async () => {
    const market = await opened();
    const one = heard(market, 'subscription { news { text } }');
    await until(() => market.feeds.news.listeners() === 1);
    const [feeds, names] = marketParts(market.feeds);
    const without = { ...feeds!, sdl: feeds!.sdl.replace('text: String!', 'headline: String') };
    await market.router.reload(await market.compose([without, names!]));
    await until(() => one.ended() !== null);
    expect(one.ended()).toMatchObject([{ extensions: { code: 'SUBSCRIPTION_RELOAD' } }]);
    await until(() => market.feeds.news.listeners() === 0);
  });

  test('the rest of a plan may change under a subscription: the next event is completed by the new one', async () => {
    const market = await opened();
    const one = heard(market, TICKS);
    await until(() => market.feeds.tick.listeners() === 1);
    market.feeds.tick.tell({ tick: { n: 1, item: { id: '7' } } });
    await until(() => one.events.length === 1);
    await market.router.reload(await market.compose(marketParts(market.feeds, { named: 'titles' })));
    await until(async () => (await market.metric('pms_router_subscriptions_carried_over_total')) === 1);
    market.feeds.tick.tell({ tick: { n: 2, item: { id: '7' } } });
    await until(() => one.events.length === 2);
    expect([one.events.map(({ tick }) => tick.item.name), market.feeds.tick.listeners()]).toEqual([['names 7', 'titles 7'], 1]);
  });

  test('of reloads in quick succession the newest good one is in use, and each is told what became of it', async () => {
    const market = await opened();
    const texts = await Promise.all([1, 2, 3].map((version) => market.compose(marketParts(market.feeds, { also: `only${version}: Int` }))));
    const outcomes = await Promise.allSettled([texts[0]!, texts[1]!, 'nonsense', texts[2]!, ''].map((sdl) => market.router.reload(sdl)));
    // one that a newer good one has overtaken is not tried any more
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect((await ask(market, '{ only3 }')).errors).toBeUndefined();
  });

  test('what is asked most is planned before a new supergraph takes over', async () => {
    const market = await opened();
    const asked = ['{ now }', '{ twice: now }', '{ thrice: now }'];
    for (const query of asked) await ask(market, query);
    await market.router.reload(await market.compose(marketParts(market.feeds, { also: 'more: Int' })));
    const planned = async (): Promise<number> => Number(/plans_total\{found="false"\} (\d+)/.exec(await market.registry.metrics())?.[1] ?? 0);
    const before = await planned();
    for (const query of asked) await ask(market, query);
    expect(await planned()).toBe(before);
    await ask(market, '{ never: now }');
    expect(await planned()).toBe(before + 1);
  });
});

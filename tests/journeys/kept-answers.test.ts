/** Answers that the router keeps for an hour are new as soon as an event says that what they hold has changed. */
import { createClient, type PmsClient } from '@pms/client';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { operation, serviceClient } from './support/clients.ts';
import { PATIENCE, type Platform, startPlatform, STARTS_WITHIN_MS } from './support/platform.ts';
import { signIn } from './support/sign-in.ts';
import { captured, funded, lastWeekday, listed, SOON } from './support/world.ts';

let platform: Platform;
let service: PmsClient;
let folder: string;
let token: string;

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'kept-answers-'));
  const settings = path.join(folder, 'router.yaml');
  await fs.writeFile(settings, 'cache: { enabled: true, defaultMaxAgeSeconds: 3600 }\n');
  platform = await startPlatform('one process', { env: { ROUTER_CONFIG: settings, CONSISTENCY_WAIT_MS: '25000' } });
  service = serviceClient(platform);
  token = (await signIn(platform.url, { email: 'manager@demo.example', password: 'demo' })).accessToken;
}, STARTS_WITHIN_MS);
afterAll(async () => {
  await service?.close();
  await platform?.stop();
  await fs.rm(folder, { recursive: true });
});

/** What a manager is told, and whether it had been kept. */
async function books(portfolioId: string): Promise<{ held: unknown; kept: boolean }> {
  const query = `{ portfolio(id: "${portfolioId}") { id positions { quantity } } }`;
  const before = await hits();
  const response = await fetch(`${platform.url}/graphql`, { method: 'POST', body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });
  const { data } = await response.json() as { data: { portfolio: { positions: { quantity: string }[] } } };
  return { held: data.portfolio.positions.map(({ quantity }) => quantity), kept: (await hits()) > before };
}
const hits = async (): Promise<number> => Number(/pms_router_cache_total\{outcome="hit"\} (\d+)/.exec(await (await fetch(`${platform.url}/metrics`)).text())?.[1] ?? 0);

test('a booked trade is in the portfolio’s positions that were kept before', PATIENCE, async () => {
  const instrumentId = await listed(service, { symbol: 'KEPT', until: lastWeekday(), close: 100 });
  const portfolioId = await funded(service, 'Kept and changed', '10000');
  await vi.waitFor(async () => expect(await books(portfolioId)).toEqual({ held: [], kept: true }), SOON);
  await captured(service, { portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId: 'kept-1' });
  await vi.waitFor(async () => expect(await books(portfolioId)).toMatchObject({ held: ['10'] }), SOON);
  await vi.waitFor(async () => expect(await books(portfolioId)).toEqual({ held: ['10'], kept: true }), SOON);
});

test('who presents a consistency token is given no answer that was kept before the change', PATIENCE, async () => {
  const portfolioId = await funded(service, 'Kept and told', '1000');
  const sent = async (query: string, headers: Record<string, string> = {}): Promise<{ data: any; consistency: string }> => {
    const response = await fetch(`${platform.url}/graphql`, { method: 'POST', body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers } });
    return { data: ((await response.json()) as { data: unknown }).data, consistency: response.headers.get('x-pms-consistency') ?? '' };
  };
  const worth = async (consistency?: string): Promise<string> =>
    (await sent(`{ portfolio(id: "${portfolioId}") { valuation { marketValue { amount } } } }`, consistency === undefined ? {} : { 'x-pms-consistency': consistency })).data.portfolio.valuation.marketValue.amount;
  await vi.waitFor(async () => expect(await worth()).toBe('1000'), SOON);
  for (let times = 2; times <= 4; times += 1) {
    await worth(); // so that it is kept
    const { consistency } = await sent(`mutation { depositCash(input: { portfolioId: "${portfolioId}", amount: { amount: "1000", currency: "USD" }, idempotencyKey: "kept-${times}" }) { userErrors { code } } }`);
    expect(await worth(consistency)).toBe(String(times * 1_000));
    expect(await worth(consistency)).toBe(String(times * 1_000));
  }
});

test('nor one that was kept before what came of the change, which another domain books', PATIENCE, async () => {
  const instrumentId = await listed(service, { symbol: 'KEPT2', until: lastWeekday(), close: 100 });
  const portfolioId = await funded(service, 'Kept and booked', '10000');
  const writing = createClient({ url: platform.url, credentials: { clientId: 'demo', clientSecret: 'demo-secret' }, readsItsWrites: true });
  const held = async (): Promise<unknown> => (await writing.query<any, object>(operation(`{ portfolio(id: "${portfolioId}") { positions { quantity } } }`), {})).portfolio.positions;
  for (let times = 1; times <= 3; times += 1) {
    await held(); // so that it is kept, without the trade
    await captured(writing, { portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId: `booked-${String(times)}` });
    expect(await held()).toEqual([{ quantity: String(times * 10) }]);
    const before = await hits();
    await vi.waitFor(async () => {
      expect(await held()).toEqual([{ quantity: String(times * 10) }]);
      expect(await hits(), 'one was kept for this token').toBeGreaterThan(before);
    }, SOON);
  }
  await writing.close();
});

/** The demo world: seeded through the public API, interrupted on the way, finished by the next seeding, and then left alone. */
import { Decimal } from '@pms/money';
import { type Ask, serviceAccount } from '@pms/processes/demo/api';
import { openMarket } from '@pms/processes/demo/market';
import { plan, portfolioKeys } from '@pms/processes/demo/plan/plan';
import { seedDemo } from '@pms/processes/demo/seed';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Platform, startPlatform } from './support/platform.ts';
import { SOON } from './support/world.ts';

const SEEDING_MAX_MS = 240_000;
const never = new AbortController().signal;

interface Trade {
  readonly externalId: string;
  readonly status: string;
  readonly version: number;
  readonly checks: readonly { readonly rule: string; readonly outcome: string }[];
}

interface Portfolio {
  readonly name: string;
  readonly createdAt: string;
  readonly cash: readonly { readonly balance: { readonly amount: string } }[];
  readonly positions: readonly { readonly quantity: string; readonly instrument: { readonly symbol: string } }[];
  readonly trades: { readonly edges: readonly { readonly node: Trade }[] };
}

let platform: Platform;
let ask: Ask;
beforeAll(async () => {
  platform = await startPlatform('one process');
  ask = await serviceAccount(platform.url, never);
}, SEEDING_MAX_MS);
afterAll(() => platform.stop());

const WORLD = `{ portfolios(first: 10) { edges { node { name createdAt cash { balance { amount } } positions { quantity instrument { symbol } }
  trades(first: 400) { edges { node { externalId status version checks { rule outcome } } } } } } } }`;

const world = async (): Promise<readonly Portfolio[]> =>
  (await ask<{ portfolios: { edges: { node: Portfolio }[] } }>(WORLD)).portfolios.edges.map(({ node }) => node);
/** Once the books have what was decided: they follow. */
async function settledWorld(): Promise<readonly Portfolio[]> {
  const portfolios = await world();
  expect(tradesOf(portfolios).filter(({ status }) => status === 'CAPTURED' || status === 'VALIDATED')).toEqual([]);
  return portfolios;
}
const tradesOf = (portfolios: readonly Portfolio[]): readonly Trade[] => portfolios.flatMap(({ trades }) => trades.edges.map(({ node }) => node));

test('a seeding that is interrupted is finished by the next, every trade and deposit there once; a third changes nothing', async () => {
  const interrupted = new AbortController();
  const stopped = seedDemo({ url: platform.url, signal: interrupted.signal, say: (line) => { if (line.includes('income')) interrupted.abort(); } });
  await expect(stopped).rejects.toThrow(/abort/i);
  expect((await world()).length).toBe(portfolioKeys.length);
  await seedDemo({ url: platform.url, signal: never, say: () => undefined });

  const seeded = await vi.waitFor(settledWorld, SOON);
  const market = await openMarket(ask, new Date().toISOString().slice(0, 10), never);
  const planned = plan(market.histories, seeded.at(-1)!.createdAt.slice(0, 10));
  for (const [index, key] of portfolioKeys.entries()) {
    const { trades, cash, positions } = seeded[index]!;
    const ids = new Set(trades.edges.map(({ node }) => node.externalId));
    expect(ids.size, key).toBe(trades.edges.length);
    expect(planned[key].trades.filter(({ externalId }) => !ids.has(externalId)), key).toEqual([]);
    if (key === 'trading') continue;
    // the books round each trade to the cent, the plan does not
    const rounding = new Decimal('0.01').times(trades.edges.length);
    expect(new Decimal(cash[0]!.balance.amount).minus(planned[key].cash()).abs().lessThan(rounding), key).toBe(true);
    for (const { instrument: { symbol }, quantity } of positions) expect(quantity, `${key} ${symbol}`).toBe(planned[key].held(symbol).quantity.toFixed());
  }

  expect(await seedDemo({ url: platform.url, signal: never, say: () => undefined })).toBe('already there');
  expect(tradesOf(await world()).map(({ externalId, version }) => `${externalId} ${version}`)).toEqual(tradesOf(seeded).map(({ externalId, version }) => `${externalId} ${version}`));
}, SEEDING_MAX_MS);

test('several hundred trades are in the books; some were rejected by a rule, amended, cancelled, approved, and one waits', async () => {
  const trades = tradesOf(await world());
  const booked = trades.filter(({ status }) => status === 'BOOKED' || status === 'SETTLED');
  expect(booked.length).toBeGreaterThan(500);
  const named = new Map(trades.map((trade) => [trade.externalId, trade]));
  const failed = (name: string): readonly string[] => named.get(name)?.checks.filter(({ outcome }) => outcome === 'FAILED').map(({ rule }) => rule) ?? [];
  const status = (name: string): string | undefined => named.get(name)?.status;
  const refused = ['demo-short-of-cash', 'demo-restricted', 'demo-not-a-share', 'demo-too-heavy'];
  expect(refused.map(status)).toEqual(refused.map(() => 'REJECTED'));
  expect(refused.map((name) => failed(name)[0])).toEqual(['Sufficient cash', 'Restricted list', 'Shares and funds only', 'No holding above half of net assets']);
  expect(['demo-large-refused', 'demo-large-waiting'].map(status)).toEqual(['REJECTED', 'PENDING_APPROVAL']);
  expect(['demo-entered-twice', 'demo-wrong-account'].map(status)).toEqual(['CANCELLED', 'CANCELLED']);
  // of the last close, a day or more ago: on some days they are due already
  const inTheBooks: unknown = expect.stringMatching(/^(?:BOOKED|SETTLED)$/);
  expect(named.get('demo-large-approved')).toMatchObject({ status: inTheBooks, version: 1 });
  for (const name of ['demo-one-zero-too-many', 'demo-price-typo', 'demo-entered-once']) expect(named.get(name)).toMatchObject({ status: inTheBooks, version: 2 });
  for (const name of ['demo-today-1', 'demo-today-2', 'demo-today-3']) expect(named.get(name)).toMatchObject({ status: 'BOOKED', version: 1 });
});

test('real closes are told as real and the tape’s as simulated, up to a quote of this moment', async () => {
  const { instruments } = await ask<{ instruments: { edges: { node: { priceHistory: { date: string; close: string; simulated: boolean }[]; quote: { last: string; simulated: boolean; source: string } } }[] } }>(
    '{ instruments(filter: { symbols: ["SPX"] }) { edges { node { priceHistory(from: "2020-04-16", to: "2020-04-20") { date close simulated } quote { last simulated source } } } } }');
  const [{ node: index }] = instruments.edges as [typeof instruments.edges[number]];
  expect(index.priceHistory.slice(0, 2)).toEqual([{ date: '2020-04-16', close: '2799.550049', simulated: false }, { date: '2020-04-17', close: '2874.560059', simulated: false }]);
  expect(index.priceHistory[2]).toMatchObject({ date: '2020-04-20', simulated: true });
  expect(index.quote).toMatchObject({ simulated: true, source: 'SIMULATED_TAPE' });
  expect(new Decimal(index.quote.last).greaterThan(0)).toBe(true);
});

/** Realised gains in the portfolio's base currency: what the price earned, and what the currency did. */
import { newId } from '@pms/events/ids';
import { fxRatePublished, instrumentCreated } from '@pms/schema/events/rttm';
import { decimal, sum } from '@pms/money';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { nowKnown, validated, type TradeOver, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let home: string;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
  home = newId('ins');
  await door.hear(heard(instrumentCreated, home, { instrumentId: home, symbol: 'HOME', name: 'Home', assetClass: 'EQUITY', currency: 'EUR', mic: 'XETR' }));
  await publish('USD', { '2026-03-02': '0.90', '2026-03-03': '1.00', '2026-03-10': '0.80' });
});
afterAll(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
  await door.close();
});

const publish = (base: string, of: Record<string, string>) =>
  door.hear(heard(fxRatePublished, `org_one/${base}/EUR`, { base, quote: 'EUR', source: 'test', rates: Object.entries(of).map(([date, rate]) => ({ date, rate })) }));
const book = async (portfolio: string, over: TradeOver): Promise<void> => door.hear(validated(portfolio, over.instrumentId ?? w.instrumentId, over));
const buy = (portfolio: string, quantity: string, price: string, tradeDate: string, over: TradeOver = {}) => book(portfolio, { quantity, price, tradeDate, ...over });
const sell = (portfolio: string, quantity: string, price: string, tradeDate: string, over: TradeOver = {}) => book(portfolio, { side: 'SELL', quantity, price, tradeDate, ...over });

const BASE = 'cost { amount currency } proceeds { amount } gain { amount } priceGain { amount } fxGain { amount }';
const READ = `query ($id: ID!, $knownAt: DateTime) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  realizedGains(knownAt: $knownAt) { edges { node { gain { amount currency } base { costRate proceedsRate ${BASE} } } } baseTotal { ${BASE} } }
  positions(includeClosed: true, knownAt: $knownAt) { realizedPnlBase { total { amount } price { amount } fx { amount } } } } } }`;
const ask = (id: string, knownAt: string | null = null) => door.ask(READ, { id, knownAt });
/** Closing by closing, and position by position, they come to the same. */
async function gainsOf(id: string, knownAt: string | null = null) {
  const { realizedGains, positions } = (await ask(id, knownAt)).data._entities[0];
  const total = (part: string): string => sum(positions.map((each: { realizedPnlBase: Record<string, { amount: string }> }) => decimal(each.realizedPnlBase[part]?.amount ?? ''))).toFixed();
  const { gain, priceGain, fxGain } = realizedGains.baseTotal;
  expect([total('total'), total('price'), total('fx')]).toEqual([gain.amount, priceGain.amount, fxGain.amount]);
  return realizedGains;
}
const inEur = (cost: string, proceeds: string, gain: string, priceGain: string, fxGain: string) => ({
  cost: { amount: cost, currency: 'EUR' }, proceeds: { amount: proceeds }, gain: { amount: gain }, priceGain: { amount: priceGain }, fxGain: { amount: fxGain } });

test('a gain in dollars can be half lost to the currency: cost at the rate of the purchase, proceeds at that of the sale', async () => {
  const portfolio = await w.open({ baseCurrency: 'EUR' });
  await buy(portfolio, '10', '100', '2026-03-02');
  await sell(portfolio, '10', '120', '2026-03-10');
  await buy(portfolio, '10', '50', '2026-03-02', { instrumentId: home, currency: 'EUR' });
  await sell(portfolio, '10', '51', '2026-03-10', { instrumentId: home, currency: 'EUR' });
  const known = await nowKnown();
  for (const at of [null, known]) {
    const { edges, baseTotal } = await gainsOf(portfolio, at);
    expect(edges.map(({ node }: { node: unknown }) => node)).toEqual([
      { gain: { amount: '200', currency: 'USD' }, base: { costRate: '0.9', proceedsRate: '0.8', ...inEur('900', '960', '60', '160', '-100') } },
      { gain: { amount: '10', currency: 'EUR' }, base: { costRate: '1', proceedsRate: '1', ...inEur('500', '510', '10', '10', '0') } },
    ]);
    expect(baseTotal).toEqual(inEur('1400', '1470', '70', '170', '-100'));
  }
});

test('a trade whose cash moved in the base currency counts as that cash, to the cent', async () => {
  const portfolio = await w.open({ baseCurrency: 'EUR' });
  await buy(portfolio, '3', '33.33', '2026-03-02', { settlement: { currency: 'EUR', rate: '0.9215' } });
  await sell(portfolio, '3', '33.33', '2026-03-10', { settlement: { currency: 'EUR', rate: '0.8888' } });
  // 99.99 × 0.9215 = 92.140785 → 92.14; 99.99 × 0.8888 = 88.871112 → 88.87
  expect((await gainsOf(portfolio)).baseTotal).toEqual(inEur('92.14', '88.87', '-3.27', '0', '-3.27'));
});

test('at average cost the pool has the mean of the rates at which it was built', async () => {
  const portfolio = await w.open({ baseCurrency: 'EUR', lotMethod: 'AVERAGE_COST' });
  await buy(portfolio, '10', '100', '2026-03-02');
  await buy(portfolio, '10', '300', '2026-03-03');
  await sell(portfolio, '5', '200', '2026-03-10');
  await sell(portfolio, '15', '200', '2026-03-10');
  const { edges, baseTotal } = await gainsOf(portfolio);
  // 900 + 3000 EUR for 4000 USD
  expect(edges.map(({ node }: { node: { base: { costRate: string } } }) => node.base.costRate)).toEqual(['0.975', '0.975']);
  expect(baseTotal).toEqual(inEur('3900', '3200', '-700', '0', '-700'));
});

test('a short gains when the currency falls: what was received was worth more', async () => {
  const portfolio = await w.open({ baseCurrency: 'EUR' });
  await sell(portfolio, '10', '100', '2026-03-02');
  await buy(portfolio, '10', '100', '2026-03-10');
  expect((await gainsOf(portfolio)).baseTotal).toEqual(inEur('-900', '-800', '100', '0', '100'));
});

test('a missing rate is an error, never one and never nothing, and leaves what is local alone', async () => {
  const portfolio = await w.open({ baseCurrency: 'EUR' });
  await buy(portfolio, '10', '100', '2026-02-01', { currency: 'CHF' });
  await sell(portfolio, '10', '120', '2026-03-10', { currency: 'CHF' });
  const { data, codes } = await ask(portfolio);
  expect(new Set(codes)).toEqual(new Set(['MISSING_RATE']));
  expect(data._entities[0].realizedGains).toEqual({ edges: [{ node: { gain: { amount: '200', currency: 'CHF' }, base: null } }], baseTotal: null });
  // once it is published, the figures are there; as known before, they are not
  const before = await nowKnown();
  await publish('CHF', { '2026-01-30': '0.95', '2026-03-10': '1.05' });
  expect((await gainsOf(portfolio)).baseTotal).toEqual(inEur('950', '1260', '310', '210', '100'));
  expect(new Set((await ask(portfolio, before)).codes)).toEqual(new Set(['MISSING_RATE']));
});

test('a rate that is corrected later changes nothing of what was booked with it', async () => {
  const portfolio = await w.open({ baseCurrency: 'EUR' });
  await publish('USD', { '2026-04-01': '0.90', '2026-04-02': '0.80' });
  await buy(portfolio, '10', '100', '2026-04-01');
  await sell(portfolio, '10', '100', '2026-04-02');
  const before = (await gainsOf(portfolio)).baseTotal;
  await publish('USD', { '2026-04-01': '0.10', '2026-04-02': '0.20' });
  expect((await gainsOf(portfolio)).baseTotal).toEqual(before);
});

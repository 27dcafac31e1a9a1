/** Portfolios with holdings and cash of several currencies: what they are worth, cost and earned in their base currency. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { fxRatePublished, instrumentCreated, pricesRecorded } from '@pms/schema/events/rttm';
import { cashMoved, tradeBooked, tradeReversed } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { analyticsSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeEach(async () => {
  door = await frontDoor(analyticsSubgraph, { now: () => new Date('2026-03-06T15:00:00Z') });
  await door.hear(
    heard(portfolioCreated, 'prt_1', { portfolioId: 'prt_1', name: 'World', baseCurrency: 'EUR', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }),
    ...[['ins_us', 'USD'], ['ins_uk', 'GBP'], ['ins_eu', 'EUR']].map(([id = '', currency = '']) => heard(instrumentCreated, id, {
      instrumentId: id, symbol: id.toUpperCase(), name: id, assetClass: 'EQUITY', currency, mic: null, ...(currency === 'GBP' && { quoteUnit: 'GBX' as const }),
    })));
});
afterEach(() => door.close());

const closes = (id: string, currency: string, of: Record<string, string>) => heard(pricesRecorded, id, {
  instrumentId: id, currency, prices: Object.entries(of).map(([date, close]) => ({ date, close, simulated: false })),
});
const rates = (quote: string, of: Record<string, string>) => heard(fxRatePublished, `org_one/EUR/${quote}`, {
  base: 'EUR', quote, source: 'test', rates: Object.entries(of).map(([date, rate]) => ({ date, rate })),
});
const cash = (kind: 'DEPOSIT' | 'FEE' | 'CURRENCY_EXCHANGE', amount: string, currency: string, effectiveDate: string) =>
  heard(cashMoved, 'prt_1', { portfolioId: 'prt_1', kind, currency, amount, effectiveDate, balance: amount, settled: amount, tradeId: null });
let number = 0;
const booked = (instrumentId: string, currency: string, over: { side?: 'BUY' | 'SELL'; quantity: string; price: string; netAmount: string; held: string; cost: string; gain?: string; tradeDate: string } & Record<string, unknown>) => {
  const { held, cost, gain = '0', side = 'BUY', ...trade } = over;
  number += 1;
  return heard(tradeBooked, 'prt_1', {
    tradeId: `trd_${number}`, version: 1, portfolioId: 'prt_1', instrumentId, side, currency, fees: [], externalId: null, capturedAt: `${trade.tradeDate}T10:00:00.00${number % 10}Z`, realizedPnl: gain,
    contractualSettlementDate: '2026-03-10', position: { instrumentId, quantity: held, costBasis: cost, averageCost: '0', realizedPnl: gain, currency }, ...trade,
  });
};
const READ = `($asOf: Date) { _entities(representations: [{ __typename: "Portfolio", id: "prt_1" }]) { ... on Portfolio { valuation(asOf: $asOf) {
  marketValue { amount currency } securitiesValue { amount } cash { amount } unrealizedPnl { amount } realizedPnl { amount } dayPnl { amount }
  positions { instrument { id } currency localMarketValue { amount currency } fxRate { rate date } costBasis { amount } marketValue { amount } unrealizedPnl { amount } dayPnl { amount } } } } } }`;
const valuation = async (asOf: string | null = null) => {
  const { data, codes } = await door.ask(`query ${READ}`, { asOf });
  return data._entities[0]?.valuation ?? codes;
};

test('adding amounts of different currencies: each is converted first, at the last rate on or before the day, and the rate is shown', async () => {
  await door.hear(
    rates('USD', { '2026-03-02': '1.25', '2026-03-05': '1.2' }), closes('ins_us', 'USD', { '2026-03-04': '110', '2026-03-05': '120' }), closes('ins_eu', 'EUR', { '2026-03-05': '50' }),
    cash('DEPOSIT', '2000', 'USD', '2026-03-02'), cash('DEPOSIT', '600', 'EUR', '2026-03-02'),
    booked('ins_us', 'USD', { quantity: '10', price: '100', netAmount: '-1000', held: '10', cost: '1000', tradeDate: '2026-03-02', base: { currency: 'EUR', netAmount: '-800', rate: '0.8', date: '2026-03-02' } }),
    booked('ins_eu', 'EUR', { quantity: '10', price: '45', netAmount: '-450', held: '10', cost: '450', tradeDate: '2026-03-02' }));
  // 10 × 120 USD / 1.2 = 1,000 EUR and 500 EUR of shares; 1,000 USD / 1.2 and 150 EUR of cash
  expect(await valuation()).toMatchObject({
    securitiesValue: { amount: '1500' }, unrealizedPnl: { amount: '250' }, realizedPnl: { amount: '0' }, cash: { amount: expect.stringMatching(/^983\.3333/) },
    positions: expect.arrayContaining([expect.objectContaining({
      instrument: { id: 'ins_us' }, currency: 'USD', localMarketValue: { amount: '1200', currency: 'USD' }, fxRate: { rate: '0.833333333333333333', date: '2026-03-05' },
      costBasis: { amount: '800' }, marketValue: { amount: '1000' }, unrealizedPnl: { amount: '200' },
    })]),
  });
  // as of the 4th the rate is that of the 2nd: 1,100 USD at 0.8
  expect(await valuation('2026-03-04')).toMatchObject({ positions: expect.arrayContaining([expect.objectContaining({ marketValue: { amount: '880' }, fxRate: { rate: '0.8', date: '2026-03-02' } })]) });
});

test('the day of a foreign position holds what its price and its currency did', async () => {
  await door.hear(
    rates('USD', { '2026-03-05': '1.25', '2026-03-06': '1' }), closes('ins_us', 'USD', { '2026-03-05': '100', '2026-03-06': '110' }),
    booked('ins_us', 'USD', { quantity: '10', price: '100', netAmount: '-1000', held: '10', cost: '1000', tradeDate: '2026-03-05' }));
  // 800 EUR yesterday, 1,100 EUR today
  expect(await valuation()).toMatchObject({ dayPnl: { amount: '300' }, unrealizedPnl: { amount: '300' } });
});

test('a realised gain counts as the books told it; without that, at the mean rate of the position', async () => {
  const bought = booked('ins_us', 'USD', { quantity: '20', price: '100', netAmount: '-2000', held: '20', cost: '2000', tradeDate: '2026-03-02', base: { currency: 'EUR', netAmount: '-1600', rate: '0.8', date: '2026-03-02' } });
  const sale = (realizedPnl: string | undefined, held: string, cost: string) => booked('ins_us', 'USD', {
    side: 'SELL', quantity: '5', price: '120', netAmount: '600', held, cost, gain: '100', tradeDate: '2026-03-03', base: { currency: 'EUR', netAmount: '540', rate: '0.9', date: '2026-03-03', ...(realizedPnl !== undefined && { realizedPnl }) },
  });
  await door.hear(rates('USD', { '2026-03-05': '1' }), closes('ins_us', 'USD', { '2026-03-05': '120' }), bought, sale('141', '15', '1500'), sale(undefined, '10', '1000'));
  // told: 141; not told: 540 less a third of what is left of the cost, (1,600 + 141 − 540) / 3
  expect(await valuation()).toMatchObject({ realizedPnl: { amount: expect.stringMatching(/^280\.6666/) } });
});

test('pence quoted as pounds: a quote and a close of an instrument quoted in pence are in pounds by the time they are valued', async () => {
  await door.hear(
    rates('GBP', { '2026-03-05': '0.8' }), closes('ins_uk', 'GBP', { '2026-03-05': '0.72' }),
    booked('ins_uk', 'GBP', { quantity: '1000', price: '0.7', netAmount: '-700', held: '1000', cost: '700', tradeDate: '2026-03-05', quoted: { price: '70', unit: 'GBX' } }));
  expect(await valuation()).toMatchObject({ positions: [{ currency: 'GBP', localMarketValue: { amount: '720', currency: 'GBP' }, marketValue: { amount: '900' }, costBasis: { amount: '875' } }] });
});

test('a missing rate is an error, never 1 and never 0, and so is one that is too old', async () => {
  await door.hear(closes('ins_us', 'USD', { '2026-03-05': '120' }), booked('ins_us', 'USD', { quantity: '1', price: '100', netAmount: '-100', held: '1', cost: '100', tradeDate: '2026-03-05' }));
  expect(await valuation()).toEqual(['MISSING_RATE']);
  await door.hear(rates('USD', { '2026-02-20': '1.25' }));
  expect(await valuation()).toEqual(['MISSING_RATE']);
  await door.hear(rates('USD', { '2026-02-28': '1.25', '2026-03-02': '1.25' }));
  expect(await valuation()).toMatchObject({ securitiesValue: { amount: '96' } });
});

test('cash that moves in a settlement currency is counted in that currency', async () => {
  await door.hear(
    rates('USD', { '2026-03-05': '1.25' }), closes('ins_us', 'USD', { '2026-03-05': '100' }), cash('DEPOSIT', '1000', 'EUR', '2026-03-02'),
    booked('ins_us', 'USD', {
      quantity: '10', price: '100', netAmount: '-1000', held: '10', cost: '1000', tradeDate: '2026-03-05', settlement: { currency: 'EUR', rate: '0.81' }, cash: { currency: 'EUR', netAmount: '-810' },
      base: { currency: 'EUR', netAmount: '-810', rate: '0.81', date: '2026-03-05' },
    }));
  expect(await valuation()).toMatchObject({ cash: { amount: '190' }, securitiesValue: { amount: '800' }, unrealizedPnl: { amount: '-10' } });
});

test('performance converts flows and values day by day; exchanges and fees are no flows', async () => {
  await door.hear(
    rates('USD', { '2026-03-02': '1.25', '2026-03-03': '1.25', '2026-03-04': '1' }), cash('DEPOSIT', '1000', 'USD', '2026-03-02'),
    cash('CURRENCY_EXCHANGE', '-500', 'USD', '2026-03-03'), cash('CURRENCY_EXCHANGE', '400', 'EUR', '2026-03-03'), cash('FEE', '-40', 'EUR', '2026-03-03'));
  const { data } = await door.ask(`{ _entities(representations: [{ __typename: "Portfolio", id: "prt_1" }]) { ... on Portfolio {
    performance(from: "2026-03-02", to: "2026-03-04") { startValue { amount } endValue { amount currency } netFlows { amount } timeWeightedReturn } exposure(by: CURRENCY) { name marketValue { amount } } } } }`);
  const { performance, exposure } = data._entities[0];
  // 800 EUR in; 760 after the fee; 500 USD and 360 EUR on the 4th, when a dollar is a euro
  expect(performance).toMatchObject({ startValue: { amount: '0' }, endValue: { amount: '860', currency: 'EUR' }, netFlows: { amount: '800' } });
  expect(performance.timeWeightedReturn).toBeCloseTo(860 / 800 - 1, 12);
  expect(exposure).toEqual([{ name: 'USD', marketValue: { amount: '500' } }, { name: 'EUR', marketValue: { amount: '360' } }]);
});

test('a fee in another currency takes cash of its own, and goes with the version that it was of', async () => {
  const bought = booked('ins_eu', 'EUR', { quantity: '10', price: '45', netAmount: '-452', held: '10', cost: '452', tradeDate: '2026-03-05', cash: { currency: 'EUR', netAmount: '-450' }, charges: [{ currency: 'USD', amount: '2.5' }] });
  const paid = heard(cashMoved, 'prt_1', { portfolioId: 'prt_1', kind: 'TRADE', currency: 'USD', amount: '-2.5', effectiveDate: '2026-03-05', balance: '7.5', settled: '10', tradeId: 'trd_x' });
  await door.hear(rates('USD', { '2026-03-05': '1.25' }), closes('ins_eu', 'EUR', { '2026-03-05': '46' }), cash('DEPOSIT', '1000', 'EUR', '2026-03-02'), cash('DEPOSIT', '10', 'USD', '2026-03-02'), bought, paid);
  // 550 EUR and 7.50 USD at 0.8
  expect(await valuation()).toMatchObject({ cash: { amount: '556' }, unrealizedPnl: { amount: '8' }, marketValue: { amount: '1016' } });
  const { contractualSettlementDate: _date, ...facts } = bought.data;
  await door.hear(heard(tradeReversed, 'prt_1', { ...facts, because: 'CANCELLED', position: { ...facts.position, quantity: '0', costBasis: '0' } }));
  expect(await valuation()).toMatchObject({ cash: { amount: '1008' }, marketValue: { amount: '1008' } });
});

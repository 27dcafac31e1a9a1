/** What users of other systems complain of, in the figures that analytics gives: percentages and totals around positions that were closed. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated, pricesRecorded } from '@pms/schema/events/rttm';
import { cashMoved, tradeBooked } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { analyticsSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeEach(async () => {
  door = await frontDoor(analyticsSubgraph, { now: () => new Date('2026-03-13T22:00:00Z') });
  await door.hear(
    heard(portfolioCreated, 'prt_1', { portfolioId: 'prt_1', name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }),
    ...['ins_a', 'ins_old'].map((id) => heard(instrumentCreated, id, { instrumentId: id, symbol: id, name: id, assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' })),
    heard(cashMoved, 'prt_1', { portfolioId: 'prt_1', kind: 'DEPOSIT', currency: 'USD', amount: '2000', effectiveDate: '2026-03-02', balance: '2000', settled: '2000', tradeId: null }));
});
afterEach(() => door.close());

const closes = (id: string, prices: Record<string, string>) =>
  heard(pricesRecorded, id, { instrumentId: id, currency: 'USD', prices: Object.entries(prices).map(([date, close]) => ({ date, close, simulated: false })) });

/** What the position is after the trade: quantity, cost, gains since it was first opened. */
type After = readonly [held: string, cost: string, realized: string];
let trades = 0;
const trade = (side: 'BUY' | 'SELL', tradeDate: string, [quantity, price]: readonly [number, number], [held, cost, realized]: After, instrumentId = 'ins_a') => heard(tradeBooked, 'prt_1', {
  tradeId: `trd_${(trades += 1)}`, version: 1, portfolioId: 'prt_1', instrumentId, side, quantity: String(quantity), price: String(price), currency: 'USD', tradeDate, fees: [], externalId: null,
  capturedAt: `${tradeDate}T10:00:00.000Z`, contractualSettlementDate: tradeDate, netAmount: String(side === 'BUY' ? -quantity * price : quantity * price), realizedPnl: '0',
  position: { instrumentId, quantity: held, costBasis: cost, averageCost: '0', realizedPnl: realized, currency: 'USD' },
});

const READ = `{ _entities(representations: [{ __typename: "Portfolio", id: "prt_1" }]) { ... on Portfolio {
  valuation { marketValue { amount } securitiesValue { amount } unrealizedPnl { amount } realizedPnl { amount } positions { instrument { id } quantity unrealizedPnl { amount } } }
  performance(from: "2026-03-01", to: "2026-03-13") { timeWeightedReturn maxDrawdown } } } }`;
const read = async () => (await door.ask(READ)).data._entities[0];

test('complaint: an absurd percentage after selling all and rebuying', async () => {
  await door.hear(
    closes('ins_a', { '2026-03-02': '100', '2026-03-03': '110', '2026-03-06': '150', '2026-03-10': '200', '2026-03-12': '210' }),
    trade('BUY', '2026-03-02', [10, 100], ['10', '1000', '0']), trade('SELL', '2026-03-03', [10, 110], ['0', '0', '100']), trade('BUY', '2026-03-10', [10, 200], ['10', '2000', '100']));
  const { valuation, performance } = await read();
  // 2,000 became 2,100 by the sale, lay still for a week, and 2,200 by the second purchase
  expect(performance.timeWeightedReturn).toBeCloseTo(2_200 / 2_000 - 1, 12);
  expect(performance.maxDrawdown).toBeCloseTo(0, 12);
  expect(valuation).toMatchObject({ marketValue: { amount: '2200' }, unrealizedPnl: { amount: '100' }, realizedPnl: { amount: '100' } });
});

test('complaint: a wrong percentage on several buys', async () => {
  await door.hear(
    closes('ins_a', { '2026-03-02': '100', '2026-03-04': '50', '2026-03-06': '80' }),
    trade('BUY', '2026-03-02', [5, 100], ['5', '500', '0']), trade('BUY', '2026-03-04', [20, 50], ['25', '1500', '0']));
  const { valuation, performance } = await read();
  // 2,000 → 1,750 → 2,500: what was bought low counts with the money that bought it
  expect(performance.timeWeightedReturn).toBeCloseTo(2_500 / 2_000 - 1, 12);
  expect(performance.maxDrawdown).toBeCloseTo(1_750 / 2_000 - 1, 12);
  expect(valuation).toMatchObject({ unrealizedPnl: { amount: '500' }, positions: [{ quantity: '25', unrealizedPnl: { amount: '500' } }] });
});

test('complaint: an old closed position that corrupts today’s total', async () => {
  await door.hear(
    closes('ins_old', { '2026-03-02': '100', '2026-03-03': '40', '2026-03-13': '1000000' }), closes('ins_a', { '2026-03-04': '10', '2026-03-13': '11' }),
    trade('BUY', '2026-03-02', [10, 100], ['10', '1000', '0'], 'ins_old'), trade('SELL', '2026-03-03', [10, 40], ['0', '0', '-600'], 'ins_old'), trade('BUY', '2026-03-04', [100, 10], ['100', '1000', '0']));
  const { valuation, performance } = await read();
  expect(valuation).toMatchObject({ marketValue: { amount: '1500' }, securitiesValue: { amount: '1100' }, unrealizedPnl: { amount: '100' }, realizedPnl: { amount: '-600' }, positions: [{ instrument: { id: 'ins_a' } }] });
  expect(performance.timeWeightedReturn).toBeCloseTo(1_500 / 2_000 - 1, 12);
});

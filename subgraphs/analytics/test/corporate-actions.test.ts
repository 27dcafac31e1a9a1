/** Corporate actions in what a portfolio is worth and earned: a split is no loss, a dividend is income. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { corporateActionAnnounced, corporateActionCancelled, instrumentCreated, pricesRecorded } from '@pms/schema/events/rttm';
import { cashMoved, corporateActionApplied, corporateActionReversed, tradeBooked } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { analyticsSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
const now = (): Date => new Date('2026-03-05T15:00:00Z');
beforeEach(async () => { door = await frontDoor(analyticsSubgraph, { now }); });
afterEach(() => door.close());

const closes = (id: string, prices: Record<string, string>) => heard(pricesRecorded, id, {
  instrumentId: id, currency: 'USD', prices: Object.entries(prices).map(([date, close]) => ({ date, close, simulated: false })),
});
const position = (quantity: string, costBasis: string, instrumentId = 'ins_a') => ({ instrumentId, quantity, costBasis, averageCost: '0', realizedPnl: '0', currency: 'USD' });

/** 1,000 paid in and spent on ten at 100. */
const told = () => [
  heard(portfolioCreated, 'prt_1', { portfolioId: 'prt_1', name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: 'ins_a' }),
  ...['ins_a', 'ins_b'].map((id) => heard(instrumentCreated, id, { instrumentId: id, symbol: id.toUpperCase(), name: id, assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' })),
  closes('ins_a', { '2026-02-27': '100', '2026-03-02': '100' }),
  heard(cashMoved, 'prt_1', { portfolioId: 'prt_1', kind: 'DEPOSIT', currency: 'USD', amount: '1000', effectiveDate: '2026-03-02', balance: '1000', settled: '1000', tradeId: null }),
  heard(tradeBooked, 'prt_1', {
    tradeId: 'trd_1', version: 1, portfolioId: 'prt_1', instrumentId: 'ins_a', side: 'BUY', currency: 'USD', fees: [], externalId: null, capturedAt: '2026-03-02T10:00:00.000Z', tradeDate: '2026-03-02',
    quantity: '10', price: '100', netAmount: '-1000', realizedPnl: '0', contractualSettlementDate: '2026-03-03', position: position('10', '1000'),
  }),
];

const announced = (over: Record<string, unknown>) => heard(corporateActionAnnounced, 'ins_a', {
  actionId: 'cac_1', version: 1, instrumentId: 'ins_a', kind: 'SPLIT', exDate: '2026-03-04', recordDate: null, payDate: null, currency: 'USD', cashPerShare: null, withholdingRate: null,
  newShares: null, oldShares: null, newInstrumentId: null, basisShare: null, oldPrice: null, newPrice: null, cashInLieuPrice: null, taxable: false, newSymbol: null, newName: null,
  subscriptionPrice: null, subscribedInstrumentId: null, subscribedShares: null, subscribedRights: null, expiresOn: null, ...over,
});
const applied = (over: Record<string, unknown>) => heard(corporateActionApplied, 'prt_1', {
  entitlementId: 'ent_1', actionId: 'cac_1', version: 1, portfolioId: 'prt_1', kind: 'SPLIT', instrumentId: 'ins_a', exDate: '2026-03-04', payDate: null, entitled: '10', currency: 'USD',
  income: '0', tax: '0', capital: '0', parts: [], positions: [], moved: [], ...over,
});
const part = (quantity: string, cost = '0', gain = '0', instrumentId = 'ins_a') => ({ instrumentId, currency: 'USD', quantity, cost, gain });
const split = () => [announced({ newShares: '4', oldShares: '1' }), applied({ parts: [part('30')], positions: [position('40', '1000')] })];

const READ = `query ($asOf: Date) { _entities(representations: [{ __typename: "Portfolio", id: "prt_1" }]) { ... on Portfolio {
  valuation(asOf: $asOf) { marketValue { amount } cash { amount } unrealizedPnl { amount } dayPnl { amount } positions { instrument { id } quantity last } }
  performance(from: "2026-03-02", to: "2026-03-05") { timeWeightedReturn benchmarkReturn } } } }`;
const read = async (asOf: string | null = null) => (await door.ask(READ, { asOf })).data._entities[0];

test('a split is no loss: on its day, before its first close, and over the time around it', async () => {
  await door.hear(...told(), ...split());
  expect((await read()).valuation).toMatchObject({ marketValue: { amount: '1000' }, unrealizedPnl: { amount: '0' }, dayPnl: { amount: '0' }, positions: [{ quantity: '40', last: '25' }] });
  await door.hear(closes('ins_a', { '2026-03-04': '26' }));
  const { valuation, performance } = await read();
  expect(valuation).toMatchObject({ marketValue: { amount: '1040' }, unrealizedPnl: { amount: '40' }, positions: [{ last: '26' }] });
  expect(performance.timeWeightedReturn).toBeCloseTo(0.04, 12);
  expect(performance.benchmarkReturn).toBeCloseTo(0.04, 12);
  expect((await read('2026-03-04')).valuation).toMatchObject({ marketValue: { amount: '1040' }, dayPnl: { amount: '40' } });
  expect((await read('2026-03-03')).valuation).toMatchObject({ marketValue: { amount: '1000' }, positions: [{ quantity: '10', last: '100' }] });
});

test('a dividend is income from its ex date, net of tax, though the price falls by it', async () => {
  await door.hear(...told(), closes('ins_a', { '2026-03-03': '100', '2026-03-04': '98' }), applied({ kind: 'CASH_DIVIDEND', income: '20', tax: '3' }));
  const { valuation, performance } = await read('2026-03-04');
  expect(valuation).toMatchObject({ marketValue: { amount: '997' }, cash: { amount: '17' }, dayPnl: { amount: '-3' } });
  expect(performance.timeWeightedReturn).toBeCloseTo(-0.003, 12);
});

test('what is spun off is worth something from its ex date, and its cost is no gain', async () => {
  await door.hear(...told(), closes('ins_a', { '2026-03-03': '100', '2026-03-04': '80' }), closes('ins_b', { '2026-03-04': '20' }),
    applied({ kind: 'SPIN_OFF', parts: [part('0', '-200'), part('10', '200', '0', 'ins_b')], positions: [position('10', '800'), position('10', '200', 'ins_b')] }));
  const { valuation, performance } = await read('2026-03-04');
  expect(valuation).toMatchObject({ marketValue: { amount: '1000' }, unrealizedPnl: { amount: '0' }, dayPnl: { amount: '0' } });
  expect(performance.timeWeightedReturn).toBeCloseTo(0, 12);
});

test('what is told last of an entitlement stands, and a reversed one leaves nothing', async () => {
  await door.hear(...told(), applied({ kind: 'CASH_DIVIDEND', income: '20' }), applied({ kind: 'CASH_DIVIDEND', income: '15' }));
  expect((await read()).valuation).toMatchObject({ cash: { amount: '15' } });
  await door.hear(heard(corporateActionReversed, 'prt_1', { entitlementId: 'ent_1', actionId: 'cac_1', version: 1, portfolioId: 'prt_1', positions: [], moved: [] }));
  expect((await read()).valuation).toMatchObject({ cash: { amount: '0' } });
  await door.hear(announced({ newShares: '2', oldShares: '1' }), heard(corporateActionCancelled, 'ins_a', { actionId: 'cac_1', version: 2, instrumentId: 'ins_a' }));
  expect((await read()).valuation).toMatchObject({ marketValue: { amount: '1000' }, positions: [{ last: '100' }] });
});

/** The analytics domain through its front door: what it says of a small portfolio whose figures can be worked out by hand. */
import { performanceMeasured } from '@pms/schema/events/analytics';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated, pricesRecorded, type QuoteMessage } from '@pms/schema/events/rttm';
import { cashMoved, lotsReallocated, tradeBooked, tradeReversed } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { execute, parse, subscribe } from 'graphql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measurePortfolios } from '../src/commands/measure-portfolios.ts';
import { quoteBook } from '../src/queries/quote-book.ts';
import { seriesCache } from '../src/queries/series-cache.ts';
import { analyticsStore } from '../src/store/analytics-store.ts';
import { analyticsSubgraph } from '../src/subgraph.ts';
import { PrismaClient } from '@pms/prisma/analytics';
import { unitOfWork } from '@pms/events/unit-of-work';

let door: FrontDoor;
const now = (): Date => new Date('2026-03-05T15:00:00Z');
beforeEach(async () => { door = await frontDoor(analyticsSubgraph, { now }); });
afterEach(() => door.close());

const portfolio = (id = 'prt_1', over: object = {}) => heard(portfolioCreated, id, {
  portfolioId: id, name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: 'ins_i', ...over,
});
const instrument = (id: string, currency = 'USD') => heard(instrumentCreated, id, { instrumentId: id, symbol: id.toUpperCase(), name: id, assetClass: 'EQUITY', currency, mic: 'XNYS' });
const closes = (id: string, prices: Record<string, string>, simulated = false) => heard(pricesRecorded, id, {
  instrumentId: id, currency: 'USD', prices: Object.entries(prices).map(([date, close]) => ({ date, close, simulated })),
});
const flow = (amount: string, effectiveDate: string, currency = 'USD') => heard(cashMoved, 'prt_1', {
  portfolioId: 'prt_1', kind: amount.startsWith('-') ? 'WITHDRAWAL' : 'DEPOSIT', currency, amount, effectiveDate, balance: amount, settled: amount, tradeId: null,
});
interface Booking { readonly tradeId: string; readonly tradeDate: string; readonly quantity: string; readonly price: string; readonly netAmount: string; readonly realizedPnl: string; readonly held: string; readonly cost: string; readonly realized: string; readonly side?: 'BUY' | 'SELL' }
const facts = ({ held, cost, realized, side = 'BUY', ...trade }: Booking) => ({
  version: 1, portfolioId: 'prt_1', instrumentId: 'ins_a', side, currency: 'USD', fees: [], externalId: null, capturedAt: `${trade.tradeDate}T10:00:00.000Z`, ...trade,
  position: { instrumentId: 'ins_a', quantity: held, costBasis: cost, averageCost: '0', realizedPnl: realized, currency: 'USD' },
});
const booked = (booking: Booking) => heard(tradeBooked, 'prt_1', { ...facts(booking), contractualSettlementDate: '2026-03-06' });
const BUY: Booking = { tradeId: 'trd_1', tradeDate: '2026-03-02', quantity: '10', price: '100', netAmount: '-1001', realizedPnl: '0', held: '10', cost: '1001', realized: '0' };

/** 2,000 paid in; ten bought at 100 with 1 commission; closes 100, 110, 99. */
const told = () => [
  portfolio(), instrument('ins_a'), instrument('ins_i'),
  closes('ins_a', { '2026-02-27': '98', '2026-03-02': '100', '2026-03-03': '110', '2026-03-04': '99' }),
  closes('ins_i', { '2026-02-27': '1000', '2026-03-04': '1010' }),
  flow('2000', '2026-03-02'), booked(BUY),
];
const READ = `query ($id: ID!, $asOf: Date) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  valuation(asOf: $asOf) { at marketValue { amount currency } securitiesValue { amount } cash { amount } unrealizedPnl { amount } realizedPnl { amount } dayPnl { amount } simulated
    positions { instrument { id } quantity last priceDate marketValue { amount } unrealizedPnl { amount } dayPnl { amount } } } } } }`;
const valuation = async (asOf: string | null = null, id = 'prt_1') => (await door.ask(READ.replace('$id }', `"${id}" }`).replace('$id: ID!, ', ''), { asOf })).data._entities[0]?.valuation;
const quote = (last: string): QuoteMessage => ({ instrumentId: 'ins_a', organizationId: 'org_one', last, previousClose: '99', currency: 'USD', time: '2026-03-05T14:59:00.000Z', simulated: true });

test('a portfolio is worth its positions at the last close and its cash', async () => {
  await door.hear(...told());
  expect(await valuation()).toMatchObject({
    marketValue: { amount: '1989', currency: 'USD' }, securitiesValue: { amount: '990' }, cash: { amount: '999' }, unrealizedPnl: { amount: '-11' },
    realizedPnl: { amount: '0' }, dayPnl: { amount: '0' }, simulated: false, positions: [{ instrument: { id: 'ins_a' }, quantity: '10', last: '99', priceDate: '2026-03-04' }],
  });
});

test('as of an earlier day it is worth what was held then, at that day\'s closes', async () => {
  await door.hear(...told());
  expect(await valuation('2026-03-03')).toMatchObject({ at: '2026-03-03T23:59:59.999Z', marketValue: { amount: '2099' }, unrealizedPnl: { amount: '99' }, dayPnl: { amount: '100' } });
  expect(await valuation('2026-03-02')).toMatchObject({ marketValue: { amount: '1999' }, dayPnl: { amount: '-1' } });
  expect(await valuation('2026-03-01')).toMatchObject({ marketValue: { amount: '0' }, positions: [] });
});

test('a sale on the day counts in the day\'s result with the cash that it brought', async () => {
  await door.hear(...told(), booked({ tradeId: 'trd_2', side: 'SELL', tradeDate: '2026-03-05', quantity: '4', price: '105', netAmount: '419', realizedPnl: '18.6', held: '6', cost: '600.6', realized: '18.6' }));
  expect(await valuation()).toMatchObject({ securitiesValue: { amount: '594' }, cash: { amount: '1418' }, realizedPnl: { amount: '18.6' }, dayPnl: { amount: '23' } });
});

test('a reversed trade leaves nothing, and redelivery changes nothing', async () => {
  const events = told();
  const undone = heard(tradeReversed, 'prt_1', { ...facts({ ...BUY, held: '0', cost: '0' }), because: 'CANCELLED' as const });
  await door.hear(...events, ...events, undone, undone);
  expect(await valuation()).toMatchObject({ marketValue: { amount: '2000' }, unrealizedPnl: { amount: '0' }, positions: [] });
  expect(await valuation('2026-03-03')).toMatchObject({ marketValue: { amount: '2000' } });
});

test('when an earlier trade changes the gains of later ones, past and present figures follow', async () => {
  const sale: Booking = { tradeId: 'trd_2', side: 'SELL', tradeDate: '2026-03-03', quantity: '10', price: '110', netAmount: '1100', realizedPnl: '99', held: '0', cost: '0', realized: '99' };
  const late: Booking = { tradeId: 'trd_0', tradeDate: '2026-03-01', quantity: '10', price: '90', netAmount: '-900', realizedPnl: '0', held: '10', cost: '1001', realized: '200' };
  await door.hear(...told(), booked(sale), booked(late), heard(lotsReallocated, 'prt_1', {
    portfolioId: 'prt_1', positions: [facts(late).position], gains: [{ tradeId: 'trd_2', version: 1, realizedPnl: '200' }],
  }));
  expect(await valuation()).toMatchObject({ realizedPnl: { amount: '200' }, unrealizedPnl: { amount: '-11' } });
  expect(await valuation('2026-03-03')).toMatchObject({ realizedPnl: { amount: '200' }, unrealizedPnl: { amount: '99' } });
});

test('amounts of another currency are refused, never added', async () => {
  await door.hear(...told(), flow('50', '2026-03-03', 'EUR'));
  const { codes, messages } = await door.ask(READ.replace('$id }', '"prt_1" }').replace('$id: ID!, ', ''));
  expect(codes).toEqual(['MISSING_RATE']);
  expect(messages).toEqual(['there is no rate from EUR to USD for 2026-03-05: none was published on or before that day']);
});

test('returns are chained around flows; drawdown, flows and the benchmark follow', async () => {
  await door.hear(...told());
  const ask = `{ _entities(representations: [{ __typename: "Portfolio", id: "prt_1" }]) { ... on Portfolio {
    performance(from: "2026-03-01", to: "2026-03-04") { timeWeightedReturn maxDrawdown benchmarkReturn startValue { amount } endValue { amount } netFlows { amount } volatility sharpe moneyWeightedReturn annualizedReturn warnings } } } }`;
  const { performance } = (await door.ask(ask)).data._entities[0];
  // 2,000 in at the start of the 2nd; 1,999 → 2,099 → 1,989 at the ends of the days
  expect(performance.timeWeightedReturn).toBeCloseTo(1989 / 2000 - 1, 12);
  expect(performance.maxDrawdown).toBeCloseTo(1989 / 2099 - 1, 12);
  expect(performance.benchmarkReturn).toBeCloseTo(0.01, 12);
  expect(performance).toMatchObject({ startValue: { amount: '0' }, endValue: { amount: '1989' }, netFlows: { amount: '2000' }, annualizedReturn: null });
});

test('value at risk is the loss at the quantile of what today\'s holdings would have done', async () => {
  const days = Array.from({ length: 101 }, (_, n) => new Date(Date.UTC(2025, 9, 1 + n)).toISOString().slice(0, 10));
  const prices = Object.fromEntries(days.map((day, n) => [day, n % 2 === 0 ? '100' : '95']));
  await door.hear(portfolio(), instrument('ins_a'), closes('ins_a', prices), flow('2000', '2025-10-01'), booked({ ...BUY, tradeDate: '2025-10-01' }));
  const ask = (args: string) => `{ _entities(representations: [{ __typename: "Portfolio", id: "prt_1" }]) { ... on Portfolio { risk${args} {
    observations valueAtRisk { confidence horizonDays method amount { amount } } expectedShortfall { amount { amount } } } } } }`;
  expect((await door.ask(ask(''))).data._entities[0].risk).toMatchObject({ observations: 100, valueAtRisk: { confidence: 0.99, horizonDays: 1, method: 'HISTORICAL', amount: { amount: '50' } }, expectedShortfall: { amount: { amount: '50' } } });
  expect((await door.ask(ask('(horizonDays: 4)'))).data._entities[0].risk.valueAtRisk.amount.amount).toBe('100');
  expect((await door.ask(ask('(confidence: 2)'))).codes).toEqual(['BAD_USER_INPUT']);
  expect((await door.ask(ask('(observations: 30)'))).data._entities[0].risk.observations).toBe(30);
});

test('the subscription gives the value at once, after a quote, and after a booking', async () => {
  await door.hear(...told());
  await door.subgraph.start?.();
  const moves = (await door.subscribe('subscription { portfolioPnl(portfolioId: "prt_1") { marketValue { amount } dayPnl { amount } simulated portfolio { id } positions { last } } }'))[Symbol.asyncIterator]();
  const next = async () => (await moves.next()).value.data.portfolioPnl;
  expect(await next()).toMatchObject({ marketValue: { amount: '1989' }, portfolio: { id: 'prt_1' }, simulated: false });
  const second = next();
  door.surroundings.live.publish('quotes/ins_a', quote('101'));
  expect(await second).toMatchObject({ marketValue: { amount: '2009' }, dayPnl: { amount: '20' }, simulated: true, positions: [{ last: '101' }] });
  const third = next();
  await door.hear(booked({ ...BUY, tradeId: 'trd_2', tradeDate: '2026-03-05', quantity: '1', price: '101', netAmount: '-101', held: '11', cost: '1102' }));
  expect(await third).toMatchObject({ marketValue: { amount: '2009' }, dayPnl: { amount: '20' } });
  await moves.return?.();
});

test('another organisation finds nothing: no value and no subscription', async () => {
  await door.hear(...told());
  const as = principal({ organizationId: 'org_other' });
  expect((await door.ask(READ.replace('$id }', '"prt_1" }').replace('$id: ID!, ', ''), {}, { as })).codes).toEqual(['NOT_FOUND']);
  await expect(door.subscribe('subscription { portfolioPnl(portfolioId: "prt_1") { at } }', {}, { as })).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
});

test('a portfolio is measured once for each change, and the others are told', async () => {
  await door.hear(...told());
  const { database, live } = { database: door.database, live: door.surroundings.live };
  const store = analyticsStore(new PrismaClient({ adapter: database.adapter }), database, unitOfWork(database, 'analytics', () => undefined));
  const ctx = { store, quotes: quoteBook(live), series: seriesCache(store), now, newId: door.surroundings.newId };
  expect(await measurePortfolios(ctx)).toBe(1);
  expect(await measurePortfolios(ctx)).toBe(0);
  const [event] = await door.told();
  const { asOf, marketValue, measures } = performanceMeasured.data.parse(event?.data);
  expect({ asOf, marketValue }).toEqual({ asOf: '2026-03-05', marketValue: '1989' });
  expect(measures.map(({ window }) => window)).toEqual(['MONTH_TO_DATE', 'YEAR_TO_DATE', 'ONE_YEAR', 'SINCE_INCEPTION']);
  await door.hear(closes('ins_a', { '2026-03-05': '120' }));
  expect(await measurePortfolios(ctx)).toBe(1);
  expect((await door.told()).length).toBe(2);
});

test('of two processes each knows the newest quote, whichever of them was told of the instrument, and in whatever order quotes arrive', async () => {
  const second = analyticsSubgraph(door.surroundings);
  await door.hear(...told());
  const ofSecond = async (): Promise<unknown> => {
    const contextValue = second.contextFor({ principal: principal(), token: null, correlationId: 'cor_second' });
    const { data } = await execute({ schema: second.schema, document: parse(READ.replace('$id }', '"prt_1" }').replace('$id: ID!, ', '')), contextValue });
    return (JSON.parse(JSON.stringify(data)) as { _entities: { valuation: unknown }[] })._entities[0]?.valuation;
  };
  door.surroundings.live.publish('quotes/ins_a', quote('120'));
  door.surroundings.live.publish('quotes/ins_a', { ...quote('90'), time: '2026-03-05T14:58:59.000Z' });
  expect([await valuation(), await ofSecond()]).toMatchObject([{ securitiesValue: { amount: '1200' } }, { securitiesValue: { amount: '1200' } }]);
  const contextValue = second.contextFor({ principal: principal(), token: null, correlationId: 'cor_second' });
  const live = await subscribe({ schema: second.schema, document: parse('subscription { portfolioPnl(portfolioId: "prt_1") { positions { last } } }'), contextValue });
  if (!(Symbol.asyncIterator in live)) throw live.errors?.[0] ?? new Error('the subscription was refused');
  const next = async (): Promise<string> => JSON.parse(JSON.stringify((await live.next()).value)).data.portfolioPnl.positions[0].last;
  expect(await next()).toBe('120');
  door.surroundings.live.publish('quotes/ins_a', { ...quote('130'), time: '2026-03-05T14:59:30.000Z' });
  expect(await next()).toBe('130');
  await live.return?.(undefined);
  await second.close();
});

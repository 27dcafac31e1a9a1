/** Positions and cash in the portfolio's base currency: cost at the trade's own rate, value at the last rate and close, gains by price and by currency. */
import { fxRatePublished, pricesRecorded } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { nowKnown, validated, type World, world } from './world.ts';

let door: FrontDoor;
let at: World;
const doors: FrontDoor[] = [];
beforeEach(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => new Date('2026-11-20T12:00:00Z') });
  doors.push(door);
  at = await world(door);
});
afterAll(async () => {
  for (const each of doors) {
    expect((await each.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
    await each.close();
  }
});

const rates = (base: string, quote: string, of: Record<string, string>) => heard(fxRatePublished, `org_one/${base}/${quote}`, {
  base, quote, source: 'test', rates: Object.entries(of).map(([date, rate]) => ({ date, rate })),
});
const closes = (of: Record<string, string>) => heard(pricesRecorded, at.instrumentId, {
  instrumentId: at.instrumentId, currency: 'USD', prices: Object.entries(of).map(([date, close]) => ({ date, close, simulated: false })),
});
const buy = (portfolioId: string, over = {}) => validated(portfolioId, at.instrumentId, over);
const SPLIT = '{ total { amount currency } price { amount } fx { amount } }';
const IN_BASE = `price { amount { amount } date } marketValue { amount currency } unrealizedPnl { amount } fxRate { base quote rate date }
  costBasisBase { amount currency } marketValueBase { amount currency } unrealizedPnlBase ${SPLIT} realizedPnlBase ${SPLIT}`;
const entity = (fields: string) => `query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { ${fields} } } }`;
const positionOf = async (id: string, args = '') => (await door.ask(entity(`positions(includeClosed: true${args}) { quantity ${IN_BASE} }`), { id })).data._entities[0].positions[0];
const amounts = (split: Record<string, { amount: string }>) => [split['total']?.amount, split['price']?.amount, split['fx']?.amount];

test('a position is valued at the last close and the last rate on or before the day, each shown with its day', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await door.hear(rates('EUR', 'USD', { '2026-11-02': '1.25', '2026-11-19': '1.2' }), closes({ '2026-11-18': '110' }), buy(id));
  const position = await positionOf(id);
  expect(position).toMatchObject({
    price: { amount: { amount: '110' }, date: '2026-11-18' }, marketValue: { amount: '1100', currency: 'USD' }, unrealizedPnl: { amount: '100' },
    fxRate: { base: 'USD', quote: 'EUR', rate: '0.833333333333333333', date: '2026-11-19' },
    costBasisBase: { amount: '800', currency: 'EUR' }, marketValueBase: { amount: '916.666666666666666667', currency: 'EUR' },
  });
  // 100 USD at 1/1.2, and 1,000 USD that cost 800 EUR and are 833.33 EUR now
  expect(amounts(position.unrealizedPnlBase)).toEqual(['116.666666666666666667', '83.333333333333333333', '33.333333333333333334']);
});

test('price holes over holidays: as of a day without a close or a rate, the last ones before it count, with their days', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await door.hear(rates('EUR', 'USD', { '2026-04-02': '1.25', '2026-04-07': '1.3' }), closes({ '2026-04-02': '100', '2026-04-07': '120' }), buy(id, { tradeDate: '2026-04-01', settlement: { currency: 'EUR', rate: '0.81' } }));
  for (const day of ['2026-04-03', '2026-04-05', '2026-04-06'])
    expect(await positionOf(id, `, asOf: "${day}"`)).toMatchObject({ price: { date: '2026-04-02' }, fxRate: { rate: '0.8', date: '2026-04-02' }, marketValueBase: { amount: '800' }, costBasisBase: { amount: '810' } });
  expect(await positionOf(id, ', asOf: "2026-04-07"')).toMatchObject({ price: { date: '2026-04-07' }, fxRate: { date: '2026-04-07' } });
});

test('a missing rate fails what needs it, with currencies and day, and leaves what does not', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await door.hear(closes({ '2026-11-18': '110' }), buy(id));
  const { data, codes, messages } = await door.ask(entity('positions { costBasis { amount } marketValue { amount } marketValueBase { amount } costBasisBase { amount } fxRate { rate } }'), { id });
  expect(data._entities[0].positions).toEqual([{ costBasis: { amount: '1000' }, marketValue: { amount: '1100' }, marketValueBase: null, costBasisBase: null, fxRate: null }]);
  expect(new Set(codes)).toEqual(new Set(['MISSING_RATE']));
  expect(messages).toContain('there is no rate from USD to EUR for 2026-11-20: none was published on or before that day');
  expect(messages).toContain('there is no rate from USD to EUR for 2026-11-02: none was published on or before that day');
  // a rate that comes late is used for what had none when it was booked
  await door.hear(rates('EUR', 'USD', { '2026-10-30': '1.25', '2026-11-20': '1.25' }));
  expect(await positionOf(id)).toMatchObject({ costBasisBase: { amount: '800' }, marketValueBase: { amount: '880' } });
});

test('without a close there is no value, and cost stands', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await door.hear(rates('EUR', 'USD', { '2026-11-02': '1.25', '2026-11-20': '1.25' }), buy(id));
  expect(await positionOf(id)).toMatchObject({ price: null, marketValue: null, marketValueBase: null, unrealizedPnlBase: null, costBasisBase: { amount: '800' } });
  const totals = (await door.ask(entity('baseTotals { costBasis { amount } marketValue { amount } unpriced { id } }'), { id })).data._entities[0].baseTotals;
  expect(totals).toEqual({ costBasis: { amount: '800' }, marketValue: { amount: '0' }, unpriced: [{ id: at.instrumentId }] });
});

test.each([
  // bought 10 at 100 and 10 at 120, sold 10 at 130; 0.8, 0.9 and 1.0 EUR for a dollar
  ['FIFO', '500', '300', '200', '1080'],
  ['LIFO', '220', '100', '120', '800'],
  ['AVERAGE_COST', '360', '200', '160', '940'],
] as const)('a realised gain is split into price and currency: %s', async (lotMethod, total, price, fx, cost) => {
  const id = await at.open({ baseCurrency: 'EUR', lotMethod });
  await door.hear(rates('USD', 'EUR', { '2026-11-02': '0.8', '2026-11-03': '0.9', '2026-11-04': '1' }), buy(id), buy(id, { tradeDate: '2026-11-03', price: '120' }));
  await door.hear(buy(id, { tradeDate: '2026-11-04', side: 'SELL', price: '130' }));
  const position = await positionOf(id, ', asOf: "2026-11-04"');
  expect(amounts(position.realizedPnlBase)).toEqual([total, price, fx]);
  expect(position.costBasisBase).toEqual({ amount: cost, currency: 'EUR' });
  expect((await positionOf(id)).costBasisBase).toEqual({ amount: cost, currency: 'EUR' });
  await door.hear(buy(id, { tradeDate: '2026-11-05', side: 'SELL', price: '130' }));
  expect(await positionOf(id)).toMatchObject({ quantity: '0', costBasisBase: { amount: '0' }, marketValueBase: { amount: '0' } });
});

test('cost at the trade\'s own rate is what was paid, whatever was published, and a correction does not change it', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await door.hear(rates('EUR', 'USD', { '2026-11-02': '1.25', '2026-11-20': '1.25' }), buy(id, { settlement: { currency: 'EUR', rate: '0.9215' }, price: '100.33' }), buy(id));
  // 1,003.30 × 0.9215 = 924.54095 → 924.54 paid; the other at the published 0.8
  expect(await positionOf(id)).toMatchObject({ costBasisBase: { amount: '1724.54' } });
  const knownAt = await nowKnown();
  await door.hear(rates('EUR', 'USD', { '2026-11-02': '1.3', '2026-11-20': '1.6' }), closes({ '2026-11-20': '100' }));
  expect(await positionOf(id)).toMatchObject({ costBasisBase: { amount: '1724.54' }, marketValueBase: { amount: '1250' } });
  // as it was known then: the rate of then, and no close
  expect(await positionOf(id, `, knownAt: "${knownAt}", asOf: "2026-11-20"`)).toMatchObject({ fxRate: { rate: '0.8' }, price: null, costBasisBase: { amount: '1724.54' } });
});

test('in the base currency nothing is converted, and no rate is asked for', async () => {
  const id = await at.open();
  await door.hear(closes({ '2026-11-18': '110' }), buy(id), buy(id, { side: 'SELL', quantity: '4', price: '105', tradeDate: '2026-11-03' }));
  const position = await positionOf(id);
  expect(position).toMatchObject({ fxRate: { base: 'USD', quote: 'USD', rate: '1', date: '2026-11-20' }, costBasisBase: { amount: '600' }, marketValueBase: { amount: '660' } });
  expect([amounts(position.unrealizedPnlBase), amounts(position.realizedPnlBase)]).toEqual([['60', '60', '0'], ['20', '20', '0']]);
});

const FOREIGN = `foreignCash { currency balance { amount currency } fxRate { rate date } balanceBase { amount currency } costBase { amount } realizedFxGain { amount } unrealizedFxGain { amount } }`;

test('cash of a foreign currency earns what its rate does: average cost, an exchange at its own rate', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await door.hear(rates('USD', 'EUR', { '2026-11-02': '0.8', '2026-11-10': '0.9', '2026-11-18': '0.95', '2026-11-19': '1' }));
  await at.deposit(id, '1000', { effectiveDate: '2026-11-02' });
  await at.deposit(id, '1000', { effectiveDate: '2026-11-10' });
  await door.ask('mutation ($input: ExchangeCurrencyInput!) { exchangeCurrency(input: $input) { userErrors { message } } }', { input: {
    portfolioId: id, sold: { amount: '500', currency: 'USD' }, bought: { amount: '480', currency: 'EUR' }, tradeDate: '2026-11-18', idempotencyKey: 'x-1',
  } });
  // average 0.85: 500 cost 425 and fetched 480; 1,500 cost 1,275 and are worth 1,500
  expect((await door.ask(entity(FOREIGN), { id })).data._entities[0].foreignCash).toEqual([{
    currency: 'USD', balance: { amount: '1500', currency: 'USD' }, fxRate: { rate: '1', date: '2026-11-19' }, balanceBase: { amount: '1500', currency: 'EUR' },
    costBase: { amount: '1275' }, realizedFxGain: { amount: '55' }, unrealizedFxGain: { amount: '225' },
  }]);
  const then = (await door.ask(entity(FOREIGN.replace('foreignCash', 'foreignCash(asOf: "2026-11-10")')), { id })).data._entities[0].foreignCash;
  expect(then).toMatchObject([{ balance: { amount: '2000' }, costBase: { amount: '1700' }, balanceBase: { amount: '1800' }, realizedFxGain: { amount: '0' } }]);
});

test('adding amounts of different currencies: totals convert each amount first, and fail where they cannot', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await at.deposit(id, '500', { effectiveDate: '2026-11-02' });
  await at.deposit(id, '100', { effectiveDate: '2026-11-02', amount: { amount: '100', currency: 'EUR' } });
  await door.hear(closes({ '2026-11-19': '110' }), buy(id, { quantity: '2' }));
  const ask = () => door.ask(entity(`baseTotals { currency date netAssets { amount currency } marketValue { amount } cash { amount } costBasis { amount } unrealizedPnl ${SPLIT} realizedPnl ${SPLIT} cashFxGain { amount } unpriced { id } }`), { id });
  const refused = await ask();
  expect([refused.data._entities[0].baseTotals, new Set(refused.codes)]).toEqual([null, new Set(['MISSING_RATE'])]);
  await door.hear(rates('USD', 'EUR', { '2026-11-02': '0.8', '2026-11-19': '0.9' }));
  const { baseTotals } = (await ask()).data._entities[0];
  // 220 USD of shares and 300 of 500 USD of cash, at 0.9, and 100 EUR
  expect(baseTotals).toMatchObject({ currency: 'EUR', date: '2026-11-20', netAssets: { amount: '568', currency: 'EUR' }, marketValue: { amount: '198' }, cash: { amount: '370' }, costBasis: { amount: '160' }, cashFxGain: { amount: '30' }, unpriced: [] });
  expect(amounts(baseTotals.unrealizedPnl)).toEqual(['38', '18', '20']);
});

test('figures in the base currency are another organisation\'s business', async () => {
  const id = await at.open({ baseCurrency: 'EUR' });
  await door.hear(rates('USD', 'EUR', { '2026-11-02': '0.8' }), buy(id));
  const { data } = await door.ask(entity('baseTotals { currency } foreignCash { currency } positions { quantity }'), { id }, { as: principal({ organizationId: 'org_other' }) });
  expect(data._entities[0]).toEqual({ baseTotals: null, foreignCash: [], positions: [] });
});

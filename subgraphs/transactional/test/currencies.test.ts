/** Trades whose currency is not the portfolio's, and whose cash may move in yet another one. */
import { setTimeout as delay } from 'node:timers/promises';
import { fxRatePublished } from '@pms/schema/events/rttm';
import { tradeBooked } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { announced, newInstrument, process } from './actions-world.ts';
import { cancelled, cash, DEPOSIT, SETTLEMENT, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let at: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  at = await world(door);
});
afterAll(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
  expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
  await door.close();
});

export const rates = (base: string, quote: string, of: Record<string, string>) => heard(fxRatePublished, `org_one/${base}/${quote}`, {
  base, quote, source: 'test', rates: Object.entries(of).map(([date, rate]) => ({ date, rate })),
});
const cashOf = async (id: string, args = ''): Promise<{ currency: string }[]> => (await door.ask(cash(args), { id })).data._entities[0].cash;
const lines = async (portfolioId: string) => (await door.database.query<{ kind: string; account: string; currency: string; amount: string }>(
  `select e.kind, l.account, l.currency, trim_scale(l.amount)::text as amount from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id
   where e.portfolio_id = $1 and e.kind like 'TRADE%' order by e.number, l.line`, [portfolioId])).rows.map(({ kind, account, currency, amount }) => `${kind} ${account} ${amount} ${currency}`);
const booked = async (tradeId: string) => tradeBooked.data.parse((await door.told()).findLast(({ type, data }) => type === tradeBooked.name && (data as { tradeId: string }).tradeId === tradeId)?.data);
const buy = (portfolioId: string, over = {}) => validated(portfolioId, at.instrumentId, over);
const IN_EUR = { settlement: { currency: 'EUR', rate: '0.9215' } };
const FEES = [{ kind: 'COMMISSION' as const, amount: { amount: '3.33', currency: 'USD' } }];

test('cash moves in the settlement currency at the trade\'s own rate, lots keep the trade\'s currency, and each currency balances', async () => {
  const portfolioId = await at.open({ baseCurrency: 'EUR' });
  await at.deposit(portfolioId, '2000', { amount: { amount: '2000', currency: 'EUR' }, effectiveDate: '2026-11-01' });
  const trade = buy(portfolioId, { ...IN_EUR, fees: FEES });
  await door.hear(trade);
  // 10 × 100 + 3.33 = 1,003.33 USD; × 0.9215 = 924.568595 → 924.57 EUR
  expect(await lines(portfolioId)).toEqual([
    'TRADE_BOOKED SECURITIES_AT_COST 1003.33 USD', 'TRADE_BOOKED FX -1003.33 USD', 'TRADE_BOOKED FX 924.57 EUR', 'TRADE_BOOKED CASH_PAYABLE -924.57 EUR',
  ]);
  expect(await at.position(portfolioId)).toMatchObject({ currency: 'USD', costBasis: { amount: '1003.33', currency: 'USD' } });
  expect(await cashOf(portfolioId)).toMatchObject([{ currency: 'EUR', balance: { amount: '1075.43' }, payable: { amount: '924.57' } }]);
  expect(await booked(tradeIdOf(trade))).toMatchObject({
    currency: 'USD', netAmount: '-1003.33', cash: { currency: 'EUR', netAmount: '-924.57' }, base: { currency: 'EUR', netAmount: '-924.57', rate: '0.9215', date: '2026-11-02' },
  });
  await door.ask('mutation { settleDue(input: { asOf: "2026-11-10" }) { settled } }');
  expect((await door.ask(SETTLEMENT, { id: tradeIdOf(trade) })).data._entities[0].settlement).toMatchObject({ status: 'SETTLED' });
  expect(await cashOf(portfolioId)).toMatchObject([{ currency: 'EUR', settled: { amount: '1075.43' }, payable: { amount: '0' } }]);
  expect(await cashOf(portfolioId, '(asOf: "2026-11-01")')).toMatchObject([{ balance: { amount: '2000' } }]);
  await door.hear(cancelled(portfolioId, at.instrumentId, tradeIdOf(trade)));
  expect(await cashOf(portfolioId)).toMatchObject([{ currency: 'EUR', balance: { amount: '2000' }, settled: { amount: '2000' } }]);
});

test('settled cash of the settlement currency must cover a purchase: cash of the trade\'s currency does not help', async () => {
  const portfolioId = await at.open({ baseCurrency: 'EUR' });
  await at.deposit(portfolioId, '5000', { effectiveDate: '2026-11-01' });
  const trade = buy(portfolioId, IN_EUR);
  await door.hear(trade);
  await door.ask('mutation { settleDue(input: { asOf: "2026-11-10" }) { failed } }');
  expect((await door.ask(SETTLEMENT, { id: tradeIdOf(trade) })).data._entities[0].settlement).toMatchObject({
    status: 'FAILED', failureReason: 'settled cash of 0 EUR does not cover 921.5 EUR',
  });
});

test('a trade in a foreign currency counts at the last rate published on or before its day, with the day of the rate', async () => {
  const portfolioId = await at.open({ baseCurrency: 'EUR' });
  await door.hear(rates('EUR', 'USD', { '2026-10-30': '1.25', '2026-11-03': '1.3' }));
  const [trade, early] = [buy(portfolioId), buy(portfolioId, { tradeDate: '2026-10-12' })];
  await door.hear(trade, early);
  expect((await booked(tradeIdOf(trade))).base).toEqual({ currency: 'EUR', netAmount: '-800', rate: '0.8', date: '2026-10-30', realizedPnl: '0' });
  // no rate is taken for 1 or for 0: the books go on in the trade's currency, and say nothing of the base currency
  expect((await booked(tradeIdOf(early))).base).toBeUndefined();
});

test('what a sale realised in the base currency is told lot by lot, also of lots of the same run; with average cost it is not', async () => {
  const told = async (lotMethod: 'FIFO' | 'LIFO' | 'AVERAGE_COST') => {
    const portfolioId = await at.open({ baseCurrency: 'EUR', lotMethod });
    await door.hear(rates('USD', 'EUR', { '2026-09-01': '0.8', '2026-09-02': '0.9', '2026-09-03': '1' }));
    await door.hear(buy(portfolioId, { tradeDate: '2026-09-01' }));
    const sale = buy(portfolioId, { tradeDate: '2026-09-03', side: 'SELL', price: '130', quantity: '15' });
    await door.hear(buy(portfolioId, { tradeDate: '2026-09-02', price: '120', settlement: { currency: 'EUR', rate: '0.95' } }), sale);
    return (await booked(tradeIdOf(sale))).base;
  };
  // 1,950 less 10 at 80 and 5 at 114; less 10 at 114 and 5 at 80
  expect(await told('FIFO')).toEqual({ currency: 'EUR', netAmount: '1950', rate: '1', date: '2026-09-03', realizedPnl: '580' });
  expect(await told('LIFO')).toMatchObject({ realizedPnl: '410' });
  expect(await told('AVERAGE_COST')).not.toHaveProperty('realizedPnl');
});

test('a rate that is told twice is kept once, and a correction is kept beside what was published first', async () => {
  const first = rates('GBP', 'USD', { '2026-11-02': '1.31' });
  await door.hear(first, first);
  await delay(3);
  await door.hear(rates('GBP', 'USD', { '2026-11-02': '1.31' }), rates('GBP', 'USD', { '2026-11-02': '1.32' }));
  const { rows } = await door.database.query<{ rate: string }>('select trim_scale(rate)::text as rate from transactional.fx_rate where base = \'GBP\' order by recorded_at');
  expect(rows.map(({ rate }) => rate)).toEqual(['1.31', '1.32']);
  await expect(door.database.query('update transactional.fx_rate set rate = 1')).rejects.toThrow('append-only');
});

test('cash of a currency that nobody deposited is told under the currency in which it moves', async () => {
  const portfolioId = await at.open({ baseCurrency: 'EUR' });
  await door.hear(buy(portfolioId, { ...IN_EUR, side: 'SELL' }));
  const moved = (await door.told()).filter(({ key, type }) => key === portfolioId && type === 'transactional.cash-moved.v1');
  expect(moved.map(({ data }) => data)).toMatchObject([{ kind: 'TRADE', currency: 'EUR', amount: '921.5', balance: '921.5' }]);
  expect((await door.ask(DEPOSIT, { input: { portfolioId, amount: { amount: '1', currency: 'GBX' }, idempotencyKey: 'gbx' } })).data.depositCash.userErrors).toMatchObject([{ code: 'INVALID' }]);
});

test('rights held in another currency than the subscription is paid in are exercised out of one position, at the last published rate and not without one', async () => {
  const [portfolioId, share, right] = [await at.open(), await newInstrument(door, 'SHR'), await newInstrument(door, 'RGT')];
  const rights = announced({
    kind: 'RIGHTS_ISSUE', instrumentId: share, newInstrumentId: right, newShares: '1', oldShares: '1', basisShare: '0.1', subscriptionPrice: '60', subscribedInstrumentId: share,
    subscribedShares: '1', subscribedRights: '4', expiresOn: '2099-12-31',
  });
  await door.hear(validated(portfolioId, share, { currency: 'CHF' }), validated(portfolioId, share, { quantity: '4' }), rights);
  await process(door, '2026-11-10');
  let number = 0;
  const exercise = async (of: string) => (await door.ask(`mutation ($input: ExerciseRightsInput!) { exerciseRights(input: $input) {
    entitlement { cash { amount } changes { instrument { id } quantity costBasis { amount } } } userErrors { code path message } } }`,
    { input: { portfolioId, corporateActionId: rights.data.actionId, rights: of, effectiveDate: '2026-11-16', idempotencyKey: `exercise-${(number += 1)}` } })).data.exerciseRights;
  expect(await exercise('12')).toMatchObject({ userErrors: [{ code: 'INVALID', path: ['rights'], message: '10 rights in CHF and 4 rights in USD are held: exercise those of one currency at a time' }] });
  expect(await exercise('8')).toMatchObject({ entitlement: null, userErrors: [{ code: 'MISSING_RATE', path: ['corporateActionId'] }] });
  await door.hear(rates('CHF', 'USD', { '2026-11-13': '1.25' }));
  // 2 shares for 120 dollars, which are 96 francs; 8 rights had cost 80
  expect(await exercise('8')).toMatchObject({ userErrors: [], entitlement: { cash: { amount: '-120' }, changes: [{ instrument: { id: share }, quantity: '2', costBasis: { amount: '176' } }, { instrument: { id: right }, quantity: '-8', costBasis: { amount: '-80' } }] } });
  expect(await exercise('4')).toMatchObject({ userErrors: [], entitlement: { cash: { amount: '-60' }, changes: [{ quantity: '1', costBasis: { amount: '100' } }, { quantity: '-4' }] } });
  const { rows } = await door.database.query("select currency, trim_scale(quantity)::text as quantity, trim_scale(cost)::text as cost from transactional.position where portfolio_id = $1 and instrument_id = $2 order by 1", [portfolioId, right]);
  expect(rows).toEqual([{ currency: 'CHF', quantity: '2', cost: '20' }, { currency: 'USD', quantity: '0', cost: '0' }]);
});

/** Trades in the books, through their front door. */
import { portfolioUpdated } from '@pms/schema/events/portfolio';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { books, cancelled, cash, nowKnown, SETTLEMENT, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterEach(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
});
afterAll(() => door.close());

const toldOf = async (portfolio: string): Promise<{ type: string; data: Record<string, unknown>; correlationId: string }[]> =>
  (await door.told()).filter(({ key }) => key === portfolio).map(({ type, data, correlationId }) => ({ type: type.split('.')[1] ?? '', data: data as Record<string, unknown>, correlationId }));
const lots = (position: Record<string, unknown> | undefined): string[] =>
  ((position?.['lots'] ?? []) as { openedOn: string; quantity: string; costBasis: { amount: string } }[]).map((lot) => `${lot.openedOn} ${lot.quantity} ${lot.costBasis.amount}`);

test('a purchase opens a lot at its cost with fees, and owes the cash until it settles', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '100000');
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '100', price: '187.25', fees: [{ kind: 'COMMISSION', amount: { amount: '1.50', currency: 'USD' } }] }));
  expect(await w.position(portfolio)).toMatchObject({
    instrument: { id: w.instrumentId }, quantity: '100', averageCost: { amount: '187.265' }, costBasis: { amount: '18726.5', currency: 'USD' },
    realizedPnl: { amount: '0' }, openedOn: '2026-11-02', lots: [{ openedOn: '2026-11-02', quantity: '100', unitCost: { amount: '187.265' } }],
  });
  expect(await w.cash(portfolio)).toEqual({
    currency: 'USD', balance: { amount: '81273.5' }, settled: { amount: '100000' }, receivable: { amount: '0' }, payable: { amount: '18726.5' },
  });
  const [, booked, moved] = await toldOf(portfolio);
  expect(booked).toMatchObject({ type: 'trade-booked', data: { netAmount: '-18726.5', contractualSettlementDate: '2026-11-03', position: { quantity: '100', averageCost: '187.265' } } });
  expect(moved).toMatchObject({ type: 'cash-moved', data: { kind: 'TRADE', amount: '-18726.5', balance: '81273.5', settled: '100000' } });
});

test('a sale closes the oldest lots first and realises the gain; a part of a lot stays', async () => {
  const portfolio = await w.open();
  await door.hear(
    validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' }),
    validated(portfolio, w.instrumentId, { quantity: '10', price: '120', tradeDate: '2026-10-02' }),
    validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '15', price: '130', tradeDate: '2026-10-05' }));
  const position = await w.position(portfolio);
  expect(position).toMatchObject({ quantity: '5', realizedPnl: { amount: '350' }, costBasis: { amount: '600' }, openedOn: '2026-10-01' });
  expect(lots(position)).toEqual(['2026-10-02 5 600']);
});

test('selling more than is held opens a short position at the price of the sale; covering it realises the rest', async () => {
  const portfolio = await w.open();
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '10', price: '100' }), validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '15', price: '110' }));
  expect(await w.position(portfolio)).toMatchObject({ quantity: '-5', averageCost: { amount: '110' }, costBasis: { amount: '-550' }, realizedPnl: { amount: '100' } });
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '5', price: '90' }));
  expect(await w.position(portfolio)).toBeUndefined();
  expect(await w.position(portfolio, '(includeClosed: true)')).toMatchObject({ quantity: '0', averageCost: { amount: '0' }, costBasis: { amount: '0' }, realizedPnl: { amount: '200' }, openedOn: null, lots: [] });
});

test('a purchase that comes late is put in its place: the sales after it realise what they would have', async () => {
  const portfolio = await w.open();
  await door.hear(
    validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-02' }),
    validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '10', price: '130', tradeDate: '2026-10-05' }));
  expect(await w.position(portfolio, '(includeClosed: true)')).toMatchObject({ realizedPnl: { amount: '300' } });
  const before = await nowKnown();
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '10', price: '80', tradeDate: '2026-10-01' }));
  const position = await w.position(portfolio);
  expect(position).toMatchObject({ quantity: '10', realizedPnl: { amount: '500' } });
  expect(lots(position)).toEqual(['2026-10-02 10 1000']);
  expect(await w.position(portfolio, `(includeClosed: true, knownAt: "${before}")`)).toMatchObject({ quantity: '0', realizedPnl: { amount: '300' } });
  expect(lots(await w.position(portfolio, '(asOf: "2026-10-03")'))).toEqual(['2026-10-01 10 800', '2026-10-02 10 1000']);
});

test('a new version takes back what the old one posted and books itself, under one correlation', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '10000');
  const first = validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' });
  const sale = validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-10-05' });
  await door.hear(first, sale);
  await door.hear({ ...validated(portfolio, w.instrumentId, { tradeId: tradeIdOf(first), version: 2, replaces: 1, quantity: '8', price: '90', tradeDate: '2026-10-01' }), correlationId: 'cor_amend' });
  expect(await w.position(portfolio)).toMatchObject({ quantity: '4', costBasis: { amount: '360' }, realizedPnl: { amount: '80' } });
  expect(await w.cash(portfolio)).toMatchObject({ balance: { amount: '9720' }, settled: { amount: '10000' }, receivable: { amount: '440' }, payable: { amount: '720' } });
  const told = (await toldOf(portfolio)).slice(-5);
  expect(told.map(({ type }) => type)).toEqual(['trade-reversed', 'trade-booked', 'lots-reallocated', 'cash-moved', 'cash-moved']);
  expect(told.map(({ correlationId }) => correlationId)).toEqual(Array(5).fill('cor_amend'));
  expect(told[0]?.data).toMatchObject({ because: 'AMENDED', version: 1, quantity: '10', netAmount: '-1000' });
  expect(told[1]?.data).toMatchObject({ version: 2, netAmount: '-720', position: { quantity: '4', realizedPnl: '80' } });
});

test('a settled trade can be cancelled: securities and cash come back, and a version validated late books nothing', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '10000');
  const trade = validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' });
  await door.hear(trade);
  await door.ask('mutation ($id: ID!) { settleDue(input: { asOf: "2026-10-02", portfolioId: $id }) { settled } }', { id: portfolio });
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '9000' }, payable: { amount: '0' } });
  const cancellation = cancelled(portfolio, w.instrumentId, tradeIdOf(trade));
  await door.hear(cancellation);
  await door.hear(cancellation);
  await door.hear(validated(portfolio, w.instrumentId, { tradeId: tradeIdOf(trade), version: 2, replaces: 1 }));
  expect(await w.position(portfolio)).toBeUndefined();
  expect(await w.cash(portfolio)).toMatchObject({ balance: { amount: '10000' }, settled: { amount: '10000' }, payable: { amount: '0' } });
  expect((await door.ask(SETTLEMENT, { id: tradeIdOf(trade) })).data._entities[0].settlement).toMatchObject({ status: 'CANCELLED', attempts: 1 });
  expect((await toldOf(portfolio)).slice(-2).map(({ type }) => type)).toEqual(['trade-reversed', 'cash-moved']);
});

test('a cancellation of a purchase whose shares were sold since leaves the sale as a short one', async () => {
  const portfolio = await w.open();
  const bought = validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' });
  await door.hear(bought, validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '10', price: '110', tradeDate: '2026-10-02' }));
  await door.hear(cancelled(portfolio, w.instrumentId, tradeIdOf(bought)));
  expect(await w.position(portfolio)).toMatchObject({ quantity: '-10', costBasis: { amount: '-1100' }, realizedPnl: { amount: '0' } });
});

test('a cancellation that comes before the trade was booked keeps it out of the books', async () => {
  const portfolio = await w.open();
  const trade = validated(portfolio, w.instrumentId);
  await door.hear(cancelled(portfolio, w.instrumentId, tradeIdOf(trade)));
  await door.hear(trade);
  expect(await w.position(portfolio, '(includeClosed: true)')).toBeUndefined();
  expect(await toldOf(portfolio)).toEqual([]);
});

test('the same event twice, alone or in a run, books once', async () => {
  const portfolio = await w.open();
  const [one, two] = [validated(portfolio, w.instrumentId), validated(portfolio, w.instrumentId)];
  await door.hear(one);
  await door.hear(one, two, two);
  await door.hear(one, two);
  expect(await w.position(portfolio)).toMatchObject({ quantity: '20' });
  expect((await toldOf(portfolio)).filter(({ type }) => type === 'trade-booked')).toHaveLength(2);
});

test('two versions of one trade in one run end with the second', async () => {
  const portfolio = await w.open();
  const first = validated(portfolio, w.instrumentId, { quantity: '10' });
  await door.hear(first, validated(portfolio, w.instrumentId, { quantity: '1' }), validated(portfolio, w.instrumentId, { tradeId: tradeIdOf(first), version: 2, replaces: 1, quantity: '7' }));
  expect(await w.position(portfolio)).toMatchObject({ quantity: '8' });
});

test('an older version that comes after a newer one books nothing', async () => {
  const portfolio = await w.open();
  const second = validated(portfolio, w.instrumentId, { version: 2, quantity: '7' });
  await door.hear(second);
  await door.hear(validated(portfolio, w.instrumentId, { tradeId: tradeIdOf(second), version: 1, quantity: '10' }));
  expect(await w.position(portfolio)).toMatchObject({ quantity: '7' });
});

test('a trade in another currency than the position has a position of its own', async () => {
  const portfolio = await w.open();
  await door.hear(validated(portfolio, w.instrumentId), validated(portfolio, w.instrumentId, { currency: 'EUR' }));
  const { data } = await door.ask(books(), { id: portfolio });
  expect(data._entities[0].positions.map((each: { currency: string; quantity: string }) => `${each.currency} ${each.quantity}`)).toEqual(['EUR 10', 'USD 10']);
});

test('a trade of an instrument or portfolio that has not been heard of is refused, and books once it has', async () => {
  const portfolio = await w.open();
  const trade = validated(portfolio, 'ins_unheard');
  await expect(door.hear(trade)).rejects.toThrow('instrument ins_unheard is not known yet');
  await expect(door.hear(validated('prt_unheard', w.instrumentId))).rejects.toThrow('portfolio prt_unheard is not known yet');
  expect(await w.cash(portfolio)).toBeUndefined();
});

// without named lots, SPECIFIC takes the oldest, as tax law does where none were identified
test.each([['FIFO', '350'], ['LIFO', '250'], ['AVERAGE_COST', '300'], ['SPECIFIC', '350']] as const)('%s is the portfolio’s own way to choose lots', async (lotMethod, gain) => {
  const portfolio = await w.open({ lotMethod });
  await door.hear(
    validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' }),
    validated(portfolio, w.instrumentId, { quantity: '10', price: '120', tradeDate: '2026-10-02' }),
    validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '15', price: '130', tradeDate: '2026-10-05' }));
  expect((await w.position(portfolio))?.['realizedPnl']).toEqual({ amount: gain });
});

test('a change of lot method replays the positions, and what was known before stays', async () => {
  const portfolio = await w.open();
  await door.hear(
    validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' }),
    validated(portfolio, w.instrumentId, { quantity: '10', price: '120', tradeDate: '2026-10-02' }),
    validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '10', price: '130', tradeDate: '2026-10-05' }));
  const before = await nowKnown();
  await door.hear(heard(portfolioUpdated, portfolio, { portfolioId: portfolio, name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod: 'LIFO', benchmarkInstrumentId: null }));
  expect(await w.position(portfolio)).toMatchObject({ realizedPnl: { amount: '100' }, costBasis: { amount: '1000' } });
  expect(await w.position(portfolio, `(knownAt: "${before}")`)).toMatchObject({ realizedPnl: { amount: '300' }, costBasis: { amount: '1200' } });
  expect((await toldOf(portfolio)).at(-1)).toMatchObject({ type: 'lots-reallocated', data: { gains: [{ realizedPnl: '100' }], positions: [{ realizedPnl: '100', costBasis: '1000' }] } });
});

test('another organisation sees nothing of a portfolio’s books', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '500');
  const trade = validated(portfolio, w.instrumentId);
  await door.hear(trade);
  const stranger = principal({ organizationId: 'org_other' });
  for (const args of ['', '(asOf: "2026-12-01")', '(knownAt: "2036-12-01T00:00:00Z")']) {
    expect((await door.ask(books(args), { id: portfolio }, { as: stranger })).data._entities).toEqual([{ positions: [] }]);
    expect((await door.ask(cash(args), { id: portfolio }, { as: stranger })).data._entities).toEqual([{ cash: [] }]);
  }
  expect((await door.ask(SETTLEMENT, { id: tradeIdOf(trade) }, { as: stranger })).data._entities).toEqual([{ settlement: null }]);
});

test('who lacks the scope sees no books', async () => {
  const portfolio = await w.open();
  const answer = await door.ask(books(), { id: portfolio }, { as: principal({ scopes: new Set(['trade:write']) }) });
  expect(answer.codes).toEqual(['FORBIDDEN']);
});

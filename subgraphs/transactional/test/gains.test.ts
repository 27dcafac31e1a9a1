/** Realised gains of a portfolio: pages, totals, wash sales, and the complaints that users of other systems have. */
import { newId } from '@pms/events/ids';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { announced, newInstrument, process } from './actions-world.ts';
import { cancelled, gains, nowKnown, tradeIdOf, validated, type TradeOver, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let second: string;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
  second = newId('ins');
  await door.hear(heard(instrumentCreated, second, { instrumentId: second, symbol: 'OTHER', name: 'Other', assetClass: 'EQUITY', currency: 'EUR', mic: 'XETR' }));
});
afterEach(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
});
afterAll(() => door.close());

async function book(portfolio: string, over: TradeOver): Promise<string> {
  const trade = validated(portfolio, over.instrumentId ?? w.instrumentId, over);
  await door.hear(trade);
  return tradeIdOf(trade);
}
const buy = (portfolio: string, quantity: string, price: string, tradeDate: string, over: TradeOver = {}) => book(portfolio, { quantity, price, tradeDate, ...over });
const sell = (portfolio: string, quantity: string, price: string, tradeDate: string, over: TradeOver = {}) => book(portfolio, { side: 'SELL', quantity, price, tradeDate, ...over });

interface Closed { readonly closedOn: string; readonly gain: { readonly amount: string }; readonly gainRatio: number | null; readonly washSale: unknown }
interface Gains {
  readonly edges: { readonly cursor: string; readonly node: Closed }[];
  readonly totals: Record<string, unknown>[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly startCursor: string; readonly endCursor: string };
}
const read = async (portfolio: string, args = ''): Promise<Gains> => (await door.ask(gains(args), { id: portfolio })).data._entities[0].realizedGains;
const amounts = ({ edges }: Gains): string[] => edges.map(({ node }) => `${node.closedOn} ${node.gain.amount}`);

async function threeSales(): Promise<string> {
  const portfolio = await w.open();
  await buy(portfolio, '30', '100', '2024-03-01');
  await sell(portfolio, '10', '110', '2025-03-01');
  await sell(portfolio, '10', '120', '2025-03-02');
  await sell(portfolio, '10', '90', '2026-01-05');
  return portfolio;
}

test('gains of a period come in the order of closing, with totals by term', async () => {
  const all = await read(await threeSales());
  expect(amounts(all)).toEqual(['2025-03-01 100', '2025-03-02 200', '2026-01-05 -100']);
  expect(all.totals).toEqual([{
    currency: 'USD', proceeds: { amount: '3200' }, cost: { amount: '3000' }, gain: { amount: '200' }, gainRatio: 200 / 3000, shortTerm: { amount: '100' }, longTerm: { amount: '100' },
    washSaleDisallowed: { amount: '0' } }]);
});

test('pages go forward and backward, and totals are those of all pages, also as known at a time', async () => {
  const portfolio = await threeSales();
  for (const more of ['', `, knownAt: "${await nowKnown()}"`]) {
    const first = await read(portfolio, `(first: 2${more})`);
    expect(amounts(first)).toEqual(['2025-03-01 100', '2025-03-02 200']);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const next = await read(portfolio, `(first: 2, after: "${first.pageInfo.endCursor}"${more})`);
    expect(amounts(next)).toEqual(['2026-01-05 -100']);
    expect(amounts(await read(portfolio, `(last: 1, before: "${next.pageInfo.startCursor}"${more})`))).toEqual(['2025-03-02 200']);
    expect(next.totals).toMatchObject([{ gain: { amount: '200' } }]);
  }
  expect((await door.ask(gains('(after: "bm90aGluZw")'), { id: portfolio })).codes).toEqual(['BAD_USER_INPUT']);
});

test('amounts of different currencies are not added', async () => {
  const portfolio = await threeSales();
  await buy(portfolio, '10', '50', '2026-01-05', { instrumentId: second, currency: 'EUR' });
  await sell(portfolio, '10', '51', '2026-01-06', { instrumentId: second, currency: 'EUR' });
  expect((await read(portfolio)).totals).toMatchObject([{ currency: 'EUR', gain: { amount: '10' } }, { currency: 'USD', gain: { amount: '200' } }]);
  expect((await read(portfolio, `(instrumentId: "${second}")`)).totals).toMatchObject([{ currency: 'EUR' }]);
});

test('what was known before a cancellation does not change', async () => {
  const portfolio = await w.open();
  await buy(portfolio, '10', '100', '2026-01-05');
  const sale = await sell(portfolio, '10', '130', '2026-01-06');
  const before = await nowKnown();
  const then = await read(portfolio, `(knownAt: "${before}")`);
  expect(then).toEqual(await read(portfolio));
  await door.hear(cancelled(portfolio, w.instrumentId, sale));
  expect(await read(portfolio, `(knownAt: "${before}")`)).toEqual(then);
  expect(await read(portfolio)).toMatchObject({ edges: [], totals: [] });
});

test('a wash sale is marked and not booked; as of the day before the replacement there is none', async () => {
  const portfolio = await w.open();
  await buy(portfolio, '10', '100', '2026-01-05');
  await sell(portfolio, '10', '80', '2026-03-02');
  const replacement = await buy(portfolio, '4', '82', '2026-03-20');
  const wash = { quantity: '4', disallowed: { amount: '80' }, replacements: [{ trade: { id: replacement }, quantity: '4' }] };
  for (const args of ['', `(knownAt: "${await nowKnown()}")`]) {
    expect((await read(portfolio, args)).edges.map(({ node }) => node.washSale)).toEqual([wash]);
    expect((await read(portfolio, args)).totals).toMatchObject([{ gain: { amount: '-200' }, washSaleDisallowed: { amount: '80' } }]);
  }
  expect((await read(portfolio, '(asOf: "2026-03-19")')).totals).toMatchObject([{ gain: { amount: '-200' }, washSaleDisallowed: { amount: '0' } }]);
  expect(await w.position(portfolio)).toMatchObject({ costBasis: { amount: '328' }, realizedPnl: { amount: '-200' } });
});

test('the database and the domain agree on what a year is, over leap days', async () => {
  const portfolio = await w.open();
  for (const [opened, closed] of [['2023-02-28', '2024-02-29'], ['2023-02-28', '2024-03-01'], ['2024-02-28', '2025-02-28'], ['2024-02-28', '2025-03-01'], ['2024-02-29', '2025-02-28'], ['2024-02-29', '2025-03-01']] as const) {
    const bought = await buy(portfolio, '1', '100', opened);
    await sell(portfolio, '1', '101', closed, { lotPicks: [{ lotId: bought.replace('trd_', 'lot_'), quantity: '1' }] });
  }
  const [stored] = (await read(portfolio)).totals;
  expect(stored).toMatchObject({ shortTerm: { amount: '3' }, longTerm: { amount: '3' } });
  expect((await read(portfolio, `(knownAt: "${await nowKnown()}")`)).totals).toEqual([stored]);
});

test('another organisation sees no gains, and who lacks the scope is refused', async () => {
  const portfolio = await threeSales();
  for (const args of ['', '(knownAt: "2036-12-01T00:00:00Z")'])
    expect((await door.ask(gains(args), { id: portfolio }, { as: principal({ organizationId: 'org_other' }) })).data._entities[0].realizedGains).toMatchObject({ edges: [], totals: [] });
  expect((await door.ask(gains(), { id: portfolio }, { as: principal({ scopes: new Set(['trade:read']) }) })).codes).toEqual(['FORBIDDEN']);
});

test('complaint: an absurd percentage after selling all and rebuying', async () => {
  const portfolio = await w.open({ lotMethod: 'AVERAGE_COST' });
  await buy(portfolio, '10', '100', '2026-01-05');
  await sell(portfolio, '10', '110', '2026-01-06');
  await buy(portfolio, '1', '200', '2026-01-07');
  expect(await w.position(portfolio)).toMatchObject({ quantity: '1', averageCost: { amount: '200' }, costBasis: { amount: '200' }, openedOn: '2026-01-07', realizedPnl: { amount: '100' } });
  await sell(portfolio, '1', '210', '2026-01-08');
  expect((await read(portfolio)).edges.map(({ node }) => node.gainRatio)).toEqual([0.1, 0.05]);
  expect((await read(portfolio, '(from: "2026-01-07")')).totals).toMatchObject([{ gainRatio: 0.05 }]);
});

test('complaint: a wrong percentage on several buys', async () => {
  const portfolio = await w.open({ lotMethod: 'AVERAGE_COST' });
  await buy(portfolio, '10', '100', '2026-01-05');
  await buy(portfolio, '30', '120', '2026-01-06');
  expect(await w.position(portfolio)).toMatchObject({ averageCost: { amount: '115' }, costBasis: { amount: '4600' } });
  await sell(portfolio, '20', '138', '2026-01-07');
  const sold = await read(portfolio);
  expect(sold.edges.map(({ node }) => node.gainRatio)).toEqual([0.2]);
  expect(sold.totals).toMatchObject([{ cost: { amount: '2300' }, gain: { amount: '460' }, gainRatio: 0.2 }]);
});

test('complaint: an old closed position that corrupts today’s total', async () => {
  const portfolio = await w.open();
  await buy(portfolio, '10', '900', '2015-01-05', { instrumentId: second, currency: 'EUR' });
  await sell(portfolio, '10', '1', '2016-01-05', { instrumentId: second, currency: 'EUR' });
  await buy(portfolio, '10', '100', '2026-01-05');
  const { data } = await door.ask('query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { positions { instrument { id } costBasis { amount } } } } }', { id: portfolio });
  expect(data._entities[0].positions).toEqual([{ instrument: { id: w.instrumentId }, costBasis: { amount: '1000' } }]);
  expect((await read(portfolio, '(from: "2026-01-01")')).totals).toEqual([]);
});

test('complaint: realised gains that depend on the report’s start', async () => {
  const portfolio = await threeSales();
  const whole = amounts(await read(portfolio));
  for (const from of ['2024-03-01', '2024-12-31', '2025-03-01', '2025-03-02', '2025-12-31', '2026-01-05'])
    expect(amounts(await read(portfolio, `(from: "${from}")`))).toEqual(whole.filter((closing) => closing.slice(0, 10) >= from));
  expect((await read(portfolio, '(from: "2026-01-01", to: "2026-12-31")')).totals).toMatchObject([{ cost: { amount: '1000' }, gain: { amount: '-100' } }]);
  expect((await door.ask(gains('(from: "2026-01-02", to: "2026-01-01")'), { id: portfolio })).codes).toEqual(['BAD_USER_INPUT']);
});

test('complaint: no choice of cost method', async () => {
  const earned = new Map<string, string>();
  for (const lotMethod of ['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST', 'SPECIFIC'] as const) {
    const portfolio = await w.open({ lotMethod });
    await buy(portfolio, '10', '100', '2026-01-05');
    await buy(portfolio, '10', '150', '2026-01-06');
    const middle = await buy(portfolio, '10', '120', '2026-01-07');
    await sell(portfolio, '10', '160', '2026-01-08', lotMethod === 'SPECIFIC' ? { lotPicks: [{ lotId: middle.replace('trd_', 'lot_'), quantity: '10' }] } : {});
    earned.set(lotMethod, (await read(portfolio)).edges.map(({ node }) => node.gain.amount).join());
  }
  expect(Object.fromEntries(earned)).toEqual({ FIFO: '600', LIFO: '400', HIFO: '100', AVERAGE_COST: '366.666666666666666667', SPECIFIC: '400' });
});

test('complaint: shorts', async () => {
  const portfolio = await w.open();
  await sell(portfolio, '10', '100', '2025-01-05');
  expect(await w.position(portfolio)).toMatchObject({ quantity: '-10', averageCost: { amount: '100' }, costBasis: { amount: '-1000' }, openedOn: '2025-01-05' });
  await buy(portfolio, '15', '80', '2026-06-05');
  expect(await w.position(portfolio)).toMatchObject({ quantity: '5', averageCost: { amount: '80' }, realizedPnl: { amount: '200' }, openedOn: '2026-06-05' });
  const { edges, totals } = await read(portfolio);
  expect(edges.map(({ node }) => node)).toMatchObject([{ quantity: '-10', cost: { amount: '-1000' }, proceeds: { amount: '-800' }, gain: { amount: '200' }, gainRatio: 0.2, term: 'SHORT_TERM' }]);
  expect(totals).toMatchObject([{ gain: { amount: '200' }, gainRatio: 0.2, shortTerm: { amount: '200' } }]);
});

test('what corporate actions realise is among the gains: capital returned beyond the cost, cash of a merger, a taxed exchange, fractions sold', async () => {
  const [portfolio, acme, bigger] = [await w.open(), await newInstrument(door, 'OLD'), await newInstrument(door, 'BIGGER')];
  await buy(portfolio, '10', '5', '2026-01-05', { instrumentId: acme });
  await door.hear(
    announced({ kind: 'RETURN_OF_CAPITAL', instrumentId: acme, cashPerShare: '6', exDate: '2026-02-05' }),
    announced({ kind: 'MERGER', instrumentId: acme, newInstrumentId: bigger, newShares: '1', oldShares: '4', newPrice: '20', cashPerShare: '1', cashInLieuPrice: '20', exDate: '2026-03-05' }));
  await process(door, '2026-11-20');
  const { edges, totals } = await read(portfolio);
  // 60 is returned on a cost of 50; then 10 in cash on a cost of nothing, and half a share at 20, of which nothing was paid either
  expect(edges.map(({ node }) => node)).toMatchObject([
    { trade: null, instrument: { id: acme }, closedOn: '2026-02-05', quantity: '0', proceeds: { amount: '60' }, cost: { amount: '50' }, gain: { amount: '10' } },
    { trade: null, instrument: { id: acme }, closedOn: '2026-03-05', quantity: '0', proceeds: { amount: '10' }, cost: { amount: '0' }, gain: { amount: '10' }, gainRatio: null },
    { trade: null, instrument: { id: bigger }, closedOn: '2026-03-05', quantity: '0.5', openedOn: '2026-01-05', proceeds: { amount: '10' }, gain: { amount: '10' } },
  ]);
  expect(totals).toMatchObject([{ gain: { amount: '30' } }]);
  expect((await read(portfolio, `(knownAt: "${await nowKnown()}")`)).totals).toEqual(totals);
});

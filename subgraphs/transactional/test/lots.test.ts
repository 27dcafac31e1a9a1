/** Lots that trades name, and what each trade closed, through the books' front door. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { cancelled, closings, nowKnown, tradeIdOf, validated, type TradeOver, type World, world } from './world.ts';

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

const lot = (tradeId: string): string => tradeId.replace('trd_', 'lot_');
async function book(portfolio: string, over: TradeOver): Promise<string> {
  const trade = validated(portfolio, w.instrumentId, over);
  await door.hear(trade);
  return tradeIdOf(trade);
}
const buy = (portfolio: string, quantity: string, price: string, tradeDate: string, over: TradeOver = {}) => book(portfolio, { quantity, price, tradeDate, ...over });
const sell = (portfolio: string, quantity: string, price: string, tradeDate: string, over: TradeOver = {}) => book(portfolio, { side: 'SELL', quantity, price, tradeDate, ...over });
const picks = (...named: readonly (readonly [string, string])[]): TradeOver => ({ lotPicks: named.map(([trade, quantity]) => ({ lotId: lot(trade), quantity })) });

interface Closed { lotId: string; quantity: string; gain: { amount: string }; named: boolean; openedOn: string }
const closed = async (tradeId: string, args = ''): Promise<string[]> =>
  ((await door.ask(closings(args), { id: tradeId })).data._entities[0].closings as Closed[]).map(({ lotId, quantity, gain, named }) => `${quantity} of ${lotId}: ${gain.amount}${named ? ' named' : ''}`);
const refusals = async (portfolio: string): Promise<string[]> =>
  (await door.told()).filter(({ key, type }) => key === portfolio && type === 'transactional.booking-refused.v1').map(({ data }) => (data as { reason: string }).reason);

test('a sale remembers each lot that it closed, with cost, proceeds, gain and holding period', async () => {
  const portfolio = await w.open();
  const first = await buy(portfolio, '10', '100', '2025-01-15', { fees: [{ kind: 'COMMISSION', amount: { amount: '5', currency: 'USD' } }] });
  const second = await buy(portfolio, '10', '120', '2026-01-15');
  const sale = await sell(portfolio, '15', '130', '2026-01-16');
  expect((await door.ask(closings(), { id: sale })).data._entities[0].closings).toEqual([
    { trade: { id: sale }, openingTrade: { id: first }, lotId: lot(first), instrument: { id: w.instrumentId }, openedOn: '2025-01-15', closedOn: '2026-01-16', quantity: '10', cost: { amount: '1005' },
      proceeds: { amount: '1300' }, gain: { amount: '295', currency: 'USD' }, gainRatio: 295 / 1005, holdingDays: 366, term: 'LONG_TERM', named: false, washSale: null },
    { trade: { id: sale }, openingTrade: { id: second }, lotId: lot(second), instrument: { id: w.instrumentId }, openedOn: '2026-01-15', closedOn: '2026-01-16', quantity: '5', cost: { amount: '600' },
      proceeds: { amount: '650' }, gain: { amount: '50', currency: 'USD' }, gainRatio: 50 / 600, holdingDays: 1, term: 'SHORT_TERM', named: false, washSale: null },
  ]);
  expect(await closed(first)).toEqual([]);
});

test.each(['FIFO', 'LIFO', 'HIFO', 'SPECIFIC'] as const)('a trade names the lots it closes, by quantity, in a portfolio of %s', async (lotMethod) => {
  const portfolio = await w.open({ lotMethod });
  const [a, b, c] = [await buy(portfolio, '10', '100', '2026-01-05'), await buy(portfolio, '10', '120', '2026-01-06'), await buy(portfolio, '10', '110', '2026-01-07')];
  const sale = await sell(portfolio, '12.5', '130', '2026-01-08', picks([c, '2.5'], [a, '10']));
  expect(await closed(sale)).toEqual([`2.5 of ${lot(c)}: 50 named`, `10 of ${lot(a)}: 300 named`]);
  expect(await w.position(portfolio)).toMatchObject({ lots: [{ id: lot(b), quantity: '10' }, { id: lot(c), quantity: '7.5' }] });
});

test('a short position is covered lot by lot, and a trade through zero names what it closes', async () => {
  const portfolio = await w.open({ lotMethod: 'SPECIFIC' });
  const [a, b] = [await sell(portfolio, '10', '100', '2026-01-05'), await sell(portfolio, '10', '90', '2026-01-06')];
  expect(await closed(await buy(portfolio, '4', '80', '2026-01-07', picks([b, '4'])))).toEqual([`-4 of ${lot(b)}: 40 named`]);
  const through = await buy(portfolio, '20', '80', '2026-01-08', picks([b, '6'], [a, '10']));
  expect(await closed(through)).toEqual([`-6 of ${lot(b)}: 60 named`, `-10 of ${lot(a)}: 200 named`]);
  expect(await w.position(portfolio)).toMatchObject({ quantity: '4', costBasis: { amount: '320' }, lots: [{ id: lot(through), quantity: '4', openedOn: '2026-01-08' }] });
});

test('eighteen fractional digits of a lot are closed, and none is left', async () => {
  const portfolio = await w.open({ lotMethod: 'SPECIFIC' });
  const a = await buy(portfolio, '0.000000000000000003', '1', '2026-01-05');
  await sell(portfolio, '0.000000000000000001', '1', '2026-01-06', picks([a, '0.000000000000000001']));
  await sell(portfolio, '0.000000000000000002', '1', '2026-01-07', picks([a, '0.000000000000000002']));
  expect(await w.position(portfolio, '(includeClosed: true)')).toMatchObject({ quantity: '0', costBasis: { amount: '0' }, lots: [] });
});

test('lots that are not open, not of this position, too small, or do not add up are refused in words, and nothing is booked', async () => {
  const portfolio = await w.open();
  const other = await w.open();
  const a = await buy(portfolio, '10', '100', '2026-01-05');
  const foreign = await buy(other, '10', '100', '2026-01-05');
  const later = await buy(portfolio, '5', '100', '2026-01-20');
  for (const named of [picks([foreign, '4']), picks([later, '4']), picks([a, '3']), picks([a, '12'])])
    await sell(portfolio, named.lotPicks?.[0]?.quantity === '12' ? '12' : '4', '130', '2026-01-10', named);
  expect(await refusals(portfolio)).toEqual([
    `${lot(foreign)} is not an open lot of this position on 2026-01-10`, `${lot(later)} is not an open lot of this position on 2026-01-10`,
    'the lots named add up to 3, and the trade closes 4: name as much as it closes', 'the lots named add up to 12, and the trade closes 10: name as much as it closes',
  ]);
  expect(await w.position(portfolio)).toMatchObject({ quantity: '15', realizedPnl: { amount: '0' } });
  expect((await door.told()).filter(({ key, type }) => key === portfolio && type === 'transactional.trade-booked.v1')).toHaveLength(2);
});

test('at average cost no lot can be named: the pool is one', async () => {
  const portfolio = await w.open({ lotMethod: 'AVERAGE_COST' });
  const a = await buy(portfolio, '10', '100', '2026-01-05');
  await sell(portfolio, '4', '130', '2026-01-10', picks([a, '4']));
  expect(await refusals(portfolio)).toEqual(['the portfolio is kept at average cost: its lots are one pool, and none can be named']);
});

test('in one run, good trades are booked although others are refused', async () => {
  const portfolio = await w.open();
  const a = await buy(portfolio, '10', '100', '2026-01-05');
  const run = [
    validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '6', price: '110', tradeDate: '2026-01-06', ...picks([a, '6']) }),
    validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '6', price: '110', tradeDate: '2026-01-06', ...picks([a, '6']) }),
    validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '120', tradeDate: '2026-01-06', ...picks([a, '4']) }),
  ];
  await door.hear(...run);
  expect(await refusals(portfolio)).toEqual(['the lots named add up to 6, and the trade closes 4: name as much as it closes']);
  expect(await w.position(portfolio, '(includeClosed: true)')).toMatchObject({ quantity: '0', realizedPnl: { amount: '140' } });
});

test('an amendment whose lots cannot be closed leaves the version before it in the books', async () => {
  const portfolio = await w.open();
  const a = await buy(portfolio, '10', '100', '2026-01-05');
  const sale = await sell(portfolio, '4', '130', '2026-01-08', picks([a, '4']));
  await sell(portfolio, '2', '130', '2026-01-09');
  await sell(portfolio, '4', '140', '2026-01-08', { tradeId: sale, version: 2, replaces: 1, ...picks([sale, '4']) });
  expect(await refusals(portfolio)).toEqual([`${lot(sale)} is not an open lot of this position on 2026-01-08`]);
  expect(await closed(sale)).toEqual([`4 of ${lot(a)}: 120 named`]);
  await sell(portfolio, '3', '140', '2026-01-08', { tradeId: sale, version: 3, replaces: 1, ...picks([a, '3']) });
  expect(await closed(sale)).toEqual([`3 of ${lot(a)}: 120 named`]);
});

test('a lot that is gone later, because its purchase was cancelled, is replaced by what the method chooses', async () => {
  const portfolio = await w.open({ lotMethod: 'SPECIFIC' });
  const [a, b] = [await buy(portfolio, '10', '100', '2026-01-05'), await buy(portfolio, '10', '120', '2026-01-06')];
  const sale = await sell(portfolio, '5', '130', '2026-01-08', picks([b, '5']));
  const before = await nowKnown();
  await door.hear(cancelled(portfolio, w.instrumentId, b));
  expect(await closed(sale)).toEqual([`5 of ${lot(a)}: 150`]);
  expect(await closed(sale, `(knownAt: "${before}")`)).toEqual([`5 of ${lot(b)}: 50 named`]);
});

test('closings follow when an earlier purchase comes late; as known before, they are as they were', async () => {
  const portfolio = await w.open();
  const a = await buy(portfolio, '10', '100', '2026-01-05');
  const sale = await sell(portfolio, '10', '130', '2026-01-08');
  const before = await nowKnown();
  const late = await buy(portfolio, '4', '80', '2026-01-02');
  expect(await closed(sale)).toEqual([`4 of ${lot(late)}: 200`, `6 of ${lot(a)}: 180`]);
  expect(await closed(sale, `(knownAt: "${before}")`)).toEqual([`10 of ${lot(a)}: 300`]);
  expect(await closed(sale, '(asOf: "2026-01-07")')).toEqual([]);
  expect(await closed(sale, '(asOf: "2026-01-08")')).toEqual(await closed(sale));
  await door.hear(cancelled(portfolio, w.instrumentId, sale));
  expect(await closed(sale)).toEqual([]);
});

test('another organisation sees nothing of what a trade closed, and who lacks the scope is refused', async () => {
  const portfolio = await w.open();
  await buy(portfolio, '10', '100', '2026-01-05');
  const sale = await sell(portfolio, '4', '130', '2026-01-08');
  for (const args of ['', '(knownAt: "2036-12-01T00:00:00Z")'])
    expect((await door.ask(closings(args), { id: sale }, { as: principal({ organizationId: 'org_other' }) })).data._entities).toEqual([{ closings: [] }]);
  expect((await door.ask(closings(), { id: sale }, { as: principal({ scopes: new Set(['trade:read']) }) })).codes).toEqual(['FORBIDDEN']);
});

test('a closing that was changed, lost or made up in the database is named, and a rebuild mends it', async () => {
  const portfolio = await w.open();
  const a = await buy(portfolio, '10', '100', '2026-01-05');
  const [sale, other] = [await sell(portfolio, '4', '130', '2026-01-08'), await sell(portfolio, '2', '140', '2026-01-09')];
  const before = await closed(sale);
  const plant = (statement: string): Promise<unknown> => door.database.query(statement, [portfolio, sale]);
  const found = async (): Promise<string[]> => ((await door.subgraph.rebuild?.({ verify: true }))?.differences ?? []).map((each) => each.slice(portfolio.length + 2));
  const name = `closing ${w.instrumentId} USD ${sale} 1`;
  const says = (cost: string): string => `4 of ${a} opened 2026-01-05 closed 2026-01-08 cost ${cost} proceeds 520 chosen`;
  await plant('update transactional.lot_closing set cost = cost - 1 where portfolio_id = $1 and closed_by = $2');
  expect(await found()).toContain(`${name}: ${says('399')} is stored, the facts say ${says('400')}`);
  await plant('delete from transactional.lot_closing where portfolio_id = $1 and closed_by = $2');
  expect(await found()).toContain(`${name}: nothing is stored, the facts say ${says('400')}`);
  await plant(`insert into transactional.lot_closing select portfolio_id, closed_on + 9, day_order, $2, instrument_id, currency, line, organization_id, lot_id, opened_on, named, quantity, cost, proceeds
    from transactional.lot_closing where portfolio_id = $1`);
  expect((await found()).some((each) => each.startsWith(name) && each.endsWith('the facts say nothing of it'))).toBe(true);
  expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
  expect(await closed(sale)).toEqual(before);
  expect(await closed(other)).toEqual([`2 of ${lot(a)}: 80`]);
});

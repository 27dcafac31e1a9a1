/** A change of lot method: what it would do, what it did, and what it leaves alone. */
import { portfolioUpdated } from '@pms/schema/events/portfolio';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { nowKnown, tradeIdOf, validated, type TradeOver, type World, world } from './world.ts';

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

const REPORT = `from to recordedAt actor positions { instrument { id } currency quantity realizedBefore { amount } realizedAfter { amount } costBasisBefore { amount } costBasisAfter { amount }
  lotsBefore { id quantity costBasis { amount } } lotsAfter { id quantity costBasis { amount } } } all: positions(includeUnchanged: true) { instrument { id } }
  totals { currency realizedBefore { amount } realizedAfter { amount } costBasisBefore { amount } costBasisAfter { amount } }`;
const of = (fields: string): string => `query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { ${fields} } } }`;
const preview = async (id: string, method: string) => (await door.ask(of(`lotMethodPreview(method: ${method}) { ${REPORT} }`), { id })).data._entities[0].lotMethodPreview;
const changes = async (id: string) => (await door.ask(of(`lotMethodChanges { ${REPORT} }`), { id })).data._entities[0].lotMethodChanges;
const journal = async (id: string): Promise<{ id: string; kind: string }[]> =>
  (await door.ask(of('journal(first: 50) { edges { node { id number kind lines { account amount { amount } } } } }'), { id })).data._entities[0].journal.edges.map(({ node }: { node: unknown }) => node);

async function book(portfolio: string, over: TradeOver): Promise<string> {
  const trade = validated(portfolio, w.instrumentId, over);
  await door.hear(trade);
  return tradeIdOf(trade);
}
const change = (portfolioId: string, lotMethod: 'FIFO' | 'LIFO' | 'HIFO' | 'AVERAGE_COST' | 'SPECIFIC') =>
  door.hear(heard(portfolioUpdated, portfolioId, { portfolioId, name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod, benchmarkInstrumentId: null }, { actor: 'usr_owner' }));

async function twoLotsAndASale(): Promise<{ portfolio: string; lots: [string, string] }> {
  const portfolio = await w.open();
  const first = await book(portfolio, { quantity: '10', price: '100', tradeDate: '2026-01-05' });
  const second = await book(portfolio, { quantity: '10', price: '120', tradeDate: '2026-01-06' });
  await book(portfolio, { side: 'SELL', quantity: '10', price: '130', tradeDate: '2026-01-07' });
  return { portfolio, lots: [first.replace('trd_', 'lot_'), second.replace('trd_', 'lot_')] };
}

const amount = (text: string) => ({ amount: text });

test('a preview shows each position before and after, and totals, and changes nothing', async () => {
  const { portfolio, lots: [first, second] } = await twoLotsAndASale();
  await book(portfolio, { quantity: '1', price: '5', currency: 'EUR' });
  const before = [await journal(portfolio), await w.position(portfolio)];
  expect(await preview(portfolio, 'LIFO')).toEqual({
    from: 'FIFO', to: 'LIFO', recordedAt: null, actor: null,
    positions: [{
      instrument: { id: w.instrumentId }, currency: 'USD', quantity: '10', realizedBefore: amount('300'), realizedAfter: amount('100'), costBasisBefore: amount('1200'), costBasisAfter: amount('1000'),
      lotsBefore: [{ id: second, quantity: '10', costBasis: amount('1200') }], lotsAfter: [{ id: first, quantity: '10', costBasis: amount('1000') }],
    }],
    all: [{ instrument: { id: w.instrumentId } }, { instrument: { id: w.instrumentId } }],
    totals: [
      { currency: 'EUR', realizedBefore: amount('0'), realizedAfter: amount('0'), costBasisBefore: amount('5'), costBasisAfter: amount('5') },
      { currency: 'USD', realizedBefore: amount('300'), realizedAfter: amount('100'), costBasisBefore: amount('1200'), costBasisAfter: amount('1000') },
    ],
  });
  expect([await journal(portfolio), await w.position(portfolio)]).toEqual(before);
  expect(await changes(portfolio)).toEqual([]);
});

test('the change does what the preview said, its report stays to be read, and no recorded entry is touched', async () => {
  const { portfolio } = await twoLotsAndASale();
  const previewed = await preview(portfolio, 'AVERAGE_COST');
  const [entries, before] = [await journal(portfolio), await nowKnown()];
  await change(portfolio, 'AVERAGE_COST');
  const report = { ...previewed, recordedAt: expect.any(String), actor: 'usr_owner' };
  expect(await changes(portfolio)).toEqual([report]);
  expect(await w.position(portfolio)).toMatchObject({ realizedPnl: amount('200'), costBasis: amount('1100') });
  const after = await journal(portfolio);
  expect(after.slice(after.length - entries.length)).toEqual(entries);
  expect(after.slice(0, after.length - entries.length).map(({ kind }) => kind)).toEqual(['LOTS_REALLOCATED']);
  expect(await w.position(portfolio, `(knownAt: "${before}")`)).toMatchObject({ realizedPnl: amount('300') });
  // the books go on; the report does not
  await book(portfolio, { quantity: '10', price: '60', tradeDate: '2026-01-02' });
  await change(portfolio, 'HIFO');
  const [latest, first] = await changes(portfolio);
  expect(first).toEqual(report);
  expect(latest).toMatchObject({ from: 'AVERAGE_COST', to: 'HIFO', totals: [{ realizedBefore: amount('366.666666666666666667'), realizedAfter: amount('100') }] });
});

test('there and back again, the books are what they were', async () => {
  const { portfolio } = await twoLotsAndASale();
  const before = await w.position(portfolio);
  await change(portfolio, 'LIFO');
  await change(portfolio, 'FIFO');
  expect(await w.position(portfolio)).toEqual(before);
  expect((await changes(portfolio)).map(({ from, to }: { from: string; to: string }) => `${from} ${to}`)).toEqual(['LIFO FIFO', 'FIFO LIFO']);
});

test('as known before a change there was none, and a preview is of the trades that were known, or of a day', async () => {
  const { portfolio } = await twoLotsAndASale();
  const before = await nowKnown();
  await change(portfolio, 'LIFO');
  await book(portfolio, { quantity: '10', price: '90', tradeDate: '2026-01-02' });
  const at = async (field: string) => (await door.ask(of(`${field} { from to totals { realizedBefore { amount } realizedAfter { amount } } }`), { id: portfolio })).data._entities[0];
  expect((await at('lotMethodChanges')).lotMethodChanges).toMatchObject([{ from: 'FIFO', to: 'LIFO' }]);
  expect((await at(`lotMethodChanges(knownAt: "${before}")`)).lotMethodChanges).toEqual([]);
  expect((await at(`lotMethodPreview(method: LIFO, knownAt: "${before}")`)).lotMethodPreview).toEqual({ from: 'FIFO', to: 'LIFO', totals: [{ realizedBefore: amount('300'), realizedAfter: amount('100') }] });
  expect((await at('lotMethodPreview(method: FIFO)')).lotMethodPreview.totals).toEqual([{ realizedBefore: amount('100'), realizedAfter: amount('400') }]);
  expect((await at('lotMethodPreview(method: FIFO, asOf: "2026-01-06")')).lotMethodPreview.totals).toEqual([{ realizedBefore: amount('0'), realizedAfter: amount('0') }]);
});

test('lots that trades named are closed by any method but average cost, and by it again afterwards', async () => {
  const { portfolio, lots: [, second] } = await twoLotsAndASale();
  await book(portfolio, { side: 'SELL', quantity: '4', price: '130', tradeDate: '2026-01-08', lotPicks: [{ lotId: second, quantity: '4' }] });
  await change(portfolio, 'AVERAGE_COST');
  expect(await w.position(portfolio)).toMatchObject({ quantity: '6', costBasis: amount('660'), realizedPnl: amount('280') });
  await change(portfolio, 'SPECIFIC');
  expect(await w.position(portfolio)).toMatchObject({ quantity: '6', costBasis: amount('720'), realizedPnl: amount('340') });
});

test('the same method again is no change, nor is another name', async () => {
  const { portfolio } = await twoLotsAndASale();
  await change(portfolio, 'FIFO');
  expect(await changes(portfolio)).toEqual([]);
});

test('another organisation sees no report, and who lacks the scope is refused', async () => {
  const { portfolio } = await twoLotsAndASale();
  const stranger = principal({ organizationId: 'org_other' });
  expect((await door.ask(of('lotMethodPreview(method: LIFO) { to } lotMethodChanges { to }'), { id: portfolio }, { as: stranger })).data._entities).toEqual([{ lotMethodPreview: null, lotMethodChanges: [] }]);
  expect((await door.ask(of('lotMethodChanges { to }'), { id: portfolio }, { as: principal({ scopes: new Set(['trade:read']) }) })).codes).toEqual(['FORBIDDEN']);
});

/** What the books give out whole: every row once, as known at one moment, in pages. */
import { type ExportFilter, noFilter, written } from '@pms/subgraph/exports';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { validated, nowKnown, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let portfolio: string;
let knownAt: string;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
  portfolio = await w.open();
  await w.deposit(portfolio, '5000', { effectiveDate: '2026-09-01', reason: '=cmd|x' });
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' }), validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-10-05' }));
  knownAt = await nowKnown();
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '1', price: '50', tradeDate: '2026-10-03' }));
});
afterAll(() => door.close());

async function rows(name: string, filter: Partial<ExportFilter> = {}): Promise<Record<string, string | null>[]> {
  const dataset = door.subgraph.datasets?.find((each) => each.name === name);
  let text = '';
  if (dataset !== undefined) for await (const part of written(dataset, { ...noFilter, portfolioId: portfolio, ...filter, organizationId: 'org_one' }, 'json')) text += part;
  return JSON.parse(text);
}
const of = (all: Record<string, string | null>[], ...columns: readonly string[]) => all.map((row) => columns.map((column) => row[column]));

test('positions, lots, closings and cash are given out as they stand, as of a day, and as they were known', async () => {
  expect(of(await rows('positions'), 'symbol', 'quantity', 'cost', 'realized_gain', 'currency')).toEqual([['ACME', '7', '650', '40', 'USD']]);
  expect(of(await rows('positions', { knownAt }), 'quantity', 'cost')).toEqual([['6', '600']]);
  expect(of(await rows('positions', { asOf: '2026-10-01' }), 'quantity')).toEqual([['10']]);
  expect(of(await rows('lots'), 'opened_on', 'quantity', 'cost')).toEqual([['2026-10-01', '6', '600'], ['2026-10-03', '1', '50']]);
  expect(of(await rows('closings'), 'closed_on', 'opened_on', 'days_held', 'quantity', 'cost', 'proceeds', 'realized_gain')).toEqual([['2026-10-05', '2026-10-01', '4', '4', '400', '440', '40']]);
  expect(of(await rows('cash'), 'currency', 'balance', 'settled', 'receivable', 'payable')).toEqual([['USD', '4390', '5000', '440', '1050']]);
  expect(of(await rows('cash', { asOf: '2026-10-01', knownAt }), 'balance')).toEqual([['4000']]);
});

test('closings are given out as of a day, and as they were known: the same for ever, whatever lot a late purchase puts before', async () => {
  const own = await w.open();
  await door.hear(validated(own, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' }), validated(own, w.instrumentId, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-10-05' }));
  const before = await nowKnown();
  const then = await rows('closings', { portfolioId: own });
  await door.hear(validated(own, w.instrumentId, { quantity: '4', price: '90', tradeDate: '2026-09-01' }));
  expect(of(await rows('closings', { portfolioId: own }), 'opened_on', 'realized_gain')).toEqual([['2026-09-01', '80']]);
  expect(await rows('closings', { portfolioId: own, knownAt: before })).toEqual(then);
  expect(await rows('closings', { portfolioId: own, asOf: '2026-10-04' })).toEqual([]);
  expect(await rows('closings', { portfolioId: own, knownAt: before, from: '2026-10-06' })).toEqual([]);
});

test('the journal has every line of every entry once, and adds up to nothing', async () => {
  const lines = await rows('journal');
  const { rows: [count] } = await door.database.query<{ lines: number }>(
    'select count(*)::int as lines from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id where e.portfolio_id = $1', [portfolio]);
  expect(lines.length).toBe(count?.lines);
  expect(new Set(lines.map(({ entry_id: id, line }) => `${id} ${line}`)).size).toBe(lines.length);
  expect(lines.reduce((total, { amount }) => total + Number(amount), 0)).toBe(0);
  expect(of(lines.slice(0, 2), 'entry', 'kind', 'account', 'amount', 'currency', 'reason')).toEqual([['1', 'DEPOSIT', 'CASH_SETTLED', '5000', 'USD', '=cmd|x'], ['1', 'DEPOSIT', 'CAPITAL_CONTRIBUTED', '-5000', 'USD', '=cmd|x']]);
  expect((await rows('journal', { knownAt })).map(({ entry }) => Number(entry)).at(-1)).toBe(3);
  expect(new Set((await rows('journal', { from: '2026-10-02', to: '2026-10-05' })).map(({ effective_on: day }) => day))).toEqual(new Set(['2026-10-05', '2026-10-03']));
});

test('more rows than a page holds come in pages, each once', async () => {
  const many = await w.open();
  await door.hear(...Array.from({ length: 1_100 }, (_, n) => validated(many, w.instrumentId, { quantity: '1', price: `${1 + (n % 9)}`, side: n % 2 === 0 ? 'BUY' : 'SELL' })));
  const lines = await rows('journal', { portfolioId: many });
  expect(new Set(lines.map(({ entry }) => entry)).size).toBe(1_100);
  expect(new Set(lines.map(({ entry_id: id, line }) => `${id} ${line}`)).size).toBe(lines.length);
  expect((await rows('closings', { portfolioId: many })).length).toBe(550);
}, 60_000);

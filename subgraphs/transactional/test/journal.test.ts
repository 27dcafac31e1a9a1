/** The journal: what it says, and that everything else follows from the facts. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TransactionalSubgraph, transactionalSubgraph } from '../src/subgraph.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

const JOURNAL = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  journal(first: $first, after: $after, last: $last, before: $before) { pageInfo { hasNextPage endCursor startCursor } edges { node {
    id number kind effectiveOn trade { id } reverses actor lines { account amount { amount currency } instrument { id } } } } } } } }`;
const journal = async (id: string, args: Record<string, unknown> = {}, ask = {}) => (await door.ask(JOURNAL, { id, ...args }, ask)).data._entities[0].journal;
const verify = async () => (await door.subgraph.rebuild?.({ verify: true }))?.differences;
async function findings(): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { findings: found } of (door.subgraph as TransactionalSubgraph).verify({ organizationId: null, portfolioId: null })) all.push(...found);
  return all;
}

test('each movement is an entry, the newest first, whose lines add up to zero', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000', { effectiveDate: '2026-10-30' });
  const trade = validated(portfolio, w.instrumentId, { quantity: '10', price: '100' });
  const sale = validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '110' });
  await door.hear(trade, sale);
  await door.hear(cancelled(portfolio, w.instrumentId, tradeIdOf(sale)));
  const { edges } = await journal(portfolio);
  expect(edges.map(({ node }: { node: { number: number; kind: string; effectiveOn: string } }) => [node.number, node.kind, node.effectiveOn])).toEqual([
    [4, 'REVERSAL', '2026-11-02'], [3, 'TRADE_BOOKED', '2026-11-02'], [2, 'TRADE_BOOKED', '2026-11-02'], [1, 'DEPOSIT', '2026-10-30']]);
  expect(edges[0].node.reverses).toBe(edges[1].node.id);
  expect(edges[1].node).toMatchObject({
    trade: { id: tradeIdOf(sale) }, actor: 'system:transactional',
    lines: [
      { account: 'SECURITIES_AT_COST', amount: { amount: '-400', currency: 'USD' }, instrument: { id: w.instrumentId } },
      { account: 'REALIZED_GAINS', amount: { amount: '-40', currency: 'USD' }, instrument: { id: w.instrumentId } },
      { account: 'CASH_RECEIVABLE', amount: { amount: '440', currency: 'USD' }, instrument: null },
    ],
  });
  expect(edges[3].node).toMatchObject({ trade: null, actor: 'usr_tester' });
});

test('the journal is paged from either end, and another organisation’s is empty', async () => {
  const portfolio = await w.open();
  for (let n = 0; n < 5; n++) await w.deposit(portfolio, '1');
  const numbers = ({ edges }: { edges: { node: { number: number } }[] }) => edges.map(({ node }) => node.number);
  const first = await journal(portfolio, { first: 2 });
  expect([numbers(first), first.pageInfo.hasNextPage]).toEqual([[5, 4], true]);
  const second = await journal(portfolio, { first: 9, after: first.pageInfo.endCursor });
  expect([numbers(second), second.pageInfo.hasNextPage]).toEqual([[3, 2, 1], false]);
  expect(numbers(await journal(portfolio, { last: 2 }))).toEqual([2, 1]);
  expect(numbers(await journal(portfolio, { last: 2, before: second.pageInfo.startCursor }))).toEqual([5, 4]);
  expect(numbers(await journal(portfolio, {}, { as: principal({ organizationId: 'org_other' }) }))).toEqual([]);
});

test('one row changed in the database is found, named, and mended by a rebuild', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000');
  const trade = validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' });
  await door.hear(trade, validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-10-02' }));
  await door.ask('mutation ($id: ID!) { settleDue(input: { asOf: "2026-11-02", portfolioId: $id }) { settled } }', { id: portfolio });
  expect(await verify()).toEqual([]);
  const damages: readonly (readonly [string, RegExp])[] = [
    [`update transactional.tax_lot set cost = cost + 1 where portfolio_id = $1`, /lot .*: 6 cost 601 .* is stored, the facts say 6 cost 600 /],
    [`update transactional.position set realized = 0 where portfolio_id = $1`, /position .* realised 0 .* the facts say .* realised 40 /],
    [`update transactional.cash_balance set settled = settled - 0.01 where portfolio_id = $1`, /cash USD: settled 4439.99 .* the facts say settled 4440 /],
    [`update transactional.trade_booking set step = 'failed', settled_on = null where portfolio_id = $1`, /trade trd_.* failed .* the facts say .* settled /],
    [`update transactional.custody set quantity = quantity + 1 where portfolio_id = $1`, /custody .*: 7 is stored, the facts say 6/],
    [`update transactional.trade_booking set gain = 41 where portfolio_id = $1 and gain = 40`, /a gain of 41 is stored, the facts say 40/],
    [`delete from transactional.trade_booking where portfolio_id = $1`, /nothing is stored/],
  ];
  for (const [damage, finding] of damages) {
    await door.database.query(damage, [portfolio]);
    const found = await verify();
    expect(found?.length).toBeGreaterThan(0);
    expect(found?.every((line) => line.startsWith(`${portfolio}: `))).toBe(true);
    expect(found?.some((line) => finding.test(line))).toBe(true);
    expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
    expect(await verify()).toEqual([]);
  }
});

type Step =
  | { readonly do: 'trade'; readonly side: 'BUY' | 'SELL'; readonly quantity: number; readonly cents: number; readonly day: number }
  | { readonly do: 'amend'; readonly which: number; readonly quantity: number; readonly day: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'deposit'; readonly amount: number }
  | { readonly do: 'settle'; readonly day: number };

const day = fc.integer({ min: 1, max: 28 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('trade' as const), side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: fc.integer({ min: 1, max: 50 }), cents: fc.integer({ min: 1, max: 20_000 }), day }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('amend' as const), which: fc.nat(20), quantity: fc.integer({ min: 1, max: 50 }), day }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deposit' as const), amount: fc.integer({ min: 1, max: 100_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), day }) },
);
const date = (n: number): string => `2026-10-${String(n).padStart(2, '0')}`;

async function live(portfolio: string, steps: readonly Step[]): Promise<void> {
  const trades: { id: string; version: number }[] = [];
  for (const each of steps) {
    const known = 'which' in each ? trades[each.which % Math.max(trades.length, 1)] : undefined;
    if (each.do === 'trade') {
      const event = validated(portfolio, w.instrumentId, {
        side: each.side, quantity: `${each.quantity}.25`, price: (each.cents / 100).toFixed(2), tradeDate: date(each.day), fees: [{ kind: 'COMMISSION', amount: { amount: '0.35', currency: 'USD' } }] });
      trades.push({ id: tradeIdOf(event), version: 1 });
      await door.hear(event);
    } else if (each.do === 'amend' && known !== undefined) {
      known.version += 1;
      await door.hear(validated(portfolio, w.instrumentId, { tradeId: known.id, version: known.version, replaces: known.version - 1, quantity: String(each.quantity), tradeDate: date(each.day) }));
    } else if (each.do === 'cancel' && known !== undefined) await door.hear(cancelled(portfolio, w.instrumentId, known.id, known.version + 1));
    else if (each.do === 'deposit') await w.deposit(portfolio, String(each.amount), { effectiveDate: '2026-10-01' });
    else if (each.do === 'settle') await door.ask('mutation ($id: ID!, $asOf: Date!) { settleDue(input: { asOf: $asOf, portfolioId: $id }) { settled } }', { id: portfolio, asOf: date(each.day) });
  }
}

test('whatever happens, the journal balances, lots and cash are what the facts say, and what was known stays known', async () => {
  await fc.assert(fc.asyncProperty(fc.constantFrom('FIFO' as const, 'LIFO' as const, 'HIFO' as const, 'AVERAGE_COST' as const), fc.array(step, { maxLength: 25 }), fc.array(step, { maxLength: 8 }),
    async (lotMethod, early, late) => {
      const portfolio = await w.open({ lotMethod });
      await live(portfolio, early);
      const knownAt = await nowKnown();
      const then = { position: await w.position(portfolio, `(includeClosed: true, knownAt: "${knownAt}")`), cash: await w.cash(portfolio, `(knownAt: "${knownAt}")`) };
      expect(then.cash).toEqual(await w.cash(portfolio));
      // a position whose trades were all taken back is there, flat; as of a time there is none
      const now = await w.position(portfolio);
      if (now !== undefined) expect(then.position).toEqual(now);
      await live(portfolio, late);
      expect({ position: await w.position(portfolio, `(includeClosed: true, knownAt: "${knownAt}")`), cash: await w.cash(portfolio, `(knownAt: "${knownAt}")`) }).toEqual(then);
    }), { numRuns: 12 });
  expect(await verify()).toEqual([]);
  expect(await findings()).toEqual([]);
}, 120_000);

test('the same trades in any order of arrival lead to the same books', async () => {
  const trades = Array.from({ length: 12 }, (_, n) => ({
    side: n % 3 === 2 ? 'SELL' as const : 'BUY' as const, quantity: String(3 + ((n * 7) % 11)), price: String(90 + ((n * 13) % 37)), tradeDate: date(1 + ((n * 5) % 20)), capturedAt: new Date(Date.UTC(2026, 10, 2, 12, n)).toISOString() }));
  const outcome = async (order: readonly number[]) => {
    const portfolio = await w.open();
    for (const n of order) await door.hear(validated(portfolio, w.instrumentId, trades[n]));
    const position = await w.position(portfolio);
    const lots = (position?.['lots'] ?? []) as { openedOn: string; quantity: string; costBasis: unknown }[];
    return { ...position, lots: lots.map(({ openedOn, quantity, costBasis }) => ({ openedOn, quantity, costBasis })) };
  };
  const straight = await outcome(trades.map((_, n) => n));
  await fc.assert(fc.asyncProperty(fc.shuffledSubarray(trades.map((_, n) => n), { minLength: trades.length }), async (order) => {
    expect(await outcome(order)).toEqual(straight);
  }), { numRuns: 5 });
  expect(await verify()).toEqual([]);
}, 60_000);

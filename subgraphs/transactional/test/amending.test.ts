/** Amendments and cancellations at every stage of settlement: reversed and booked anew under one correlation, and what was known stays known. */
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { type Operations, operations } from './settlements.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let ops: Operations;
const now = new Date('2026-11-20T15:00:00Z');
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => now });
  w = await world(door);
  ops = operations(door);
});
afterEach(async () => expect(await ops.verify()).toEqual([]));
afterAll(() => door.close());

const COUNTERPARTY = 'Broker';
const terms = { tradeDate: '2026-11-18', counterparty: COUNTERPARTY };

interface Stage {
  readonly name: string;
  /** Brings a booked purchase of ten at 100, with a counterparty, to the stage. */
  reach(trade: string, portfolio: string): Promise<void>;
  readonly settledQuantity: string;
  readonly settledCash: string;
  readonly undone: readonly string[];
}

const match = async (tradeId: string): Promise<void> => void (await ops.run('matchSettlement', { tradeId }));
const stages: readonly Stage[] = [
  { name: 'instructed', reach: async () => undefined, settledQuantity: '0', settledCash: '5000', undone: ['withdraw-instruction', 'reverse-booking'] },
  { name: 'matched', reach: match, settledQuantity: '0', settledCash: '5000', undone: ['unmatch', 'withdraw-instruction', 'reverse-booking'] },
  {
    name: 'failed', settledQuantity: '0', settledCash: '5000', undone: ['withdraw-instruction', 'reverse-booking'],
    reach: async (tradeId) => void (await ops.run('failSettlement', { tradeId, code: 'ON_HOLD', reason: 'held back' })),
  },
  {
    name: 'settled in part', settledQuantity: '4', settledCash: '4600', undone: ['unmatch', 'withdraw-instruction', 'reverse-delivery', 'reverse-booking'],
    async reach(tradeId) {
      await match(tradeId);
      await ops.once('settlePartially', { tradeId, quantity: '4' });
    },
  },
  {
    name: 'netted with another', settledQuantity: '0', settledCash: '5000', undone: ['break-net', 'unmatch', 'withdraw-instruction', 'reverse-booking'],
    async reach(tradeId, portfolio) {
      await match(tradeId);
      const other = validated(portfolio, w.instrumentId, { ...terms, quantity: '3' });
      await door.hear(other);
      await match(tradeIdOf(other));
      await ops.once('netSettlements', { portfolioId: portfolio, counterparty: COUNTERPARTY, instrumentId: w.instrumentId, currency: 'USD', settlementDate: '2026-11-19' }, 'netSet { id }');
      await door.hear(cancelled(portfolio, w.instrumentId, tradeIdOf(other)));
      // one that is left of a set settles alone: net it again with a fresh one, which stays
      const another = validated(portfolio, w.instrumentId, { ...terms, side: 'SELL', quantity: '1', price: '0.01' });
      await door.hear(another);
      await match(tradeIdOf(another));
      const { userErrors } = await ops.once('netSettlements', { portfolioId: portfolio, counterparty: COUNTERPARTY, instrumentId: w.instrumentId, currency: 'USD', settlementDate: '2026-11-19' }, 'netSet { id }');
      expect(userErrors).toEqual([]);
    },
  },
  {
    name: 'settled', settledQuantity: '10', settledCash: '4000', undone: ['reverse-delivery', 'reverse-booking'],
    async reach(tradeId, portfolio) {
      await match(tradeId);
      await ops.due(portfolio, '2026-11-20');
    },
  },
];

async function reached(stage: Stage): Promise<{ portfolio: string; trade: string }> {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000');
  const event = validated(portfolio, w.instrumentId, terms);
  await door.hear(event);
  await stage.reach(tradeIdOf(event), portfolio);
  return { portfolio, trade: tradeIdOf(event) };
}

const figures = async (portfolio: string, at = '') => ({ position: await w.position(portfolio, at), cash: await w.cash(portfolio, at) });

/** Of a portfolio: kind, correlation, whether it reverses. */
async function entries(portfolio: string): Promise<{ kind: string; correlationId: string; reverses: string | null; id: string }[]> {
  const { data } = await door.ask('query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { journal(first: 50) { edges { node { id kind correlationId reverses } } } } } }', { id: portfolio });
  return data._entities[0].journal.edges.map(({ node }: { node: unknown }) => node);
}

describe.each(stages)('a trade that is $name', (stage) => {
  test('can be amended: what it had posted goes back, and the new version books itself, under one correlation', async () => {
    const { portfolio, trade } = await reached(stage);
    const known = await nowKnown();
    const then = await figures(portfolio);
    expect(then.cash).toMatchObject({ settled: { amount: stage.settledCash } });
    expect(then.position).toMatchObject({ settledQuantity: stage.settledQuantity });
    const before = await entries(portfolio);
    await door.hear({ ...validated(portfolio, w.instrumentId, { ...terms, tradeId: trade, version: 2, replaces: 1, quantity: '6', price: '90' }), correlationId: `cor_${stage.name}` });
    const after = (await entries(portfolio)).filter(({ id }) => !before.some((entry) => entry.id === id));
    expect(after.every(({ correlationId }) => correlationId === `cor_${stage.name}`)).toBe(true);
    // each entry of the old version that stood has its reversal, once
    const reversed = after.flatMap(({ reverses }) => reverses ?? []);
    expect(new Set(reversed).size).toBe(reversed.length);
    expect(after.filter(({ kind }) => kind === 'TRADE_BOOKED')).toHaveLength(1);
    expect(await ops.of(trade)).toMatchObject({ tradeVersion: 2, status: 'PENDING', settledQuantity: '0', attempts: 0, netSet: null });
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '5000' }, payable: { amount: '540' } });
    expect(await w.position(portfolio)).toMatchObject({ settledQuantity: '0' });
    expect(await figures(portfolio, `(knownAt: "${known}")`)).toEqual(then);
    await match(trade);
    await ops.due(portfolio, '2026-11-20');
    expect(await ops.of(trade)).toMatchObject({ status: 'SETTLED', settledQuantity: '6' });
  });

  test('can be cancelled: cash and custody are as if it had never been, and what was known stays', async () => {
    const { portfolio, trade } = await reached(stage);
    const known = await nowKnown();
    const then = await figures(portfolio);
    await door.hear(cancelled(portfolio, w.instrumentId, trade));
    const { saga, status } = await ops.of(trade);
    expect([status, saga.compensations]).toEqual(['CANCELLED', []]);
    expect(saga.steps.at(-1)).toMatchObject({ name: 'CANCEL', detail: ['CANCELLED', ...stage.undone].join(', ') });
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '5000' }, payable: { amount: '0' } });
    expect((await w.position(portfolio, '(includeClosed: true)'))?.['settledQuantity'] ?? '0').toBe('0');
    expect(await figures(portfolio, `(knownAt: "${known}")`)).toEqual(then);
    // a second cancellation, and a version that is validated late, change nothing
    const books = await figures(portfolio);
    await door.hear(cancelled(portfolio, w.instrumentId, trade, 3));
    await door.hear(validated(portfolio, w.instrumentId, { ...terms, tradeId: trade, version: 2, replaces: 1 }));
    expect(await figures(portfolio)).toEqual(books);
  });
});

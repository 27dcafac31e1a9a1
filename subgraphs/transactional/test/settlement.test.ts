/** Instructing, matching, failing, settling in part and as one, through the front door. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { type Operations, operations } from './settlements.ts';
import { cancelled, nowKnown, tradeIdOf, type TradeOver, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let ops: Operations;
let now = new Date('2026-11-20T15:00:00Z');
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => now });
  w = await world(door);
  ops = operations(door);
});
afterEach(async () => {
  now = new Date('2026-11-20T15:00:00Z');
  expect(await ops.verify()).toEqual([]);
});
afterAll(() => door.close());

/** Booked; contractually due on 2026-11-19 unless said otherwise. */
async function book(portfolio: string, over: TradeOver = {}): Promise<string> {
  const event = validated(portfolio, w.instrumentId, { tradeDate: '2026-11-18', ...over });
  await door.hear(event);
  return tradeIdOf(event);
}

describe('matching', () => {
  test('without a counterparty an instruction counts as matched, and its steps say why', async () => {
    const portfolio = await w.open();
    const trade = await book(portfolio, { side: 'SELL' });
    const { saga } = await ops.of(trade);
    expect(saga).toMatchObject({ state: 'MATCHED', compensations: ['UNMATCH', 'WITHDRAW_INSTRUCTION', 'REVERSE_BOOKING'] });
    expect(saga.steps.map(({ name }: { name: string }) => name)).toEqual(['RESERVE', 'BOOK', 'INSTRUCT', 'MATCH']);
    expect(saga.steps[3].detail).toBe('no counterparty is named: nobody has to match it');
  });

  test('a named counterparty has to match it: unmatched it fails on its date, matched late it settles on the day it is tried', async () => {
    const portfolio = await w.open();
    await w.deposit(portfolio, '5000');
    const trade = await book(portfolio, { counterparty: 'Broker', placeOfSettlement: 'DTCYUS33', custodyAccount: 'C-1' });
    expect(await ops.of(trade)).toMatchObject({ status: 'PENDING', counterparty: 'Broker', placeOfSettlement: 'DTCYUS33', custodyAccount: 'C-1', saga: { state: 'INSTRUCTED' } });
    expect(await ops.due(portfolio, '2026-11-20')).toMatchObject({ settled: 0, failed: 1 });
    expect(await ops.of(trade)).toMatchObject({ status: 'FAILED', failureCode: 'UNMATCHED', failureReason: 'Broker has not matched the instruction', failedOn: '2026-11-20', daysLate: 1, age: 'DAYS_1_TO_3' });
    expect((await ops.run('matchSettlement', { tradeId: trade })).settlement).toMatchObject({ status: 'PENDING', attempts: 1, saga: { state: 'MATCHED' } });
    expect(await ops.due(portfolio, '2026-11-20')).toMatchObject({ settled: 1 });
    const done = await ops.of(trade);
    expect(done).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-20', attempts: 2, daysLate: 1, age: null, settledQuantity: '10', settledAmount: { amount: '1000' } });
    expect(done.saga.steps.map(({ name }: { name: string }) => name)).toEqual(['RESERVE', 'BOOK', 'INSTRUCT', 'FAIL', 'MATCH', 'DELIVER']);
  });

  test('matched in time, it settles on its date; matching it again is refused', async () => {
    const portfolio = await w.open();
    const trade = await book(portfolio, { side: 'SELL', counterparty: 'Broker' });
    await ops.run('matchSettlement', { tradeId: trade });
    expect((await ops.run('matchSettlement', { tradeId: trade })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['tradeId'] }]);
    await ops.due(portfolio, '2026-11-20');
    expect(await ops.of(trade)).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-19' });
    expect((await door.told()).some(({ type, data }) => type === 'transactional.settlement-progressed.v1' && (data as { progress: string }).progress === 'MATCHED')).toBe(true);
  });

  test('a failure that the custodian reports has its code and its reason, and can be retried', async () => {
    const portfolio = await w.open();
    const trade = await book(portfolio, { side: 'SELL' });
    expect((await ops.run('failSettlement', { tradeId: trade, code: 'ON_HOLD', reason: 'stamp duty is open' })).settlement).toMatchObject({ status: 'FAILED', failureCode: 'ON_HOLD', failureReason: 'stamp duty is open', failedOn: '2026-11-20' });
    expect((await ops.run('failSettlement', { tradeId: trade, code: 'ON_HOLD', reason: 'again' })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    expect((await ops.run('retrySettlement', { tradeId: trade })).settlement).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-20', attempts: 2 });
  });
});

describe('in part', () => {
  test('a part takes its share of the cash, and what is left settles to the last cent', async () => {
    const portfolio = await w.open();
    await w.deposit(portfolio, '700');
    // 3 for 1000.01: a third of the cash is 333.336…, rounded once for what has settled in all
    const trade = await book(portfolio, { quantity: '3', price: '333.33', fees: [{ kind: 'COMMISSION', amount: { amount: '0.02', currency: 'USD' } }] });
    await ops.due(portfolio, '2026-11-20');
    expect(await ops.of(trade)).toMatchObject({ status: 'FAILED', failureCode: 'INSUFFICIENT_CASH' });
    const input = { tradeId: trade, quantity: '1', idempotencyKey: 'part-1' };
    expect((await ops.run('settlePartially', input)).settlement).toMatchObject({ status: 'PENDING', settledQuantity: '1', settledAmount: { amount: '333.34' }, saga: { compensations: ['UNMATCH', 'WITHDRAW_INSTRUCTION', 'REVERSE_DELIVERY', 'REVERSE_BOOKING'] } });
    expect((await ops.run('settlePartially', input)).settlement).toMatchObject({ settledQuantity: '1' });
    expect((await ops.run('settlePartially', { ...input, quantity: '1.5' })).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }]);
    expect(await w.position(portfolio)).toMatchObject({ quantity: '3', settledQuantity: '1' });
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '366.66' }, payable: { amount: '666.67' } });
    expect((await ops.once('settlePartially', { tradeId: trade, quantity: '1' })).settlement).toMatchObject({ settledQuantity: '2', settledAmount: { amount: '666.67' } });
    await w.deposit(portfolio, '1000');
    await ops.due(portfolio, '2026-11-20');
    expect(await ops.of(trade)).toMatchObject({ status: 'SETTLED', settledQuantity: '3', settledAmount: { amount: '1000.01' } });
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '699.99' }, payable: { amount: '0' } });
    expect(await w.position(portfolio)).toMatchObject({ settledQuantity: '3' });
  });

  test('a short sale settles in part with a negative quantity', async () => {
    const portfolio = await w.open();
    const trade = await book(portfolio, { side: 'SELL', quantity: '8' });
    expect((await ops.once('settlePartially', { tradeId: trade, quantity: '2', settledOn: '2026-11-19' })).settlement).toMatchObject({ settledQuantity: '-2', settledAmount: { amount: '-200' } });
    expect(await w.position(portfolio)).toMatchObject({ quantity: '-8', settledQuantity: '-2' });
    expect(await w.position(portfolio, '(asOf: "2026-11-18")')).toMatchObject({ quantity: '-8', settledQuantity: '0' });
    expect(await w.position(portfolio, '(asOf: "2026-11-19")')).toMatchObject({ quantity: '-8', settledQuantity: '-2' });
  });

  test.each([
    ['all of it', { quantity: '10' }, 'INVALID', ['quantity']],
    ['nothing', { quantity: '0' }, 'INVALID', ['quantity']],
    ['more than the cash covers', { quantity: '9' }, 'INSUFFICIENT_FUNDS', ['quantity']],
    ['a day before the trade', { quantity: '1', settledOn: '2026-11-17' }, 'INVALID', ['settledOn']],
    ['a day that has not come', { quantity: '1', settledOn: '2026-11-21' }, 'INVALID', ['settledOn']],
  ])('%s cannot settle in part', async (_, over, code, path) => {
    const portfolio = await w.open();
    const trade = await book(portfolio);
    expect((await ops.once('settlePartially', { tradeId: trade, ...over })).userErrors).toMatchObject([{ code, path }]);
    expect(await ops.of(trade)).toMatchObject({ settledQuantity: '0' });
  });
});

describe('as one', () => {
  async function netted(portfolio: string): Promise<{ trades: string[]; netSet: string }> {
    const trades = [
      await book(portfolio, { counterparty: 'Broker', quantity: '10' }), await book(portfolio, { counterparty: 'Broker', side: 'SELL', quantity: '6', price: '110' }),
      await book(portfolio, { counterparty: 'Broker', quantity: '1' })];
    await book(portfolio, { counterparty: 'Another', quantity: '50' });
    for (const tradeId of trades) await ops.run('matchSettlement', { tradeId });
    const set = { portfolioId: portfolio, counterparty: 'Broker', instrumentId: w.instrumentId, currency: 'USD', settlementDate: '2026-11-19' };
    const fields = 'netSet { id quantity amount { amount currency } settlements { trade { id } } }';
    const { netSet } = await ops.once('netSettlements', { ...set, idempotencyKey: `net-${portfolio}` }, fields);
    expect(netSet).toMatchObject({ quantity: '5', amount: { amount: '440', currency: 'USD' } });
    expect(new Set(netSet.settlements.map(({ trade }: { trade: { id: string } }) => trade.id))).toEqual(new Set(trades));
    expect((await ops.once('netSettlements', { ...set, idempotencyKey: `net-${portfolio}` }, fields)).netSet).toEqual(netSet);
    expect((await ops.once('netSettlements', set, fields)).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['counterparty'] }]);
    return { trades, netSet: netSet.id };
  }

  test('matched trades of one counterparty, instrument, currency and date settle as one: only the net amount has to be covered', async () => {
    const portfolio = await w.open();
    const { trades, netSet } = await netted(portfolio);
    await w.deposit(portfolio, '439.99');
    expect(await ops.due(portfolio, '2026-11-20')).toMatchObject({ settled: 0, failed: 4 });
    for (const trade of trades) expect(await ops.of(trade)).toMatchObject({ status: 'FAILED', failureReason: 'settled cash of 439.99 USD does not cover 440 USD', netSet: { id: netSet } });
    await w.deposit(portfolio, '0.01');
    await ops.run('retrySettlement', { tradeId: trades[2] ?? '' });
    for (const trade of trades) expect(await ops.of(trade)).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-20', netSet: { id: netSet }, attempts: 2 });
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '0' }, receivable: { amount: '0' }, payable: { amount: '5000' } });
    expect(await w.position(portfolio)).toMatchObject({ quantity: '55', settledQuantity: '5' });
    expect((await ops.run('breakNetting', { netSetId: netSet, reason: 'too late' }, { fields: 'settlements { status }' })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  test('an amendment of one breaks the set: the others settle by themselves, and no part of a set settles alone', async () => {
    const portfolio = await w.open();
    const { trades: [first = '', second = '', third = ''] } = await netted(portfolio);
    expect((await ops.once('settlePartially', { tradeId: second, quantity: '1' })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['tradeId'] }]);
    await door.hear(validated(portfolio, w.instrumentId, { tradeId: first, version: 2, replaces: 1, quantity: '2', tradeDate: '2026-11-18', counterparty: 'Broker' }));
    expect(await ops.of(first)).toMatchObject({ tradeVersion: 2, netSet: null, saga: { state: 'INSTRUCTED' } });
    for (const trade of [second, third]) {
      const left = await ops.of(trade);
      expect(left).toMatchObject({ netSet: null, saga: { state: 'MATCHED', compensations: ['UNMATCH', 'WITHDRAW_INSTRUCTION', 'REVERSE_BOOKING'] } });
      expect(left.saga.steps.find(({ name }: { name: string }) => name === 'NET')).toMatchObject({ compensation: 'BREAK_NET', undoneAt: expect.any(String) });
    }
    await ops.due(portfolio, '2026-11-20');
    expect(await ops.of(second)).toMatchObject({ status: 'SETTLED' });
  });

  test('a failure that is reported for one fails all; a set that is broken is gone', async () => {
    const portfolio = await w.open();
    const { trades, netSet } = await netted(portfolio);
    await ops.run('failSettlement', { tradeId: trades[0] ?? '', code: 'COUNTERPARTY_FAILED', reason: 'no securities' });
    for (const trade of trades) expect(await ops.of(trade)).toMatchObject({ status: 'FAILED', failureCode: 'COUNTERPARTY_FAILED' });
    expect((await ops.run('breakNetting', { netSetId: netSet, reason: 'each by itself' }, { fields: 'settlements { status netSet { id } }' })).settlements).toHaveLength(3);
    expect((await ops.run('breakNetting', { netSetId: netSet, reason: 'again' }, { fields: 'settlements { status }' })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['netSetId'] }]);
    await ops.run('retrySettlement', { tradeId: trades[1] ?? '' });
    expect([(await ops.of(trades[0] ?? '')).status, (await ops.of(trades[1] ?? '')).status]).toEqual(['FAILED', 'SETTLED']);
  });
});

test('operations see what is open by date, filtered, in pages, and how late it is', async () => {
  const portfolio = await w.open();
  const [a, b, c] = [await book(portfolio, { tradeDate: '2026-10-01' }), await book(portfolio, { counterparty: 'Broker', tradeDate: '2026-11-13' }), await book(portfolio, { tradeDate: '2026-11-20' })];
  await ops.due(portfolio, '2026-11-20');
  const list = async (filter: Record<string, unknown>, page = '') => (await door.ask(
    `query ($filter: SettlementFilter) { settlements(filter: $filter${page}) { edges { cursor node { trade { id } daysLate businessDaysLate age portfolio { id } instrument { id } } } pageInfo { hasNextPage endCursor } } }`, { filter: { portfolioId: portfolio, ...filter } })).data.settlements;
  const ids = ({ edges }: { edges: { node: { trade: { id: string } } }[] }) => edges.map(({ node }) => node.trade.id);
  const all = await list({});
  expect(ids(all)).toEqual([a, b, c]);
  expect(all.edges.map(({ node }: { node: { daysLate: number; businessDaysLate: number; age: string } }) => [node.daysLate, node.businessDaysLate, node.age])).toEqual([[49, 33, 'OVER_30_DAYS'], [4, 4, 'DAYS_4_TO_7'], [0, 0, 'NOT_DUE']]);
  const first = await list({}, ', first: 2');
  expect([ids(first), first.pageInfo.hasNextPage]).toEqual([[a, b], true]);
  expect(ids(await list({}, `, first: 2, after: "${first.pageInfo.endCursor}"`))).toEqual([c]);
  expect(ids(await list({}, ', last: 1'))).toEqual([c]);
  expect(ids(await list({ status: ['FAILED'] }))).toEqual([a, b]);
  expect(ids(await list({ failureCode: 'UNMATCHED' }))).toEqual([b]);
  expect(ids(await list({ counterparty: 'Broker' }))).toEqual([b]);
  expect(ids(await list({ age: 'OVER_30_DAYS' }))).toEqual([a]);
  expect(ids(await list({ age: 'NOT_DUE' }))).toEqual([c]);
  expect(ids(await list({ contractualFrom: '2026-11-01', contractualTo: '2026-11-19' }))).toEqual([b]);
  const { data } = await door.ask('query ($id: ID) { settlementAgeing(portfolioId: $id) { age status count amounts { amount currency } } }', { id: portfolio });
  expect(data.settlementAgeing).toEqual([
    { age: 'NOT_DUE', status: 'PENDING', count: 1, amounts: [{ amount: '1000', currency: 'USD' }] }, { age: 'DAYS_4_TO_7', status: 'FAILED', count: 1, amounts: [{ amount: '1000', currency: 'USD' }] },
    { age: 'OVER_30_DAYS', status: 'FAILED', count: 1, amounts: [{ amount: '1000', currency: 'USD' }] }]);
});

test('lists, ageing and a net set are as they were on a day, and as they were known at a time', async () => {
  const portfolio = await w.open();
  const [a, b] = [await book(portfolio, { counterparty: 'Broker' }), await book(portfolio, { counterparty: 'Broker', side: 'SELL', quantity: '4' })];
  for (const tradeId of [a, b]) await ops.run('matchSettlement', { tradeId });
  const { netSet: { id: netSet } } = await ops.once('netSettlements', { portfolioId: portfolio, counterparty: 'Broker', instrumentId: w.instrumentId, currency: 'USD', settlementDate: '2026-11-19' }, 'netSet { id }');
  const netted = await nowKnown();
  await ops.due(portfolio, '2026-11-20'); // no cash
  const failed = await nowKnown();
  await ops.run('breakNetting', { netSetId: netSet, reason: 'one by one' }, { fields: 'settlements { status }' });
  await w.deposit(portfolio, '5000');
  for (const tradeId of [a, b]) await ops.run('retrySettlement', { tradeId });
  await ops.due(portfolio, '2026-11-20');
  const later = await book(portfolio, { tradeDate: '2026-11-19' });
  const settled = await nowKnown();
  await door.hear(cancelled(portfolio, w.instrumentId, a), validated(portfolio, w.instrumentId, { tradeId: later, version: 2, replaces: 1, tradeDate: '2026-11-12' }));
  const read = async (args: string, page = 'first: 10') => {
    const { data } = await door.ask(`query ($id: ID!, $set: ID!) { settlements(filter: { portfolioId: $id }, ${page}${args}) { edges { cursor node { trade { id } status age } } pageInfo { hasNextPage endCursor } }
      settlementAgeing(portfolioId: $id${args}) { age status count amounts { amount } } netSet(id: $set${args}) { quantity settlements { trade { id } } } }`, { id: portfolio, set: netSet });
    return { ...data, list: data.settlements.edges.map(({ node }: { node: { trade: { id: string }; status: string; age: string } }) => [node.trade.id, node.status, node.age]) };
  };
  expect(await read('')).toMatchObject({ list: [[later, 'PENDING', 'DAYS_4_TO_7']], netSet: null });
  expect(await read(`, knownAt: "${settled}", asOf: "2026-11-20"`)).toMatchObject({ list: [[later, 'PENDING', 'NOT_DUE']], netSet: null });
  const then = async (filter: string) => (await door.ask(`query ($id: ID!) { settlements(filter: { portfolioId: $id, ${filter} }, knownAt: "${settled}") { edges { node { trade { id } status } } } }`, { id: portfolio })).data.settlements.edges.map(({ node }: { node: { trade: { id: string } } }) => node.trade.id);
  expect([await then('status: [SETTLED]'), await then('contractualFrom: "2026-11-20"'), await then('failureCode: UNMATCHED'), await then('counterparty: "Broker", status: [SETTLED, CANCELLED]')]).toEqual([[a, b].toSorted(), [later], [], [a, b].toSorted()]);
  expect(await read(`, knownAt: "${netted}", asOf: "2026-11-20"`)).toMatchObject({
    list: [a, b].toSorted().map((id) => [id, 'PENDING', 'DAYS_1_TO_3']), netSet: { quantity: '6', settlements: expect.arrayContaining([{ trade: { id: a } }, { trade: { id: b } }]) },
    settlementAgeing: [{ age: 'DAYS_1_TO_3', status: 'PENDING', count: 2, amounts: [{ amount: '1400' }] }],
  });
  expect(await read(`, knownAt: "${failed}", asOf: "2026-11-20"`)).toMatchObject({ list: [a, b].toSorted().map((id) => [id, 'FAILED', 'DAYS_1_TO_3']), netSet: { quantity: '6' }, settlementAgeing: [{ status: 'FAILED', count: 2 }] });
  // before the contractual date nothing had failed, and what was traded a day later was not there
  expect(await read(`, asOf: "2026-11-18", knownAt: "${settled}"`)).toMatchObject({ list: [a, b].toSorted().map((id) => [id, 'PENDING', 'NOT_DUE']) });
  expect(await read(`, asOf: "2026-11-17", knownAt: "${settled}"`)).toMatchObject({ list: [], settlementAgeing: [], netSet: null });
  const first = await read(`, knownAt: "${failed}"`, 'first: 1');
  expect([first.list.length, first.settlements.pageInfo.hasNextPage]).toEqual([1, true]);
  expect((await read(`, knownAt: "${failed}"`, `first: 1, after: "${first.settlements.pageInfo.endCursor}"`)).list[0][0]).toBe([a, b].toSorted()[1]);
  expect((await read(`, knownAt: "${failed}"`, 'last: 1')).list[0][0]).toBe([a, b].toSorted()[1]);
  expect((await door.ask(`{ settlements(knownAt: "${failed}") { edges { cursor } } netSet(id: "${netSet}", knownAt: "${failed}") { id } }`, {}, { as: principal({ organizationId: 'org_other' }) })).data).toEqual({ settlements: { edges: [] }, netSet: null });
});

test('what was due for more than a day without having been tried is stuck, and shows it', async () => {
  const portfolio = await w.open();
  const [late, due] = [await book(portfolio, { side: 'SELL', tradeDate: '2026-11-17' }), await book(portfolio, { side: 'SELL' })];
  expect([(await ops.of(late)).saga.stuck, (await ops.of(due)).saga.stuck]).toEqual([true, false]);
  await ops.due(portfolio, '2026-11-20');
  expect((await ops.of(late)).saga.stuck).toBe(false);
});

test('another organisation sees and moves nothing, and who lacks the scope is refused', async () => {
  const portfolio = await w.open();
  const trade = await book(portfolio, { counterparty: 'Broker' });
  const stranger = principal({ organizationId: 'org_other' });
  expect((await ops.run('matchSettlement', { tradeId: trade }, { as: stranger })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['tradeId'] }]);
  expect((await door.ask('{ settlements { edges { node { status } } } settlementAgeing { count } }', {}, { as: stranger })).data).toEqual({ settlements: { edges: [] }, settlementAgeing: [] });
  expect((await ops.run('matchSettlement', { tradeId: trade }, { as: principal({ scopes: new Set(['books:read', 'books:write']) }) })).codes).toEqual(['FORBIDDEN']);
});

test('a settlement that has been taken back shows what was undone, and takes no more requests', async () => {
  const portfolio = await w.open();
  const trade = await book(portfolio, { side: 'SELL' });
  await ops.once('settlePartially', { tradeId: trade, quantity: '4' });
  const before = await nowKnown();
  await door.hear(cancelled(portfolio, w.instrumentId, trade));
  const { saga, status } = await ops.of(trade);
  expect([status, saga.state, saga.compensations]).toEqual(['CANCELLED', 'CANCELLED', []]);
  expect(saga.steps.map(({ name, undoneAt }: { name: string; undoneAt: string | null }) => [name, undoneAt !== null])).toEqual([
    ['RESERVE', false], ['BOOK', true], ['INSTRUCT', true], ['MATCH', true], ['DELIVER', true], ['CANCEL', false]]);
  expect(saga.steps.at(-1).detail).toBe('CANCELLED, unmatch, withdraw-instruction, reverse-delivery, reverse-booking');
  for (const [name, input] of [['matchSettlement', {}], ['retrySettlement', {}], ['settlePartially', { quantity: '1', idempotencyKey: 'x' }]] as const)
    expect((await ops.run(name, { tradeId: trade, ...input })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['tradeId'] }]);
  expect(await w.position(portfolio, `(knownAt: "${before}")`)).toMatchObject({ quantity: '-10', settledQuantity: '-4' });
  expect(await w.cash(portfolio, `(knownAt: "${before}")`)).toMatchObject({ settled: { amount: '400' }, receivable: { amount: '600' } });
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '0' }, receivable: { amount: '0' } });
});

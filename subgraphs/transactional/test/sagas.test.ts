/** How a settlement stood at a moment, what the custodian takes back, what goes on by itself or waits for a person, and what becomes of claims. */
import { newId } from '@pms/events/ids';
import { metrics } from '@pms/telemetry/metrics';
import { type FrontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BY_ITSELF, settlementDesk } from './settlement-desk.ts';
import { type Answer, type Operations, SETTLEMENT_FIELDS } from './settlements.ts';
import { cancelled, nowKnown, type World } from './world.ts';

const { open, now, booked, failed, startTimer, buyingIn } = settlementDesk();
let door: FrontDoor;
let w: World;
let ops: Operations;
beforeAll(async () => {
  ({ door, w, ops } = await open());
});
afterAll(async () => {
  expect(await ops.findings()).toEqual([]);
  await door.close();
});

test('how a settlement stood on a day, as it was known at a time, never changes', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '100');
  const trade = await booked(portfolio, { counterparty: 'Broker' });
  const at = async (args: string) => (await door.ask(`query ($id: ID!) { _entities(representations: [{ __typename: "Trade", id: $id }]) { ... on Trade { settlement${args} { ${SETTLEMENT_FIELDS} } } } }`, { id: trade })).data._entities[0].settlement;
  const told: { readonly knownAt: string; readonly answer: Answer }[] = [];
  const read = async (): Promise<void> => { const knownAt = await nowKnown(); told.push({ knownAt, answer: await at(`(knownAt: "${knownAt}")`) }); };
  const standing = async (): Promise<void> => {
    const shown = await ops.of(trade);
    await read();
    // the day that counts as today differs, and with it how late it is
    const ageless = (answer: Answer) => ({ ...answer, daysLate: 0, businessDaysLate: 0, age: null, saga: { ...answer.saga, stuck: false } });
    expect(ageless(told.at(-1)?.answer)).toEqual(ageless(shown));
  };
  await standing();
  await ops.run('matchSettlement', { tradeId: trade });
  await standing();
  await ops.due(portfolio, '2026-11-20');
  await standing();
  await ops.once('claimSettlementInterest', { tradeId: trade, owedTo: 'US', annualRate: '0.05', dayCount: 'ACTUAL_360', to: '2026-11-20' });
  await standing();
  await w.deposit(portfolio, '5000');
  await ops.once('settlePartially', { tradeId: trade, quantity: '4', settledOn: '2026-11-20' });
  await standing();
  await ops.run('retrySettlement', { tradeId: trade });
  await ops.due(portfolio, '2026-11-20');
  await standing();
  await door.hear(cancelled(portfolio, w.instrumentId, trade));
  await standing();
  for (const { knownAt, answer } of told) expect(await at(`(knownAt: "${knownAt}")`)).toEqual(answer);
  expect(told.map(({ answer }) => `${answer.status} ${answer.settledQuantity} ${answer.claims.length}`)).toEqual(
    ['PENDING 0 0', 'PENDING 0 0', 'FAILED 0 0', 'FAILED 0 1', 'PENDING 4 1', 'SETTLED 10 1', 'CANCELLED 0 1']);
  const settled = told.at(-2)?.knownAt;
  expect(await at(`(knownAt: "${settled}", asOf: "2026-11-19")`)).toMatchObject({ status: 'PENDING', settledQuantity: '0', claims: [], saga: { state: 'INSTRUCTED' } });
  expect(await at('(asOf: "2026-11-17")')).toBeNull();
});

describe('what the custodian takes back', () => {
  test('has failed: cash and securities return on that day, by reversals; it settles again, and what was known stays', async () => {
    const portfolio = await w.open();
    await w.deposit(portfolio, '5000', { effectiveDate: '2026-11-17' });
    const trade = await booked(portfolio);
    expect((await ops.once('reverseSettlement', { tradeId: trade, code: 'OTHER', reason: 'x' })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['tradeId'] }]);
    await ops.once('settlePartially', { tradeId: trade, quantity: '3', settledOn: '2026-11-19' });
    await ops.due(portfolio, '2026-11-20');
    const before = await nowKnown();
    const books = async (args = '') => [(await w.position(portfolio, args))?.['settledQuantity'], (await w.cash(portfolio, args) as { readonly settled: { readonly amount: string } }).settled.amount];
    expect(await books()).toEqual(['10', '4000']);
    now('2026-11-23T15:00:00Z');
    expect((await ops.once('reverseSettlement', { tradeId: trade, code: 'COUNTERPARTY_FAILED', reason: 'x', reversedOn: '2026-11-18' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['reversedOn'] }]);
    const input = { tradeId: trade, code: 'COUNTERPARTY_FAILED', reason: 'the seller had sold them twice', idempotencyKey: newId('key') };
    const { settlement } = await ops.run('reverseSettlement', input);
    expect(settlement).toMatchObject({ status: 'FAILED', failureCode: 'COUNTERPARTY_FAILED', failedOn: '2026-11-23', settledQuantity: '0', settledOn: null, saga: { state: 'FAILED', compensations: ['UNMATCH', 'WITHDRAW_INSTRUCTION', 'REVERSE_BOOKING'] } });
    expect(settlement.saga.steps.findLast(({ name }: { name: string }) => name === 'DELIVER')).toMatchObject({ undoneAt: expect.any(String) });
    expect((await ops.run('reverseSettlement', input)).settlement).toMatchObject({ status: 'FAILED' });
    expect([await books(), await books('(asOf: "2026-11-22")'), await books(`(knownAt: "${before}")`)]).toEqual([['0', '5000'], ['10', '4000'], ['10', '4000']]);
    expect((await door.told()).filter(({ data }) => (data as { tradeId?: string }).tradeId === trade).slice(-3).map(({ type }) => type.split('.')[1])).toEqual(['settlement-progressed', 'settlement-failed', 'cash-moved']);
    await ops.run('retrySettlement', { tradeId: trade });
    expect(await ops.of(trade)).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-23', settledQuantity: '10' });
    expect([await books(), await books('(asOf: "2026-11-22")')]).toEqual([['10', '4000'], ['10', '4000']]);
    await door.hear(cancelled(portfolio, w.instrumentId, trade));
    expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '5000' }, payable: { amount: '0' } });
  });

  test('as one, where it settled as one', async () => {
    const portfolio = await w.open();
    await w.deposit(portfolio, '500');
    const [purchase, sale] = [await booked(portfolio, { counterparty: 'Broker' }), await booked(portfolio, { counterparty: 'Broker', side: 'SELL', quantity: '6' })];
    for (const tradeId of [purchase, sale]) await ops.run('matchSettlement', { tradeId });
    await ops.once('netSettlements', { portfolioId: portfolio, counterparty: 'Broker', instrumentId: w.instrumentId, currency: 'USD', settlementDate: '2026-11-19' }, 'netSet { id }');
    await ops.due(portfolio, '2026-11-20');
    expect((await ops.once('reverseSettlement', { tradeId: sale, code: 'OTHER', reason: 'booked to the wrong account' })).settlement).toMatchObject({ status: 'FAILED', netSet: { id: expect.any(String) } });
    expect([(await ops.of(purchase)).status, (await w.cash(portfolio))?.['settled']]).toEqual(['FAILED', { amount: '500' }]);
    await ops.run('retrySettlement', { tradeId: purchase });
    expect([(await ops.of(purchase)).status, (await ops.of(sale)).status, (await w.cash(portfolio))?.['settled']]).toEqual(['SETTLED', 'SETTLED', { amount: '100' }]);
  });
});

test('a claim goes with its trade: a cancellation takes back what it had posted, whatever was decided on it', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000');
  const trades = [await failed(portfolio), await failed(portfolio)];
  now('2026-11-30T15:00:00Z');
  for (const trade of trades) {
    await buyingIn(trade);
    await ops.once('executeBuyIn', { tradeId: trade, price: '105' });
    await ops.once('claimSettlementInterest', { tradeId: trade, owedTo: 'US', annualRate: '0.04', dayCount: 'ACTUAL_360' });
  }
  const [first, second] = trades as [string, string];
  const claims = (await ops.of(first)).claims as { id: string; kind: string }[];
  for (const { id } of claims) await ops.once('bookSettlementClaim', { claimId: id }, 'claim { status }');
  const [difference] = (await ops.of(second)).claims as [{ id: string }];
  await ops.once('withdrawSettlementClaim', { claimId: difference.id, reason: 'not worth it' }, 'claim { status }');
  const before = await nowKnown();
  const known = await w.cash(portfolio, `(knownAt: "${before}")`);
  for (const trade of trades) await door.hear(cancelled(portfolio, w.instrumentId, trade));
  for (const trade of trades) expect((await ops.of(trade)).claims.map(({ status, reason }: { status: string; reason: string }) => [status, reason])).toEqual([['CANCELLED', 'the trade was cancelled'], ['CANCELLED', 'the trade was cancelled']]);
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '5000' }, receivable: { amount: '0' }, payable: { amount: '0' } });
  expect(await w.cash(portfolio, '(asOf: "2026-11-30")')).toMatchObject({ settled: { amount: '5000' } });
  expect(await w.cash(portfolio, `(knownAt: "${before}")`)).toEqual(known);
  const then = await door.ask(`query ($id: ID!) { _entities(representations: [{ __typename: "Trade", id: $id }]) { ... on Trade { settlement(knownAt: "${before}") { claims { kind status } } } } }`, { id: second });
  expect(then.data._entities[0].settlement.claims).toEqual([{ kind: 'BUY_IN_DIFFERENCE', status: 'WITHDRAWN' }, { kind: 'INTEREST', status: 'PROPOSED' }]);
  expect((await ops.once('bookSettlementClaim', { claimId: difference.id }, 'claim { status }')).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['claimId'] }]);
  expect(await ops.findings()).toEqual([]);
});

test('a sale of ours that failed and that the buyer has bought in settles with the purchase made for our account: only the difference moves', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '45');
  const sale = await failed(portfolio, { side: 'SELL' });
  now('2026-11-24T15:00:00Z');
  const [purchase, other] = [await booked(portfolio, { price: '104.50', tradeDate: '2026-11-24' }), await booked(portfolio, { quantity: '9', tradeDate: '2026-11-24' })];
  const record = (over: Record<string, unknown> = {}) => ops.once('recordBoughtIn', { tradeId: sale, purchaseTradeId: purchase, executedOn: '2026-11-24', ...over });
  expect((await record({ purchaseTradeId: other })).userErrors).toMatchObject([{ code: 'INVALID', path: ['purchaseTradeId'] }]);
  expect((await record({ purchaseTradeId: newId('trd') })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['purchaseTradeId'] }]);
  expect((await record({ tradeId: purchase })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['tradeId'] }]);
  const key = { idempotencyKey: newId('key') };
  expect((await record(key)).settlement).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-24', saga: { state: 'SETTLED' } });
  expect((await record(key)).settlement.saga.steps.at(-1)).toMatchObject({ name: 'DELIVER', detail: 'bought in at 104.5' });
  expect(await ops.of(purchase)).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-24' });
  await door.hear(cancelled(portfolio, w.instrumentId, other));
  // 1,000 received for the sale, 1,045 paid for the purchase
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '0' }, receivable: { amount: '0' }, payable: { amount: '0' } });
  expect(await w.position(portfolio, '(includeClosed: true)')).toMatchObject({ quantity: '0', settledQuantity: '0', realizedPnl: { amount: '-45' } });
});

test('a change that is asked for twice under one key is made once, and a key is for one change alone', async () => {
  const portfolio = await w.open();
  const trade = await booked(portfolio, { counterparty: 'Broker' });
  const key = (name: string) => ({ tradeId: trade, idempotencyKey: `${name} ${trade}` });
  for (let asked = 0; asked < 2; asked++) expect((await ops.run('matchSettlement', key('match'))).userErrors).toEqual([]);
  for (let asked = 0; asked < 2; asked++) expect((await ops.run('failSettlement', { ...key('fail'), code: 'OTHER', reason: 'x', retryOn: '2026-11-24' })).userErrors).toEqual([]);
  for (let asked = 0; asked < 2; asked++) expect((await ops.run('retrySettlement', key('retry'))).userErrors).toEqual([]);
  expect(await ops.of(trade)).toMatchObject({ status: 'FAILED', failureCode: 'INSUFFICIENT_CASH', attempts: 2 });
  expect((await ops.run('matchSettlement', key('retry'))).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }]);
});

describe('without anybody asking', () => {
  test('what failed for want of cash is tried again on the next business day, and settles once cash covers it', async () => {
    const portfolio = await w.open();
    const trade = await booked(portfolio);
    await ops.due(portfolio, '2026-11-20');
    // a Friday: the next business day is Monday
    expect(await ops.of(trade)).toMatchObject({ status: 'FAILED', failureCode: 'INSUFFICIENT_CASH', attempts: 1, saga: { nextAttemptOn: '2026-11-23' } });
    await startTimer();
    now('2026-11-23T15:00:00Z');
    await expect.poll(async () => (await ops.of(trade)).attempts, BY_ITSELF).toBe(2);
    expect((await ops.of(trade)).saga).toMatchObject({ state: 'FAILED', nextAttemptOn: '2026-11-24' });
    await w.deposit(portfolio, '1000');
    now('2026-11-24T15:00:00Z');
    await expect.poll(async () => (await ops.of(trade)).status, BY_ITSELF).toBe('SETTLED');
    expect(await ops.of(trade)).toMatchObject({ settledOn: '2026-11-24', attempts: 3 });
    expect((await ops.of(trade)).saga.steps.map(({ name }: { name: string }) => name)).toEqual(['RESERVE', 'BOOK', 'INSTRUCT', 'MATCH', 'FAIL', 'RETRY', 'FAIL', 'RETRY', 'DELIVER']);
  });

  test('what does not get on is parked with the reason, shown and counted, until a person decides; the decision is carried out once', async () => {
    const portfolio = await w.open();
    const [sale, held] = [await failed(portfolio, { side: 'SELL' }), await booked(portfolio, { side: 'SELL', quantity: '2' })];
    await ops.run('failSettlement', { tradeId: held, code: 'ON_HOLD', reason: 'the client has asked to wait' });
    const resolve = (over: Record<string, unknown>) => ops.once('resolveParkedSettlement', { tradeId: sale, resolution: 'RETRY', reason: 'the lender has returned them', ...over });
    expect((await resolve({})).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['tradeId'] }]);
    await startTimer();
    await expect.poll(async () => (await ops.of(held)).saga.state, BY_ITSELF).toBe('PARKED');
    expect((await ops.of(held)).saga).toMatchObject({ parked: { code: 'ON_HOLD', reason: 'the client has asked to wait', on: '2026-11-20' } });
    expect((await ops.of(sale)).saga).toMatchObject({ state: 'FAILED', parked: null });
    now('2026-11-25T15:00:00Z');
    await expect.poll(async () => (await ops.of(sale)).saga.state, BY_ITSELF).toBe('PARKED');
    expect(await ops.of(sale)).toMatchObject({ status: 'FAILED', saga: { parked: { code: 'NO_PROGRESS', reason: 'nothing has happened for 3 business days: no securities were delivered' }, compensations: ['UNMATCH', 'WITHDRAW_INSTRUCTION', 'REVERSE_BOOKING'] } });
    const list = (as = principal()) => door.ask('query ($id: ID) { parkedSettlements(portfolioId: $id) { edges { node { trade { id } } } } settlements(filter: { portfolioId: $id, parked: false, status: [FAILED] }) { edges { node { trade { id } } } } }', { id: portfolio }, { as });
    expect((await list()).data.parkedSettlements.edges.map(({ node }: { node: { trade: { id: string } } }) => node.trade.id).toSorted()).toEqual([sale, held].toSorted());
    expect((await list()).data.settlements.edges).toEqual([]);
    expect((await list(principal({ organizationId: 'org_other' }))).data.parkedSettlements.edges).toEqual([]);
    expect((await resolve({ resolution: 'BUY_IN' })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['resolution'] }]);
    expect((await resolve({ resolution: 'RETRY_ON' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['retryOn'] }]);
    expect((await resolve({ reason: ' ' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['reason'] }]);
    const input = { tradeId: sale, resolution: 'RETRY_ON', retryOn: '2026-11-27', reason: 'the lender returns them on Friday', idempotencyKey: newId('key') };
    expect((await ops.run('resolveParkedSettlement', input)).settlement).toMatchObject({ status: 'FAILED', saga: { state: 'FAILED', parked: null, nextAttemptOn: '2026-11-27' } });
    expect((await ops.run('resolveParkedSettlement', input)).settlement).toMatchObject({ saga: { nextAttemptOn: '2026-11-27' } });
    const { settlement } = await resolve({ tradeId: held });
    expect(settlement).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-25' });
    expect(settlement.saga.steps.slice(-4).map(({ name, detail }: { name: string; detail: string | null }) => `${name} ${detail}`)).toEqual(
      ['FAIL ON_HOLD: the client has asked to wait', 'PARK ON_HOLD: the client has asked to wait', 'RELEASE RETRY, the lender has returned them', 'DELIVER null']);
    now('2026-11-27T15:00:00Z');
    await expect.poll(async () => (await ops.of(sale)).status, BY_ITSELF).toBe('SETTLED');
    const told = (await door.told()).filter(({ data }) => (data as { tradeId?: string }).tradeId === sale).flatMap(({ data }) => (data as { progress?: string }).progress ?? []);
    expect(told).toEqual(['PARKED', 'RELEASED']);
  });

  test('a buy-in that nobody executes is parked, and has its time again', async () => {
    const portfolio = await w.open();
    await w.deposit(portfolio, '2000');
    const trade = await failed(portfolio);
    now('2026-11-30T15:00:00Z');
    await buyingIn(trade);
    now('2026-12-03T15:00:00Z');
    await expect.poll(async () => (await ops.of(trade)).saga.state, BY_ITSELF).toBe('PARKED');
    expect(await ops.of(trade)).toMatchObject({ status: 'BUYING_IN', saga: { parked: { code: 'BUY_IN_OVERDUE' } } });
    expect((await ops.once('resolveParkedSettlement', { tradeId: trade, resolution: 'BUY_IN', reason: 'another agent' })).settlement).toMatchObject({ status: 'BUYING_IN', saga: { state: 'BUYING_IN', parked: null } });
    expect((await ops.once('executeBuyIn', { tradeId: trade, price: '100' })).settlement).toMatchObject({ status: 'SETTLED' });
  });

  test('a portfolio whose trades cannot be settled keeps no other waiting, and is counted', async () => {
    const [broken, sound] = [await w.open(), await w.open()];
    const poisoned = await booked(broken, { side: 'SELL' });
    await door.database.query("update transactional.trade_booking set part_quantity = 'NaN' where trade_id = $1", [poisoned]);
    try {
      await startTimer();
      const sale = await booked(sound, { side: 'SELL' });
      await expect.poll(async () => (await ops.of(sale)).status, BY_ITSELF).toBe('SETTLED');
      await expect.poll(async () => metrics.getSingleMetricAsString('pms_settlement_errors_total'), BY_ITSELF).toMatch(/pms_settlement_errors_total [1-9]/);
      expect(await metrics.getSingleMetricAsString('pms_settlement_round_timestamp_seconds')).toMatch(/seconds \d{10}/);
    } finally {
      await door.database.query("update transactional.trade_booking set part_quantity = '0' where trade_id = $1", [poisoned]);
    }
    await expect.poll(async () => (await ops.of(poisoned)).status, BY_ITSELF).toBe('SETTLED');
  });
});

/** Cash in and out, and the settlement of trades, through the front door. */
import { portfolioClosed } from '@pms/schema/events/portfolio';
import { newId } from '@pms/events/ids';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { DEPOSIT, SETTLEMENT, tradeIdOf, validated, WITHDRAW, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
const now = new Date('2026-11-20T15:00:00Z');
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => now });
  w = await world(door);
});
afterEach(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
});
afterAll(() => door.close());

const usd = (amount: string) => ({ amount, currency: 'USD' });
const stranger = principal({ organizationId: 'org_other' });
const settle = async (input: Record<string, unknown>, ask = {}) =>
  (await door.ask('mutation ($input: SettleDueInput!) { settleDue(input: $input) { settled failed more userErrors { code path } } }', { input }, ask)).data.settleDue;
const retry = async (tradeId: string, ask = {}) =>
  (await door.ask(`mutation ($input: RetrySettlementInput!) { retrySettlement(input: $input) {
    settlement { status settledOn failureReason attempts } userErrors { code path } } }`, { input: { tradeId } }, ask)).data.retrySettlement;
const settlementOf = async (tradeId: string) => (await door.ask(SETTLEMENT, { id: tradeId })).data._entities[0].settlement;

test('a deposit is there at once; the same key again returns the first answer and writes nothing', async () => {
  const portfolioId = await w.open();
  const input = { portfolioId, amount: usd('100000'), idempotencyKey: newId('key') };
  const first = await door.ask(DEPOSIT, { input });
  expect(first.data.depositCash).toEqual({ cash: { currency: 'USD', balance: usd('100000'), settled: { amount: '100000' }, payable: { amount: '0' } }, userErrors: [] });
  await w.deposit(portfolioId, '1');
  const told = (await door.told()).length;
  const again = await Promise.all([door.ask(DEPOSIT, { input }), door.ask(DEPOSIT, { input: { ...input, amount: usd('100000.00') } })]);
  for (const each of again) expect(each.data).toEqual(first.data);
  const other = await door.ask(DEPOSIT, { input: { ...input, amount: usd('100001') } });
  expect(other.data.depositCash).toEqual({ cash: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }] });
  expect((await door.ask(WITHDRAW, { input })).data.withdrawCash.userErrors).toEqual([{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }]);
  expect(await door.told()).toHaveLength(told);
  expect((await w.cash(portfolioId))?.['balance']).toEqual({ amount: '100001' });
});

test('the keys that have moved cash in a portfolio can be asked about, by its organisation alone', async () => {
  const portfolioId = await w.open();
  const input = { portfolioId, amount: usd('5'), idempotencyKey: newId('key') };
  await door.ask(DEPOSIT, { input });
  const BOOKED = `query ($id: ID!, $keys: [String!]!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { cashBooked(keys: $keys) } } }`;
  const keys = [input.idempotencyKey, 'never used'];
  expect((await door.ask(BOOKED, { id: portfolioId, keys })).data._entities).toEqual([{ cashBooked: [input.idempotencyKey] }]);
  expect((await door.ask(BOOKED, { id: await w.open(), keys })).data._entities).toEqual([{ cashBooked: [] }]);
  expect((await door.ask(BOOKED, { id: portfolioId, keys }, { as: stranger })).data._entities).toEqual([{ cashBooked: [] }]);
  expect((await door.ask(BOOKED, { id: portfolioId, keys: Array.from({ length: 10_001 }, String) })).codes).toEqual(['BAD_USER_INPUT']);
});

test('one key sent to two portfolios at once moves cash once', async () => {
  const [a, b] = [await w.open(), await w.open()];
  const idempotencyKey = newId('key');
  const answers = await Promise.all([a, b].map((portfolioId) => door.ask(DEPOSIT, { input: { portfolioId, amount: usd('5'), idempotencyKey } })));
  expect(answers.flatMap(({ data }) => data.depositCash.userErrors.map(({ code }: { code: string }) => code))).toEqual(['IDEMPOTENCY_CONFLICT']);
});

test('withdrawals take what is settled and not owed, and no more', async () => {
  const portfolioId = await w.open();
  await w.deposit(portfolioId, '1000');
  await door.hear(validated(portfolioId, w.instrumentId, { quantity: '4' }));
  const take = (amount: string) => door.ask(WITHDRAW, { input: { portfolioId, amount: usd(amount), idempotencyKey: newId('key'), reason: 'rent' } });
  expect((await take('600.01')).data.withdrawCash).toEqual({ cash: null, userErrors: [{ code: 'INSUFFICIENT_FUNDS', path: ['amount'] }] });
  expect((await take('600')).data.withdrawCash).toEqual({ cash: { balance: { amount: '0' } }, userErrors: [] });
  expect((await door.told()).at(-1)).toMatchObject({ key: portfolioId, reason: 'rent', actor: 'usr_tester', data: { kind: 'WITHDRAWAL', amount: '-600', balance: '0', settled: '400' } });
});

test.each([
  ['an amount of zero', { amount: usd('0') }, 'INVALID', ['amount', 'amount']],
  ['a negative amount', { amount: usd('-5') }, 'INVALID', ['amount', 'amount']],
  ['a part of a cent', { amount: usd('1.005') }, 'INVALID', ['amount', 'amount']],
  ['a part of a yen', { amount: { amount: '1.5', currency: 'JPY' } }, 'INVALID', ['amount', 'amount']],
  ['more than there is', { amount: usd('1000000000000000.01') }, 'INVALID', ['amount', 'amount']],
  ['a currency that is none', { amount: { amount: '1', currency: 'ZZZ' } }, 'INVALID', ['amount', 'currency']],
  ['a day that has not come', { effectiveDate: '2026-11-21' }, 'INVALID', ['effectiveDate']],
  ['an empty key', { idempotencyKey: ' ' }, 'INVALID', ['idempotencyKey']],
  ['an unknown portfolio', { portfolioId: 'prt_none' }, 'NOT_FOUND', ['portfolioId']],
] as const)('%s is refused', async (_, over, code, path) => {
  const input = { portfolioId: await w.open(), amount: usd('5'), idempotencyKey: newId('key'), ...over };
  expect((await door.ask(DEPOSIT, { input })).data.depositCash).toEqual({ cash: null, userErrors: [{ code, path }] });
});

test('another organisation moves no cash here, and a closed portfolio takes none', async () => {
  const portfolioId = await w.open();
  const input = { portfolioId, amount: usd('5'), idempotencyKey: newId('key') };
  expect((await door.ask(DEPOSIT, { input }, { as: stranger })).data.depositCash.userErrors).toEqual([{ code: 'NOT_FOUND', path: ['portfolioId'] }]);
  expect((await door.ask(DEPOSIT, { input }, { as: principal({ scopes: new Set(['books:read']) }) })).codes).toEqual(['FORBIDDEN']);
  await door.hear(heard(portfolioClosed, portfolioId, { portfolioId }));
  expect((await door.ask(DEPOSIT, { input })).data.depositCash.userErrors).toEqual([{ code: 'CONFLICT', path: ['portfolioId'] }]);
});

test('cash of an earlier day counts what was effective by then', async () => {
  const portfolioId = await w.open();
  await w.deposit(portfolioId, '1000', { effectiveDate: '2026-01-05' });
  await w.deposit(portfolioId, '500', { effectiveDate: '2026-03-02' });
  await door.hear(validated(portfolioId, w.instrumentId, { quantity: '3', tradeDate: '2026-02-02' }));
  expect(await w.cash(portfolioId, '(asOf: "2026-01-04")')).toBeUndefined();
  expect(await w.cash(portfolioId, '(asOf: "2026-01-31")')).toMatchObject({ balance: { amount: '1000' } });
  expect(await w.cash(portfolioId, '(asOf: "2026-02-28")')).toMatchObject({ balance: { amount: '700' }, settled: { amount: '1000' }, payable: { amount: '300' } });
  expect(await w.cash(portfolioId, '(asOf: "2026-03-02")')).toMatchObject({ balance: { amount: '1200' } });
});

test('trades settle on their contractual date, receipts before payments, and not before it', async () => {
  const portfolioId = await w.open();
  await w.deposit(portfolioId, '100');
  const bought = validated(portfolioId, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-11-18' });
  const sold = validated(portfolioId, w.instrumentId, { side: 'SELL', quantity: '10', price: '95', tradeDate: '2026-11-18' });
  const today = validated(portfolioId, w.instrumentId, { side: 'SELL', quantity: '1', price: '95', tradeDate: '2026-11-20' });
  await door.hear(bought, sold, today);
  expect(await settlementOf(tradeIdOf(today))).toEqual({ status: 'PENDING', contractualDate: '2026-11-23', settledOn: null, failureReason: null, attempts: 0 });
  expect(await settle({ asOf: '2026-11-20', portfolioId })).toEqual({ settled: 2, failed: 0, more: false, userErrors: [] });
  expect(await settlementOf(tradeIdOf(bought))).toEqual({ status: 'SETTLED', contractualDate: '2026-11-19', settledOn: '2026-11-19', failureReason: null, attempts: 1 });
  expect(await w.position(portfolioId)).toMatchObject({ quantity: '-1', settledQuantity: '0' });
  expect(await w.position(portfolioId, '(asOf: "2026-11-18", includeClosed: true)')).toMatchObject({ quantity: '0', settledQuantity: '0' });
  expect(await w.cash(portfolioId)).toMatchObject({ settled: { amount: '50' }, receivable: { amount: '95' }, payable: { amount: '0' }, balance: { amount: '145' } });
  const told = (await door.told()).filter(({ key }) => key === portfolioId).slice(-4);
  expect(told.map(({ type, data }) => [type.split('.')[1], (data as { tradeId: string }).tradeId])).toEqual([
    ['trade-settled', tradeIdOf(sold)], ['trade-settled', tradeIdOf(bought)], ['cash-moved', tradeIdOf(sold)], ['cash-moved', tradeIdOf(bought)]]);
  expect(told[3]?.data).toMatchObject({ kind: 'SETTLEMENT', amount: '0', settled: '50', balance: '145' });
  expect(await settle({ asOf: '2026-11-20', portfolioId })).toEqual({ settled: 0, failed: 0, more: false, userErrors: [] });
});

test('a purchase that settled cash does not cover fails, and settles when it is retried with cash', async () => {
  const portfolioId = await w.open();
  const trade = validated(portfolioId, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-11-16' });
  await door.hear(trade);
  expect(await settle({ asOf: '2026-11-20', portfolioId })).toMatchObject({ settled: 0, failed: 1 });
  expect(await settlementOf(tradeIdOf(trade))).toMatchObject({ status: 'FAILED', failureReason: 'settled cash of 0 USD does not cover 1000 USD', attempts: 1 });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'transactional.settlement-failed.v1', data: { attempt: 1 } });
  expect(await retry(tradeIdOf(trade))).toMatchObject({ settlement: { status: 'FAILED', attempts: 2 } });
  await w.deposit(portfolioId, '1000');
  expect(await retry(tradeIdOf(trade))).toEqual({ settlement: { status: 'SETTLED', settledOn: '2026-11-20', failureReason: null, attempts: 3 }, userErrors: [] });
  expect((await retry(tradeIdOf(trade))).userErrors).toEqual([{ code: 'CONFLICT', path: ['tradeId'] }]);
  expect(await w.cash(portfolioId)).toMatchObject({ settled: { amount: '0' }, payable: { amount: '0' } });
});

test('settlement is tried ten times, and no more', async () => {
  const portfolioId = await w.open();
  const trade = validated(portfolioId, w.instrumentId, { tradeDate: '2026-11-16' });
  await door.hear(trade);
  await settle({ asOf: '2026-11-20', portfolioId });
  for (let attempt = 2; attempt <= 10; attempt++) expect((await retry(tradeIdOf(trade))).settlement.attempts).toBe(attempt);
  expect((await retry(tradeIdOf(trade))).userErrors).toEqual([{ code: 'CONFLICT', path: ['tradeId'] }]);
});

test('settlement needs its scope, its own organisation, and a day that is near', async () => {
  const portfolioId = await w.open();
  const trade = validated(portfolioId, w.instrumentId, { tradeDate: '2026-11-16' });
  await door.hear(trade);
  expect((await settle({ asOf: '2026-11-20', portfolioId }, { as: stranger })).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['portfolioId'] }]);
  expect(await settle({ asOf: '2026-11-20' }, { as: stranger })).toMatchObject({ settled: 0, failed: 0 });
  expect((await retry(tradeIdOf(trade), { as: stranger })).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['tradeId'] }]);
  expect((await settle({ asOf: '2026-12-01', portfolioId })).userErrors).toEqual([{ code: 'INVALID', path: ['asOf'] }]);
  const lacking = { as: principal({ scopes: new Set(['books:write', 'books:read']) }) };
  expect((await door.ask('mutation { settleDue(input: { asOf: "2026-11-20" }) { settled } }', {}, lacking)).codes).toEqual(['FORBIDDEN']);
});

test('what is due settles by itself once the domain has started', async () => {
  const own = await frontDoor(transactionalSubgraph, { now: () => now });
  try {
    const there = await world(own);
    const portfolioId = await there.open();
    await there.deposit(portfolioId, '1000');
    const trade = validated(portfolioId, there.instrumentId, { tradeDate: '2026-11-16' });
    await own.hear(trade);
    await own.subgraph.start?.();
    await expect.poll(async () => (await own.ask(SETTLEMENT, { id: tradeIdOf(trade) })).data._entities[0].settlement.status, { timeout: 20_000 }).toBe('SETTLED');
  } finally {
    await own.close();
  }
});

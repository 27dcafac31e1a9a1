/** Failures that last: buy-ins after business days, and claims for what came late. */
import { newId } from '@pms/events/ids';
import { metrics } from '@pms/telemetry/metrics';
import { type FrontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BY_ITSELF, settlementDesk } from './settlement-desk.ts';
import type { Operations } from './settlements.ts';
import type { World } from './world.ts';

const { open, now, booked, failed, startTimer, buyingIn } = settlementDesk();
let door: FrontDoor;
let w: World;
let ops: Operations;
beforeAll(async () => {
  ({ door, w, ops } = await open());
});
afterAll(() => door.close());

/** It settles first and begins buy-ins then: what is settled by a second round shows that the first is over. */
async function roundOfTheTimer(portfolio: string): Promise<void> {
  await startTimer();
  for (let round = 0; round < 2; round++) {
    const sale = await booked(portfolio, { side: 'SELL', quantity: '1' });
    await expect.poll(async () => (await ops.of(sale)).status, BY_ITSELF).toBe('SETTLED');
  }
}

test('a purchase that is not delivered becomes a buy-in after four business days, and not before; one without cash does not', async () => {
  const portfolio = await w.open();
  const trade = await failed(portfolio);
  const poor = await booked(portfolio);
  await ops.run('failSettlement', { tradeId: poor, code: 'INSUFFICIENT_CASH', reason: 'no cash' });
  const sale = await failed(portfolio, { side: 'SELL' });
  // 2026-11-19 was the contractual date: five days and three business days ago
  now('2026-11-24T15:00:00Z');
  await roundOfTheTimer(portfolio);
  expect(await ops.of(trade)).toMatchObject({ status: 'FAILED', daysLate: 5, businessDaysLate: 3 });
  now('2026-11-25T15:00:00Z');
  await buyingIn(trade);
  const due = await ops.of(trade);
  expect(due.saga).toMatchObject({ state: 'BUYING_IN', compensations: ['CALL_OFF_BUY_IN', 'UNMATCH', 'WITHDRAW_INSTRUCTION', 'REVERSE_BOOKING'] });
  expect([(await ops.of(poor)).status, (await ops.of(sale)).status]).toEqual(['FAILED', 'FAILED']);
  const counted = await metrics.getSingleMetricAsString('pms_settlements_open');
  expect(counted).toMatch(/pms_settlements_open\{state="failed",stuck="false"\} [1-9]/);
  expect(await metrics.getSingleMetricAsString('pms_settlement_fails_total')).toContain('code="COUNTERPARTY_FAILED"');
  const { data } = await door.ask('query ($id: ID) { settlements(filter: { portfolioId: $id, status: [BUYING_IN] }) { edges { node { trade { id } } } } }', { id: portfolio });
  expect(data.settlements.edges).toEqual([{ node: { trade: { id: trade } } }]);
});

test('a match, or another attempt, calls a buy-in off', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000');
  const trade = await booked(portfolio, { counterparty: 'Broker' });
  await ops.run('failSettlement', { tradeId: trade, code: 'UNMATCHED', reason: 'unknown there' });
  now('2026-11-30T15:00:00Z');
  await buyingIn(trade);
  await ops.run('matchSettlement', { tradeId: trade });
  await expect.poll(async () => (await ops.of(trade)).status, BY_ITSELF).toBe('SETTLED');
  const { saga } = await ops.of(trade);
  expect(saga.steps.find(({ name }: { name: string }) => name === 'BUY_IN')).toMatchObject({ compensation: 'CALL_OFF_BUY_IN', undoneAt: expect.any(String) });
  const again = await failed(portfolio);
  await buyingIn(again);
  expect((await ops.run('retrySettlement', { tradeId: again })).settlement).toMatchObject({ status: 'SETTLED', settledOn: '2026-11-30' });
});

test('a buy-in settles the trade at its price; what it cost more is paid, outstanding, and no longer once it is claimed', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '1100');
  const trade = await failed(portfolio);
  expect((await ops.once('executeBuyIn', { tradeId: trade, price: '105' })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['tradeId'] }]);
  now('2026-11-30T15:00:00Z');
  await buyingIn(trade);
  expect((await ops.once('executeBuyIn', { tradeId: trade, price: '111' })).userErrors).toMatchObject([{ code: 'INSUFFICIENT_FUNDS', path: ['price'] }]);
  expect((await ops.once('executeBuyIn', { tradeId: trade, price: '0' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['price'] }]);
  const input = { tradeId: trade, price: '105', fees: '2.50', executedOn: '2026-11-30', idempotencyKey: newId('key') };
  const { settlement } = await ops.run('executeBuyIn', input);
  expect((await ops.run('executeBuyIn', input)).settlement).toMatchObject({ status: 'SETTLED' });
  expect(settlement).toMatchObject({
    status: 'SETTLED', settledOn: '2026-11-30', daysLate: 11,
    claims: [{ kind: 'BUY_IN_DIFFERENCE', status: 'PROPOSED', amount: { amount: '52.5', currency: 'USD' }, price: { amount: '105' }, tradePrice: { amount: '100' }, raisedBy: 'usr_tester', principal: null }],
  });
  expect(settlement.saga.steps.at(-1)).toMatchObject({ name: 'DELIVER', detail: 'bought in at 105' });
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '47.5' }, receivable: { amount: '52.5' }, payable: { amount: '0' }, balance: { amount: '100' } });
  expect(await w.position(portfolio)).toMatchObject({ quantity: '10', settledQuantity: '10', costBasis: { amount: '1000' } });
  const claim = { claimId: settlement.claims[0].id, idempotencyKey: newId('key') };
  expect((await ops.run('bookSettlementClaim', claim, { fields: 'claim { status decidedBy }' })).claim).toEqual({ status: 'BOOKED', decidedBy: 'usr_tester' });
  expect((await ops.run('bookSettlementClaim', claim, { fields: 'claim { status }' })).claim).toEqual({ status: 'BOOKED' });
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '100' }, receivable: { amount: '0' } });
});

test('what a buy-in cost less is owed; a difference that is given up becomes a charge', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '3000');
  const [cheap, dear] = [await failed(portfolio), await failed(portfolio)];
  now('2026-11-30T15:00:00Z');
  await buyingIn(cheap);
  await buyingIn(dear);
  await ops.once('executeBuyIn', { tradeId: cheap, price: '97' });
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '2030' }, payable: { amount: '1030' } });
  const { settlement } = await ops.once('executeBuyIn', { tradeId: dear, price: '103' });
  expect((await ops.once('withdrawSettlementClaim', { claimId: settlement.claims[0].id, reason: 'the seller is insolvent' }, 'claim { status reason }')).claim).toEqual({ status: 'WITHDRAWN', reason: 'the seller is insolvent' });
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '1000' }, receivable: { amount: '0' }, payable: { amount: '30' }, balance: { amount: '970' } });
});

test.each([
  ['ACTUAL_360', '1.11'],
  ['ACTUAL_365', '1.1'],
] as const)('interest for what came late is counted by %s, proposed, and booked once', async (dayCount, amount) => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000');
  const trade = await failed(portfolio, { quantity: '20' });
  now('2026-11-24T15:00:00Z');
  await ops.run('retrySettlement', { tradeId: trade });
  // 2,000 at 4 % for five days
  const { settlement } = await ops.once('claimSettlementInterest', { tradeId: trade, owedTo: 'US', annualRate: '0.04', dayCount, reason: 'late' });
  expect(settlement.claims).toMatchObject([{ kind: 'INTEREST', status: 'PROPOSED', amount: { amount, currency: 'USD' }, principal: { amount: '2000' }, annualRate: '0.04', dayCount, from: '2026-11-19', to: '2026-11-24', days: 5, reason: 'late' }]);
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '3000' } });
  const claimId = settlement.claims[0].id;
  await ops.once('bookSettlementClaim', { claimId }, 'claim { status }');
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: String(3000 + Number(amount)) } });
  expect((await ops.once('bookSettlementClaim', { claimId }, 'claim { status }')).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['claimId'] }]);
  expect((await ops.once('withdrawSettlementClaim', { claimId }, 'claim { status }')).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['claimId'] }]);
  const journal = await door.ask('query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { journal(first: 1) { edges { node { kind lines { account amount { amount } } } } } } } }', { id: portfolio });
  expect(journal.data._entities[0].journal.edges[0].node).toEqual({ kind: 'INTEREST', lines: [{ account: 'CASH_SETTLED', amount: { amount } }, { account: 'INTEREST', amount: { amount: `-${amount}` } }] });
});

test('interest that is owed to the counterparty is paid; none is claimed for what is not late, or at a rate in per cent', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '100');
  const trade = await failed(portfolio);
  now('2026-11-29T15:00:00Z');
  const { settlement } = await ops.once('claimSettlementInterest', { tradeId: trade, owedTo: 'COUNTERPARTY', annualRate: '0.05', dayCount: 'ACTUAL_360' });
  await ops.once('bookSettlementClaim', { claimId: settlement.claims[0].id }, 'claim { status }');
  expect(await w.cash(portfolio)).toMatchObject({ settled: { amount: '98.61' } });
  const claim = (over: Record<string, unknown>) => ops.once('claimSettlementInterest', { tradeId: trade, owedTo: 'US', annualRate: '0.05', dayCount: 'ACTUAL_360', ...over });
  expect((await claim({ annualRate: '5' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['annualRate'] }]);
  expect((await claim({ to: '2026-11-19' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['tradeId'] }]);
  expect((await claim({ to: '2026-12-01' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['to'] }]);
  expect((await claim({ annualRate: '0.000001' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['annualRate'] }]);
});

test('where the organisation wants two persons, whoever raised a claim does not book it', async () => {
  const portfolio = await w.open();
  const policy = 'policy { buyInAfterBusinessDays claimsNeedSecondPerson }';
  expect((await ops.run('setSettlementPolicy', { buyInAfterBusinessDays: 0 }, { fields: policy })).userErrors).toMatchObject([{ code: 'INVALID', path: ['buyInAfterBusinessDays'] }]);
  expect((await ops.run('setSettlementPolicy', { claimsNeedSecondPerson: true }, { fields: policy })).policy).toEqual({ buyInAfterBusinessDays: 4, claimsNeedSecondPerson: true });
  const trade = await failed(portfolio);
  now('2026-11-24T15:00:00Z');
  const { settlement } = await ops.once('claimSettlementInterest', { tradeId: trade, owedTo: 'US', annualRate: '0.05', dayCount: 'ACTUAL_360' });
  const claimId = settlement.claims[0].id;
  expect((await ops.once('bookSettlementClaim', { claimId }, 'claim { status }')).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['claimId'] }]);
  const other = await ops.run('bookSettlementClaim', { claimId, idempotencyKey: newId('key') }, { fields: 'claim { status raisedBy decidedBy }', as: principal({ subject: 'usr_checker' }) });
  expect(other.claim).toEqual({ status: 'BOOKED', raisedBy: 'usr_tester', decidedBy: 'usr_checker' });
  expect((await ops.run('setSettlementPolicy', { claimsNeedSecondPerson: false, buyInAfterBusinessDays: 2 }, { fields: policy })).policy).toEqual({ buyInAfterBusinessDays: 2, claimsNeedSecondPerson: false });
  expect((await door.ask('{ settlementPolicy { buyInAfterBusinessDays } }', {}, { as: principal({ organizationId: 'org_other' }) })).data.settlementPolicy).toEqual({ buyInAfterBusinessDays: 4 });
  const stranger = principal({ organizationId: 'org_other' });
  expect((await ops.run('bookSettlementClaim', { claimId, idempotencyKey: newId('key') }, { fields: 'claim { status }', as: stranger })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['claimId'] }]);
});

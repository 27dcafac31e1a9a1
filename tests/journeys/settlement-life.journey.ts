/** How a trade with a named counterparty settles, fails, settles in part and is amended afterwards, as operations see it through the one endpoint. */
import { AmendTradeDocument } from '@pms/client/generated';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { operation } from './support/clients.ts';
import { type OneShare, oneShare } from './support/one-share.ts';
import { type Journey, PATIENCE } from './support/platform.ts';
import { arrived, captured, SOON } from './support/world.ts';

/** A weekday so long ago that what was traded then is due, and not so long that a buy-in is. */
function daysAgo(): string {
  const day = new Date(Date.now() - 4 * 86_400_000);
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

const today = (): string => new Date().toISOString().slice(0, 10);

const SETTLEMENT = operation(`query ($id: ID!) { trade(id: $id) { counterparty settlement {
  status failureCode attempts settledQuantity daysLate age trade { id externalId } portfolio { name } instrument { symbol } saga { state compensations steps { name } } } } }`);
const POSITION = operation('query ($id: ID!, $knownAt: DateTime) { portfolio(id: $id) { positions(knownAt: $knownAt) { quantity settledQuantity } cash(knownAt: $knownAt) { settled { amount } } } }');
const MATCH = operation('mutation ($input: MatchSettlementInput!) { matchSettlement(input: $input) { settlement { status } userErrors { code } } }');
const PART = operation('mutation ($input: SettlePartiallyInput!) { settlePartially(input: $input) { settlement { settledQuantity } userErrors { code message } } }');
const OPEN = operation('query ($portfolioId: ID!) { settlements(filter: { portfolioId: $portfolioId }, first: 10) { edges { node { trade { externalId } status failureCode } } } }');

export const settlementLife: Journey = (at) => describe('the life of a settlement', PATIENCE, () => {
  let own: OneShare;
  beforeAll(async () => { own = await oneShare(at(), { symbol: 'SETL', portfolio: 'Settlement', cash: '1500', day: daysAgo() }); }, PATIENCE.timeout);
  afterAll(() => own?.service.close());

  const buy: OneShare['trade'] = (externalId, over) => own.trade(externalId, { counterparty: 'Broker', ...over });
  const settlementOf = async (id: string): Promise<unknown> => {
    const { trade }: { trade: { settlement: unknown } } = await own.service.query(SETTLEMENT, { id });
    return trade.settlement;
  };
  const books = async (knownAt: string | null = null): Promise<unknown> => {
    const { portfolio }: { portfolio: unknown } = await own.service.query(POSITION, { id: own.portfolioId, knownAt });
    return portfolio;
  };
  const until = (id: string, expected: Record<string, unknown>) => vi.waitFor(async () => expect(await settlementOf(id)).toMatchObject(expected), SOON);

  test('unmatched it fails, matched it settles; an amendment takes it back and books it anew, and what was known stays known', async () => {
    const { service, portfolioId } = own;
    const id = await captured(service, buy('matched late'));
    await arrived(service, id, 'BOOKED');
    await until(id, { status: 'FAILED', failureCode: 'UNMATCHED', portfolio: { name: 'Settlement' }, instrument: { symbol: 'SETL' }, trade: { id, externalId: 'matched late' } });
    expect(await service.query(OPEN, { portfolioId })).toMatchObject({ settlements: { edges: [{ node: { trade: { externalId: 'matched late' }, status: 'FAILED', failureCode: 'UNMATCHED' } }] } });
    expect(await service.mutate(MATCH, { input: { tradeId: id } })).toEqual({ matchSettlement: { settlement: { status: 'PENDING' }, userErrors: [] } });
    await until(id, { status: 'SETTLED', attempts: 2, settledQuantity: '10', saga: { state: 'SETTLED', compensations: ['REVERSE_DELIVERY', 'REVERSE_BOOKING'] } });
    await arrived(service, id, 'SETTLED');
    const knownAt = new Date().toISOString();
    const known = await books(knownAt);
    expect(known).toEqual({ positions: [{ quantity: '10', settledQuantity: '10' }], cash: [{ settled: { amount: '500' } }] });
    await service.mutate(AmendTradeDocument, { input: { tradeId: id, quantity: '4', reason: 'the broker sent a correction' } });
    await until(id, { status: 'FAILED', failureCode: 'UNMATCHED', settledQuantity: '0' });
    expect(await books()).toEqual({ positions: [{ quantity: '4', settledQuantity: '0' }], cash: [{ settled: { amount: '1500' } }] });
    expect(await books(knownAt)).toEqual(known);
    await service.mutate(MATCH, { input: { tradeId: id } });
    await until(id, { status: 'SETTLED', settledQuantity: '4' });
  });

  test('a trade settles in part, once, whoever asks twice', async () => {
    const { service } = own;
    const id = await captured(service, buy('in part', { quantity: '6', tradeDate: today(), counterparty: null }));
    await arrived(service, id, 'BOOKED');
    await until(id, { status: 'PENDING', settledQuantity: '0' });
    const input = { tradeId: id, quantity: '2', idempotencyKey: `part ${id}` };
    for (let asked = 0; asked < 2; asked++) expect(await service.mutate(PART, { input })).toEqual({ settlePartially: { settlement: { settledQuantity: '2' }, userErrors: [] } });
    expect(await books()).toEqual({ positions: [{ quantity: '10', settledQuantity: '6' }], cash: [{ settled: { amount: '900' } }] });
  });
});

/** Trades that name the lots they close: what is kept, told and refused. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(
    heard(portfolioCreated, 'prt_a', { portfolioId: 'prt_a', name: 'A', baseCurrency: 'USD', investorId: null, lotMethod: 'SPECIFIC', benchmarkInstrumentId: null }),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
});
afterAll(() => door.close());

const FIELDS = 'trade { id status version lotPicks { lotId quantity } history { version lotPicks { lotId quantity } } } userErrors { code message path }';
const CAPTURE = `mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { ${FIELDS} } }`;
const AMEND = `mutation ($input: AmendTradeInput!) { amendTrade(input: $input) { ${FIELDS} } }`;
const BULK = 'mutation ($input: CaptureTradesInput!) { captureTrades(input: $input) { captured refused userErrors { code path } } }';

let number = 0;
const sale = (over: Record<string, unknown> = {}) => ({
  portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'SELL', quantity: '10', price: '5', currency: 'USD', tradeDate: '2026-01-05', externalId: `lots-${(number += 1)}`, ...over });
const capture = async (input: Record<string, unknown>) => (await door.ask(CAPTURE, { input })).data.captureTrade;
const amend = async (tradeId: string, changes: Record<string, unknown>) => (await door.ask(AMEND, { input: { tradeId, reason: 'other lots', ...changes } })).data.amendTrade;

test('lots are named by their id or by the trade that opened them, kept with the version, and told', async () => {
  const { trade, userErrors } = await capture(sale({ lotPicks: [{ lotId: 'lot_1', quantity: '2.50' }, { lotId: 'trd_2', quantity: '7.5' }] }));
  expect(userErrors).toEqual([]);
  const picks = [{ lotId: 'lot_1', quantity: '2.5' }, { lotId: 'lot_2', quantity: '7.5' }];
  expect(trade.lotPicks).toEqual(picks);
  expect((await door.told()).at(-1)?.data).toMatchObject({ tradeId: trade.id, lotPicks: picks });
});

test('an amendment keeps the lots, names others, or takes them away; history shows which each version had', async () => {
  const { trade: { id } } = await capture(sale({ lotPicks: [{ lotId: 'lot_1', quantity: '10' }] }));
  expect((await amend(id, { price: '6' })).trade.lotPicks).toEqual([{ lotId: 'lot_1', quantity: '10' }]);
  expect((await amend(id, { lotPicks: [{ lotId: 'lot_2', quantity: '10' }] })).trade.lotPicks).toEqual([{ lotId: 'lot_2', quantity: '10' }]);
  const { trade } = await amend(id, { lotPicks: [] });
  expect(trade.history.map((version: { lotPicks: { lotId: string }[] }) => version.lotPicks.map(({ lotId }) => lotId))).toEqual([['lot_1'], ['lot_1'], ['lot_2'], []]);
  expect((await amend(id, { lotPicks: [] })).userErrors).toMatchObject([{ code: 'INVALID', message: 'the amendment changes nothing' }]);
});

test('a trade without lots tells nothing of lots', async () => {
  await capture(sale());
  expect(Object.keys((await door.told()).at(-1)?.data as object)).not.toContain('lotPicks');
});

test.each([
  ['more than is traded', [{ lotId: 'lot_1', quantity: '6' }, { lotId: 'lot_2', quantity: '6' }], ['lotPicks']],
  ['a lot twice', [{ lotId: 'lot_1', quantity: '1' }, { lotId: 'trd_1', quantity: '1' }], ['lotPicks', '1', 'lotId']],
  ['what is no lot', [{ lotId: 'ins_acme', quantity: '1' }], ['lotPicks', '0', 'lotId']],
  ['nothing of a lot', [{ lotId: 'lot_1', quantity: '0' }], ['lotPicks', '0', 'quantity']],
] as const)('naming %s is refused with its path, alone and in bulk', async (_, lotPicks, path) => {
  expect(await capture(sale({ lotPicks }))).toMatchObject({ trade: null, userErrors: [{ code: 'INVALID', path }] });
  const { data } = await door.ask(BULK, { input: { trades: [sale({ lotPicks }), sale({ lotPicks: [{ lotId: 'lot_1', quantity: '10' }] })] } });
  expect(data.captureTrades).toMatchObject({ captured: 1, refused: 1, userErrors: [{ code: 'INVALID', path: ['trades', '0', ...path] }] });
});

test('an amendment that closes less than the lots it keeps is refused: name the lots anew', async () => {
  const { trade: { id } } = await capture(sale({ lotPicks: [{ lotId: 'lot_1', quantity: '10' }] }));
  expect((await amend(id, { quantity: '5' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['lotPicks'] }]);
  expect((await amend(id, { quantity: '5', lotPicks: [{ lotId: 'lot_1', quantity: '5' }] })).userErrors).toEqual([]);
});

test('the same trade with its lots in another order is the same trade; with other lots it is a conflict', async () => {
  const input = sale({ lotPicks: [{ lotId: 'lot_1', quantity: '4' }, { lotId: 'lot_2', quantity: '6' }] });
  const { trade } = await capture(input);
  expect((await capture({ ...input, lotPicks: [{ lotId: 'trd_2', quantity: '6.0' }, { lotId: 'lot_1', quantity: '4' }] })).trade.id).toBe(trade.id);
  expect((await capture({ ...input, lotPicks: [] })).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);
});

test('a validated trade that is rejected afterwards shows it, and does not become validated again', async () => {
  const { trade: { id } } = await capture(sale({ lotPicks: [{ lotId: 'lot_9', quantity: '10' }] }));
  const told = (await door.told()).at(-1)?.data as TradeFacts;
  const validated = heard(tradeValidated, 'prt_a', { ...told, checks: [], replaces: null, approvedBy: null });
  await door.hear(validated);
  await door.hear(heard(tradeRejected, 'prt_a', { tradeId: id, version: 1, portfolioId: 'prt_a', checks: [], rejectedBy: null }));
  await door.hear(validated);
  expect((await door.ask('query ($id: ID!) { trade(id: $id) { status } }', { id })).data.trade.status).toBe('REJECTED');
});

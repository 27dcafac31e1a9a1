/** With whom, where and into which account a trade settles, as it was agreed at capture. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(
    heard(portfolioCreated, 'prt_a', { portfolioId: 'prt_a', name: 'a', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
});
afterAll(() => door.close());

const SHOWN = 'trade { id version counterparty placeOfSettlement custodyAccount history { version counterparty } } userErrors { code path }';
const capture = async (over: Record<string, unknown>) => (await door.ask(`mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { ${SHOWN} } }`, {
  input: { portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '100', price: '10', currency: 'USD', tradeDate: '2026-01-05', ...over } })).data.captureTrade;
const amend = async (input: Record<string, unknown>) => (await door.ask(`mutation ($input: AmendTradeInput!) { amendTrade(input: $input) { ${SHOWN} } }`, { input: { reason: 'late news', ...input } })).data.amendTrade;
const parties = { counterparty: ' Broker & Co ', placeOfSettlement: 'DTCYUS33', custodyAccount: 'C-1' };

test('a trade may name its counterparty, place and account: kept with the version, and told', async () => {
  const { trade } = await capture({ externalId: 'p-1', ...parties });
  expect(trade).toMatchObject({ counterparty: 'Broker & Co', placeOfSettlement: 'DTCYUS33', custodyAccount: 'C-1' });
  expect((await door.told()).at(-1)?.data).toMatchObject({ tradeId: trade.id, counterparty: 'Broker & Co', placeOfSettlement: 'DTCYUS33', custodyAccount: 'C-1' });
});

test('who does not name them tells nothing of them, and the same trade again is the same trade', async () => {
  const first = await capture({ externalId: 'p-2' });
  expect(first.trade).toMatchObject({ counterparty: null, placeOfSettlement: null, custodyAccount: null });
  expect(Object.keys((await door.told()).at(-1)?.data as object)).not.toContain('counterparty');
  expect((await capture({ externalId: 'p-2' })).trade.id).toBe(first.trade.id);
  expect((await capture({ externalId: 'p-2', counterparty: 'Broker & Co' })).userErrors).toEqual([{ code: 'IDEMPOTENCY_CONFLICT', path: ['externalId'] }]);
});

test('an amendment keeps the parties, or names others; history shows which each version had', async () => {
  const { trade: { id: tradeId } } = await capture({ externalId: 'p-3', ...parties });
  expect((await amend({ tradeId, quantity: '90' })).trade).toMatchObject({ counterparty: 'Broker & Co', custodyAccount: 'C-1' });
  const { trade } = await amend({ tradeId, counterparty: 'Other Broker' });
  expect(trade).toMatchObject({ counterparty: 'Other Broker', placeOfSettlement: 'DTCYUS33', history: [{ counterparty: 'Broker & Co' }, { counterparty: 'Broker & Co' }, { counterparty: 'Other Broker' }] });
});

test.each(['counterparty', 'placeOfSettlement', 'custodyAccount'])('%s of no character, or of more than a hundred, is refused', async (field) => {
  for (const name of [' ', 'x'.repeat(101)]) expect(await capture({ externalId: 'p-4', [field]: name })).toEqual({ trade: null, userErrors: [{ code: 'INVALID', path: [field] }] });
});

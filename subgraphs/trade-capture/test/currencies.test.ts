/** Prices in a quote unit, and cash that moves in another currency than the trade's. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { tradeAmended, tradeCaptured } from '@pms/schema/events/trade-capture';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(
    heard(portfolioCreated, 'prt_a', { portfolioId: 'prt_a', name: 'A', baseCurrency: 'EUR', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }),
    heard(instrumentCreated, 'ins_vod', { instrumentId: 'ins_vod', symbol: 'VOD', name: 'Vodafone', assetClass: 'EQUITY', currency: 'GBP', quoteUnit: 'GBX', mic: 'XLON' }),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
});
afterAll(() => door.close());

const TRADE = 'trade { id price currency quoteUnit settlementCurrency settlementRate grossAmount { amount currency } history { price quoteUnit settlementCurrency } } userErrors { code message path }';
let number = 0;
const capture = async (over: Record<string, unknown> = {}) => (await door.ask(`mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { ${TRADE} } }`, {
  input: { portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: '2026-01-05', externalId: `e-${(number += 1)}`, ...over },
})).data.captureTrade;
const amend = async (input: Record<string, unknown>) =>
  (await door.ask(`mutation ($input: AmendTradeInput!) { amendTrade(input: $input) { ${TRADE} } }`, { input: { reason: 'corrected', ...input } })).data.amendTrade;
const toldOf = async (tradeId: string) => (await door.told()).map(({ data }) => data as { tradeId: string }).filter((data) => data.tradeId === tradeId);

test('pence quoted as pounds: the price stays in pence, amounts are in pounds, and the others hear pounds', async () => {
  const { trade, userErrors } = await capture({ instrumentId: 'ins_vod', quantity: '1000', price: '71.365', currency: 'GBP' });
  expect(userErrors).toEqual([]);
  expect(trade).toMatchObject({ price: '71.365', currency: 'GBP', quoteUnit: 'GBX', grossAmount: { amount: '713.65', currency: 'GBP' }, history: [{ price: '71.365', quoteUnit: 'GBX' }] });
  const [told] = await toldOf(trade.id);
  expect(tradeCaptured.data.parse(told)).toMatchObject({ price: '0.71365', currency: 'GBP', quoted: { price: '71.365', unit: 'GBX' } });
});

test('a quote unit is refused as the currency of a trade, and says what to give', async () => {
  const { userErrors } = await capture({ instrumentId: 'ins_vod', currency: 'GBX' });
  expect(userErrors).toEqual([{
    code: 'INVALID', path: ['currency'],
    message: 'GBX is not a currency but a unit that prices are quoted in: the currency is GBP, and the price stays in GBX where the instrument is quoted so',
  }]);
});

test('an amendment to an instrument that is quoted otherwise takes its unit', async () => {
  const { trade } = await capture({ instrumentId: 'ins_vod', quantity: '10', price: '200', currency: 'GBP' });
  const amended = await amend({ tradeId: trade.id, instrumentId: 'ins_acme', currency: 'USD' });
  expect(amended.trade).toMatchObject({ price: '200', currency: 'USD', quoteUnit: null, grossAmount: { amount: '2000', currency: 'USD' } });
  expect(tradeAmended.data.parse((await toldOf(trade.id)).at(-1))).toMatchObject({ price: '200', currency: 'USD' });
});

test('a trade that settles in another currency carries its own rate', async () => {
  const { trade } = await capture({ settlementCurrency: 'EUR', settlementRate: '0.9215' });
  expect(trade).toMatchObject({ currency: 'USD', settlementCurrency: 'EUR', settlementRate: '0.9215', grossAmount: { amount: '1000', currency: 'USD' } });
  expect((await toldOf(trade.id))[0]).toMatchObject({ settlement: { currency: 'EUR', rate: '0.9215' } });
  const amended = await amend({ tradeId: trade.id, settlementRate: '0.93' });
  expect(amended.trade).toMatchObject({ settlementCurrency: 'EUR', settlementRate: '0.93' });
  expect((await amend({ tradeId: trade.id, settlementCurrency: 'CHF' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['settlementRate'] }]);
  expect((await amend({ tradeId: trade.id, settlementCurrency: 'USD' })).trade).toMatchObject({ settlementCurrency: 'USD', settlementRate: null });
});

test('a settlement currency without a rate, a rate without one, and rates that are none are refused', async () => {
  const refused = async (over: Record<string, unknown>) => (await capture(over)).userErrors;
  expect(await refused({ settlementCurrency: 'EUR' })).toEqual([
    { code: 'INVALID', path: ['settlementRate'], message: 'a trade in USD that settles in EUR needs its rate: how much EUR one USD is' }]);
  expect(await refused({ settlementRate: '0.92' })).toMatchObject([{ code: 'INVALID', path: ['settlementRate'] }]);
  expect(await refused({ settlementCurrency: 'EUR', settlementRate: '0' })).toMatchObject([{ code: 'INVALID', path: ['settlementRate'] }]);
  expect(await refused({ settlementCurrency: 'GBX', settlementRate: '80' })).toMatchObject([{ code: 'INVALID', path: ['settlementCurrency'] }]);
});

test('without a settlement currency the same capture again is the same trade, whatever its rate of 1', async () => {
  const input = { externalId: 'same' };
  const [first, again] = [await capture(input), await capture({ ...input, settlementCurrency: 'USD', settlementRate: '1' })];
  expect(again.trade.id).toBe(first.trade.id);
  expect((await capture({ ...input, settlementCurrency: 'EUR', settlementRate: '0.92' })).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);
});

/** Trades as they are given out whole, and that an import takes them back. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type ExportFilter, type ExportFormat, noFilter, written } from '@pms/subgraph/exports';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(
    ...['one', 'two'].map((id) => heard(portfolioCreated, `prt_${id}`, { portfolioId: `prt_${id}`, name: id, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null })),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
});
afterAll(() => door.close());

const CAPTURE = 'mutation ($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id } userErrors { code message } } }';
const CANCEL = 'mutation ($id: ID!) { cancelTrade(input: { tradeId: $id, reason: "a mistake" }) { userErrors { code } } }';
const IMPORT = 'mutation ($input: ImportTradesInput!) { importTrades(input: $input) { captured duplicates problems { row column reason } userErrors { code message } } }';
const capture = async (externalId: string, over: Record<string, unknown> = {}): Promise<string> => {
  const input = { portfolioId: 'prt_one', instrumentId: 'ins_acme', side: 'BUY', quantity: '10', price: '101.25', currency: 'USD', tradeDate: '2026-11-02', externalId, ...over };
  const { data } = await door.ask(CAPTURE, { input });
  if (data.captureTrade.trade === null) throw new Error(JSON.stringify(data.captureTrade.userErrors));
  return data.captureTrade.trade.id;
};
async function exported(name: string, format: ExportFormat, filter: Partial<ExportFilter> = {}, organizationId = 'org_one'): Promise<string> {
  const dataset = door.subgraph.datasets?.find((each) => each.name === name);
  let text = '';
  if (dataset !== undefined) for await (const part of written(dataset, { ...noFilter, ...filter, organizationId }, format)) text += part;
  return text;
}

test('trades are given out as they show themselves, exactly, without those that are gone; every version has its own data set', async () => {
  const fees = [{ kind: 'COMMISSION', amount: { amount: '1.5', currency: 'USD' } }, { kind: 'EXCHANGE_FEE', amount: { amount: '0.25', currency: 'USD' } }, { kind: 'TAX', amount: { amount: '0.1', currency: 'USD' } }];
  const first = await capture('=first', { quantity: '0.123456789012345678', fees, reason: '@home, "as agreed"' });
  const gone = await capture('gone');
  await door.ask(CANCEL, { id: gone });
  await capture('elsewhere', { portfolioId: 'prt_two' });
  const csv = await exported('trades', 'csv', { portfolioId: 'prt_one' });
  const [head, row, ...others] = csv.split('\r\n');
  expect(head).toBe('portfolio_id,action,date,instrument_id,quantity,price,currency,fee,tax,external_id,note,trade_id,version,kind,status,trade_currency,fees,settlement_currency,settlement_rate,counterparty,captured_at,captured_by');
  expect(row).toMatch(new RegExp(`^prt_one,buy,2026-11-02,ins_acme,0\\.123456789012345678,101\\.25,USD,1\\.75,0\\.1,'=first,"'@home, ""as agreed""",${first},1,CAPTURE,CAPTURED,USD,`));
  expect(others).toEqual(['']);
  const versions = JSON.parse(await exported('trade-versions', 'json', { portfolioId: 'prt_one' }));
  expect(versions.map(({ external_id: id, version, status }: any) => [id, version, status])).toEqual([['=first', '1', 'CAPTURED'], ['gone', '1', 'CAPTURED'], ['gone', '2', 'CANCELLED']]);
  expect(versions[0]).toMatchObject({ quantity: '0.123456789012345678', tax: '0.1', note: '@home, "as agreed"', counterparty: null });
  expect(JSON.parse(await exported('trades', 'json', {}, 'org_other'))).toEqual([]);
});

test('an import of what was exported finds every trade there already, with the same content', async () => {
  for (let n = 0; n < 5; n += 1)
    await capture(`back-${n}`, { side: n % 2 === 0 ? 'BUY' : 'SELL', quantity: `${n + 1}.5`, price: `9${n}.0625`, fees: [{ kind: 'COMMISSION', amount: { amount: '1.35', currency: 'USD' } }], portfolioId: 'prt_two', tradeDate: `2026-11-0${n + 2}` });
  const csv = await exported('trades', 'csv', { portfolioId: 'prt_two', from: '2026-11-01' });
  const { data } = await door.ask(IMPORT, { input: { portfolioId: 'prt_two', csv, layout: 'generic' } });
  expect(data.importTrades).toEqual({ captured: 0, duplicates: 6, problems: [], userErrors: [] });
});

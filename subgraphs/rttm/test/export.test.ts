/** Closes as they are given out whole, and that `importPrices` takes them back as they were. */
import { type ExportFilter, type ExportFormat, noFilter, written } from '@pms/subgraph/exports';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rttmSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(rttmSubgraph);
});
afterAll(() => door.close());

const CREATE = 'mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id } userErrors { code message } } }';
const IMPORT = 'mutation ($input: ImportPricesInput!) { importPrices(input: $input) { recorded unchanged problems { row column reason } userErrors { code message } } }';
async function listed(symbol: string): Promise<string> {
  const { data } = await door.ask(CREATE, { input: { symbol, name: symbol, assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS', idempotencyKey: symbol } });
  return data.createInstrument.instrument.id;
}
async function exported(format: ExportFormat, filter: Partial<ExportFilter> = {}): Promise<string> {
  let text = '';
  for (const dataset of door.subgraph.datasets ?? []) for await (const part of written(dataset, { ...noFilter, ...filter, organizationId: 'org_one' }, format)) text += part;
  return text;
}

test('what was exported of one instrument is imported again as it was: for itself nothing changes, for another it is the same', async () => {
  const [first, second] = [await listed('ONE'), await listed('TWO')];
  const rows = [
    { date: '2026-11-18', close: '101.123456789012345678', open: '100.5', high: '102', low: '99.75', volume: '123456' }, { date: '2026-11-19', close: '0.5' }, { date: '2026-11-20', close: '1000000' },
  ];
  await door.ask(IMPORT, { input: { instrumentId: first, rows } });
  const csv = await exported('csv', { instrumentId: first });
  expect(csv).toBe([
    'symbol,mic,date,open,high,low,close,volume,quoted_in,instrument_id,simulated',
    `ONE,XNYS,2026-11-18,100.5,102,99.75,101.123456789012345678,123456,USD,${first},false`, `ONE,XNYS,2026-11-19,,,,0.5,,USD,${first},false`, `ONE,XNYS,2026-11-20,,,,1000000,,USD,${first},false`, '',
  ].join('\r\n'));
  expect((await door.ask(IMPORT, { input: { instrumentId: first, csv } })).data.importPrices).toEqual({ recorded: 0, unchanged: 3, problems: [], userErrors: [] });
  expect((await door.ask(IMPORT, { input: { instrumentId: second, csv } })).data.importPrices).toEqual({ recorded: 3, unchanged: 0, problems: [], userErrors: [] });
  const figures = async (instrumentId: string) => JSON.parse(await exported('json', { instrumentId })).map(({ date, open, high, low, close, volume }: any) => ({ date, open, high, low, close, volume }));
  expect(await figures(second)).toEqual(await figures(first));
  expect(JSON.parse(await exported('json', { from: '2026-11-19', to: '2026-11-19' }))).toHaveLength(2);
});

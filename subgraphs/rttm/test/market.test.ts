/** Instruments and daily prices through the front door. */
import { randomUUID } from 'node:crypto';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rttmSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => { door = await frontDoor(rttmSubgraph, { now: () => new Date('2026-11-20T15:00:00Z') }); });
afterAll(() => door.close());

const CREATE = `mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) {
  instrument { id symbol name assetClass currency mic isin figi quote { last } } userErrors { code path } } }`;
const IMPORT = `mutation ($input: ImportPricesInput!) { importPrices(input: $input) {
  instrument { id } recorded unchanged problems { row column reason } userErrors { code message path } } }`;
const HISTORY = `query ($id: ID!, $from: Date!, $to: Date!) { instrument(id: $id) {
  priceHistory(from: $from, to: $to) { date close open high low volume simulated } } }`;
const stranger = principal({ organizationId: 'org_other' });

const create = async (symbol: string, over: Record<string, unknown> = {}): Promise<string> => {
  const input = { symbol, name: `${symbol} Inc.`, assetClass: 'EQUITY', currency: 'USD', idempotencyKey: randomUUID(), ...over };
  return (await door.ask(CREATE, { input })).data.createInstrument.instrument.id as string;
};
const told = async (key: string) => (await door.told()).filter((event) => event.key === key);

test('an instrument is created once, told of, and has no quote before it has a price', async () => {
  const input = {
    symbol: 'AAPL', name: 'Apple Inc.', assetClass: 'EQUITY', currency: 'USD', mic: 'XNAS', isin: 'US0378331005', figi: 'BBG000B9XRY4', idempotencyKey: 'aapl',
  };
  const { idempotencyKey: _, ...content } = input;
  const [first, again] = await Promise.all([door.ask(CREATE, { input }), door.ask(CREATE, { input })]);
  const { instrument } = first.data.createInstrument;
  expect(instrument).toEqual({ id: instrument.id, ...content, quote: null });
  expect(again.data.createInstrument.instrument.id).toBe(instrument.id);
  expect(await told(instrument.id)).toMatchObject([{ type: 'rttm.instrument-created.v1', data: { instrumentId: instrument.id, symbol: 'AAPL', mic: 'XNAS' } }]);
  const other = await door.ask(CREATE, { input: { ...input, name: 'Other' } });
  expect(other.data.createInstrument).toEqual({ instrument: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }] });
});

test('one listing of a symbol per exchange, in each organisation', async () => {
  await create('TWICE', { mic: 'XNAS' });
  const input = { symbol: 'TWICE', name: 'Twice', assetClass: 'EQUITY', currency: 'USD', mic: 'XNAS', idempotencyKey: randomUUID() };
  expect((await door.ask(CREATE, { input })).data.createInstrument.userErrors).toEqual([{ code: 'CONFLICT', path: ['symbol'] }]);
  expect((await door.ask(CREATE, { input: { ...input, mic: 'XNYS', idempotencyKey: randomUUID() } })).data.createInstrument.userErrors).toEqual([]);
  expect((await door.ask(CREATE, { input }, { as: stranger })).data.createInstrument.userErrors).toEqual([]);
  const ambiguous = await door.ask(IMPORT, { input: { symbol: 'TWICE', rows: [{ date: '2026-11-18', close: '1' }] } });
  expect(ambiguous.data.importPrices.userErrors).toMatchObject([{ code: 'INVALID', path: ['symbol'] }]);
});

test('imported closes are history, the quote, and an event; the same import again changes nothing', async () => {
  const id = await create('HIST');
  const csv = 'Date,Open,High,Low,Close,Volume\n2026-11-18,99,102,98.5,100,1000\n2026-11-19,100,111,100,110.25,2000\n';
  const first = await door.ask(IMPORT, { input: { symbol: 'HIST', csv } });
  expect(first.data.importPrices).toEqual({ instrument: { id }, recorded: 2, unchanged: 0, problems: [], userErrors: [] });
  const again = await door.ask(IMPORT, { input: { instrumentId: id, csv } });
  expect(again.data.importPrices).toMatchObject({ recorded: 0, unchanged: 2 });
  const { data } = await door.ask(HISTORY, { id, from: '2026-11-19', to: '2026-11-30' });
  expect(data.instrument.priceHistory).toEqual([{ date: '2026-11-19', close: '110.25', open: '100', high: '111', low: '100', volume: '2000', simulated: false }]);
  const quote = await door.ask('query ($id: ID!) { instrument(id: $id) { quote { last previousClose change changePercent currency time simulated source instrument { symbol } } } }', { id });
  expect(quote.data.instrument.quote).toEqual({
    last: '110.25', previousClose: '100', change: '10.25', changePercent: 10.25, currency: 'USD', time: '2026-11-19T23:59:59.999Z',
    simulated: false, source: 'LAST_CLOSE', instrument: { symbol: 'HIST' },
  });
  expect((await told(id)).slice(1)).toMatchObject([{ type: 'rttm.prices-recorded.v1', data: { prices: [{ date: '2026-11-18', close: '100' }, { date: '2026-11-19', close: '110.25' }] } }]);
});

test('a correction replaces a close and is told alone', async () => {
  const id = await create('CORR');
  await door.ask(IMPORT, { input: { instrumentId: id, rows: [{ date: '2026-11-17', close: '10' }, { date: '2026-11-18', close: '11' }] } });
  const corrected = await door.ask(IMPORT, { input: { instrumentId: id, rows: [{ date: '2026-11-17', close: '10' }, { date: '2026-11-18', close: '12' }] } });
  expect(corrected.data.importPrices).toMatchObject({ recorded: 1, unchanged: 1 });
  expect((await told(id)).at(-1)?.data).toMatchObject({ prices: [{ date: '2026-11-18', close: '12', simulated: false }] });
});

test('with one bad row nothing is imported, and every bad row is named', async () => {
  const id = await create('BAD');
  const csv = 'date,close,high\n2026-11-16,10,\n2026-13-01,11,\n2026-11-18,abc,\n2026-11-19,12,11\n2026-11-16,10,\n';
  const { data } = await door.ask(IMPORT, { input: { instrumentId: id, csv } });
  expect(data.importPrices).toEqual({
    instrument: null, recorded: null, unchanged: null,
    problems: [
      { row: 2, column: 'date', reason: '"2026-13-01" is not a day such as 2026-11-20' },
      { row: 3, column: 'close', reason: '"abc" is not a decimal of at most 20 whole and 18 fractional digits' },
      { row: 4, column: 'high', reason: 'another price of the day is higher' },
      { row: 5, column: 'date', reason: 'the day is in row 1 already' },
    ],
    userErrors: [{ code: 'INVALID', message: 'nothing was imported: 4 bad rows, see `problems`', path: ['csv'] }],
  });
  expect((await door.ask(HISTORY, { id, from: '2026-01-01', to: '2026-12-31' })).data.instrument.priceHistory).toEqual([]);
  expect(await told(id)).toHaveLength(1);
});

test('a long history is told in events of at most 500 closes, in order', async () => {
  const id = await create('LONG');
  const rows = Array.from({ length: 1_001 }, (_, day) => ({ date: new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10), close: String(day + 1) }));
  await door.ask(IMPORT, { input: { instrumentId: id, rows } });
  const events = (await told(id)).slice(1) as { data: { prices: { date: string }[] } }[];
  expect(events.map(({ data }) => data.prices.length)).toEqual([500, 500, 1]);
  expect(events.flatMap(({ data }) => data.prices.map(({ date }) => date))).toEqual(rows.map(({ date }) => date));
});

test('unknown and foreign instruments look alike', async () => {
  const id = await create('MINE');
  for (const asked of [door.ask(HISTORY, { id, from: '2026-01-01', to: '2026-01-02' }, { as: stranger }), door.ask(HISTORY, { id: 'ins_none', from: '2026-01-01', to: '2026-01-02' })])
    expect(await asked).toMatchObject({ data: { instrument: null }, codes: ['NOT_FOUND'] });
  const rows = [{ date: '2026-11-18', close: '1' }];
  const refused = await door.ask(IMPORT, { input: { instrumentId: id, rows } }, { as: stranger });
  expect(refused.data.importPrices.userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['instrumentId'] }]);
  const reference = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Instrument { symbol } } }';
  const of = [{ __typename: 'Instrument', id }, { __typename: 'Instrument', id: 'ins_none' }];
  expect((await door.ask(reference, { of })).data._entities).toEqual([{ symbol: 'MINE' }, null]);
  expect((await door.ask(reference, { of }, { as: stranger })).data._entities).toEqual([null, null]);
});

test('the list is paged by symbol in both directions and filtered', async () => {
  const as = principal({ organizationId: 'org_list' });
  for (const symbol of ['CCC', 'AAA', 'BBB'])
    await door.ask(CREATE, { input: { symbol, name: `${symbol} of Delaware`, assetClass: symbol === 'BBB' ? 'INDEX' : 'EQUITY', currency: 'USD', idempotencyKey: symbol } }, { as });
  const list = async (args: string) => (await door.ask(`{ instruments(${args}) { edges { node { symbol } cursor } pageInfo { hasNextPage hasPreviousPage } } }`, {}, { as })).data.instruments;
  const symbols = (page: { edges: { node: { symbol: string } }[] }) => page.edges.map(({ node }) => node.symbol);
  const first = await list('first: 2');
  expect([symbols(first), first.pageInfo]).toEqual([['AAA', 'BBB'], { hasNextPage: true, hasPreviousPage: false }]);
  expect(symbols(await list(`first: 2, after: "${first.edges[1].cursor}"`))).toEqual(['CCC']);
  expect(symbols(await list('last: 2'))).toEqual(['BBB', 'CCC']);
  expect(symbols(await list('filter: { assetClass: INDEX }'))).toEqual(['BBB']);
  expect(symbols(await list('filter: { symbols: ["AAA", "CCC", "XXX"] }'))).toEqual(['AAA', 'CCC']);
  expect(symbols(await list('filter: { search: "cc" }'))).toEqual(['CCC']);
});

test('a page of instruments with quotes and history takes the same number of statements however long it is', async () => {
  const as = principal({ organizationId: 'org_many' });
  const { query } = door.database;
  let statements = 0;
  for (let index = 0; index < 20; index += 1) {
    const made = await door.ask(CREATE, { input: { symbol: `S${index}`, name: 'Many', assetClass: 'EQUITY', currency: 'USD', idempotencyKey: `s${index}` } }, { as });
    await door.ask(IMPORT, { input: { instrumentId: made.data.createInstrument.instrument.id, rows: [{ date: '2026-11-18', close: '5' }] } }, { as });
  }
  Object.assign(door.database, { query: (...args: Parameters<typeof query>) => { statements += 1; return query(...args); } });
  const { data } = await door.ask('{ instruments(first: 50) { edges { node { quote { last } priceHistory(from: "2026-11-01", to: "2026-11-20") { close } } } } }', {}, { as });
  Object.assign(door.database, { query });
  expect(data.instruments.edges).toHaveLength(20);
  expect(data.instruments.edges[19].node).toEqual({ quote: { last: '5' }, priceHistory: [{ close: '5' }] });
  expect(statements).toBeLessThanOrEqual(3);
});

test('without a token nothing is answered, and without the scope it is forbidden', async () => {
  const reader = principal({ scopes: new Set(['market:read']) });
  const input = { symbol: 'NOPE', name: 'Nope', assetClass: 'EQUITY', currency: 'USD', idempotencyKey: 'nope' };
  expect((await door.ask(CREATE, { input }, { as: reader })).codes).toEqual(['FORBIDDEN']);
  await expect(async () => door.ask('{ instruments { edges { cursor } } }', {}, { as: null })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a vendor file is read by its layout: broken lines and an adjusted close are refused, days without a price are named', async () => {
  await create('VEND');
  const importing = (csv: string, layout?: string) => door.ask(
    `mutation ($input: ImportPricesInput!) { importPrices(input: $input) { recorded layout withoutPrice { row reason } problems { row column reason } userErrors { code path } } }`,
    { input: { symbol: 'VEND', csv, layout } });
  const yahoo = 'Date,Open,High,Low,Close,Adj Close,Volume\r\n2026-11-17,null,null,null,null,null,null\r\n2026-11-18,9,12,8.5,10,9.5,100\r\n';
  expect((await importing(yahoo)).data.importPrices).toEqual({ recorded: 1, layout: 'YAHOO', withoutPrice: [{ row: 1, reason: 'no price on 2026-11-17' }], problems: [], userErrors: [] });
  const newestFirst = 'timestamp,open,high,low,close,volume\n2026-11-20,9,12,8.5,11,100\n2026-11-19,9,12,8.5,10.5,100\n';
  expect((await importing(newestFirst, 'ALPHA_VANTAGE')).data.importPrices).toMatchObject({ recorded: 2, layout: 'ALPHA_VANTAGE' });
  const broken = await importing('Date,Open,High,Low,Close,Volume\n2026-11-19,1,1,1,"1"1,5\n2026-11-18,1,1,1,1,5\n');
  expect(broken.data.importPrices).toMatchObject({ recorded: null, layout: null, problems: [{ row: 1, reason: expect.stringContaining('quote') }], userErrors: [{ code: 'INVALID', path: ['csv'] }] });
  expect((await importing('Date,Adj Close\n2026-11-18,1')).data.importPrices.problems).toEqual([{ row: 0, column: 'close', reason: expect.stringContaining('not a close') }]);
});

describe('an instrument that is quoted in pence', () => {
  const PENCE = { name: 'Vodafone Group', assetClass: 'EQUITY', currency: 'GBP', quoteUnit: 'GBX', mic: 'XLON' };
  const made = async (input: Record<string, unknown>) =>
    (await door.ask('mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id currency quoteUnit } userErrors { code message path } } }', { input })).data.createInstrument;

  test('pence quoted as pounds: prices are shown in pence and told to the others in pounds', async () => {
    const { instrument } = await made({ symbol: 'VOD', idempotencyKey: 'vod', ...PENCE });
    expect(instrument).toMatchObject({ currency: 'GBP', quoteUnit: 'GBX' });
    const id = instrument.id as string;
    await door.ask(IMPORT, { input: { instrumentId: id, rows: [{ date: '2026-11-18', close: '71.36' }, { date: '2026-11-19', close: '72.5' }] } });
    const { data } = await door.ask(`query ($id: ID!) { instrument(id: $id) { quote { last change currency } priceHistory(from: "2026-11-18", to: "2026-11-18") { close } } }`, { id });
    expect(data.instrument).toEqual({ quote: { last: '72.5', change: '1.14', currency: 'GBP' }, priceHistory: [{ close: '71.36' }] });
    expect((await told(id)).map((event) => event.data)).toMatchObject([
      { currency: 'GBP', quoteUnit: 'GBX' }, { currency: 'GBP', prices: [{ date: '2026-11-18', close: '0.7136' }, { date: '2026-11-19', close: '0.725' }] },
    ]);
  });

  test('is refused with its quote unit as currency, and with a unit of another currency', async () => {
    const refused = async (over: Record<string, unknown>) => (await made({ symbol: 'REFUSED', idempotencyKey: randomUUID(), ...PENCE, ...over })).userErrors;
    expect(await refused({ currency: 'GBX', quoteUnit: null })).toEqual([
      { code: 'INVALID', message: 'GBX is not a currency but a unit that prices are quoted in: give the currency GBP and the quoteUnit GBX', path: ['currency'] }]);
    expect(await refused({ currency: 'ZAC' })).toMatchObject([{ path: ['currency'], message: expect.stringContaining('the quoteUnit ZAc') }]);
    expect(await refused({ currency: 'ILA' })).toMatchObject([{ path: ['currency'], message: expect.stringContaining('the currency ILS') }]);
    expect(await refused({ currency: 'USD' })).toMatchObject([{ path: ['quoteUnit'] }]);
    expect(await refused({ currency: 'QQQ', quoteUnit: null })).toMatchObject([{ path: ['currency'], message: 'QQQ is not a currency' }]);
  });

  test('has closes that can be told exactly, and no others', async () => {
    const { instrument } = await made({ symbol: 'FINE', idempotencyKey: 'fine', ...PENCE });
    const { data } = await door.ask(IMPORT, { input: { instrumentId: instrument.id, rows: [{ date: '2026-11-18', close: '1.00000000000000001' }] } });
    expect(data.importPrices.problems).toEqual([{ row: 1, column: 'close', reason: '1.00000000000000001 has more than 16 fractional digits' }]);
  });
});

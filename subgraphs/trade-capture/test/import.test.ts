/** Imports of trades through the domain's front door: all or nothing, what is refused and why, and nothing twice. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { portfolioClosed, portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { tradeRejected } from '@pms/schema/events/validation';
import { decodeText } from '@pms/tables/decode';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tradeCaptureSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
const share = (symbol: string, over: object = {}) => heard(instrumentCreated, `ins_${symbol}`, { instrumentId: `ins_${symbol}`, symbol, name: symbol, assetClass: 'EQUITY', currency: 'USD', mic: 'XNAS', ...over });
beforeAll(async () => {
  door = await frontDoor(tradeCaptureSubgraph);
  await door.hear(
    ...['good', 'bad', 'twins', 'pence', 'raced', 'closed', 'partial', 'ofx', 'named'].map((id) => heard(portfolioCreated, `prt_${id}`,
      { portfolioId: `prt_${id}`, name: id, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null })),
    heard(portfolioClosed, 'prt_closed', { portfolioId: 'prt_closed' }),
    share('AAPL', { isin: 'US0378331005' }), share('MSFT'), share('AMZN'), share('IBM', { mic: 'XNYS' }), share('GOOG'),
    share('ULVR', { currency: 'GBP', mic: 'XLON', isin: 'GB00B10RZP78', quoteUnit: 'GBX' }),
    heard(instrumentCreated, 'ins_two', { instrumentId: 'ins_two', symbol: 'TWO', name: 'Two', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }),
    heard(instrumentCreated, 'ins_two_eur', { instrumentId: 'ins_two_eur', symbol: 'TWO', name: 'Two', assetClass: 'EQUITY', currency: 'EUR', mic: 'XETR' }),
    heard(instrumentCreated, 'ins_two_more', { instrumentId: 'ins_two_more', symbol: 'TWO', name: 'Two', assetClass: 'EQUITY', currency: 'EUR', mic: 'XPAR' }));
});
afterAll(() => door.close());

const IMPORT = `mutation ($input: ImportTradesInput!) { importTrades(input: $input) {
  layout dryRun rows captured duplicates problemCount problems { row column reason } warnings { row column reason } leftOut { row }
  bookings { row kind outcome externalId date instrument { id } quantity price currency fees { kind amount { amount currency } } cashEffect { amount currency } bookedBy trade { id externalId price } }
  positionChanges { instrument { id } quantity } cashChanges { amount currency } userErrors { code message path } } }`;
const importing = async (input: Record<string, unknown>, as = principal()) => (await door.ask(IMPORT, { input }, { as })).data.importTrades;
const example = (name: string): string => decodeText(readFileSync(join(import.meta.dirname, '../../../docs/examples', name)));
const HEADER = 'external_id,date,action,symbol,quantity,price,currency,fee';
const csv = (...lines: readonly string[]) => [HEADER, ...lines].join('\n');
const toldCount = async (): Promise<number> => (await door.told()).length;

test('a dry run says what the good file would book, and writes nothing; the import books it; the same file again books nothing', async () => {
  const input = { portfolioId: 'prt_good', csv: example('trades-good.csv'), layout: 'generic', cashRows: 'RETURN' };
  const before = await toldCount();
  const dry = await importing({ ...input, dryRun: true });
  expect(await toldCount()).toBe(before);
  expect(dry).toMatchObject({ layout: 'generic', dryRun: true, rows: 9, captured: 0, duplicates: 0, problems: [], userErrors: [] });
  expect(dry.bookings.map((one: any) => [one.row, one.outcome, one.bookedBy])).toEqual([
    [2, 'CASH', 'depositCash'], [3, 'BOOK', null], [4, 'BOOK', null], [5, 'BOOK', null], [6, 'BOOK', null], [7, 'BOOK', null], [8, 'BOOK', null], [9, 'BOOK', null], [10, 'CASH', 'withdrawCash'],
  ]);
  expect(dry.warnings).toEqual([{ row: 6, column: 'external_id', reason: 'the same as row 5, under another id: booked as a twin of it' }]);
  expect(dry.positionChanges).toEqual([{ instrument: { id: 'ins_AAPL' }, quantity: '120' }, { instrument: { id: 'ins_MSFT' }, quantity: '120' }, { instrument: { id: 'ins_AMZN' }, quantity: '0' }, { instrument: { id: 'ins_GOOG' }, quantity: '90' }]);
  expect(dry.bookings[1].cashEffect).toEqual({ amount: '-36854.95', currency: 'USD' });

  const done = await importing(input);
  expect(done).toMatchObject({ captured: 7, duplicates: 0, problems: [], userErrors: [] });
  expect(done.bookings[1]).toMatchObject({ outcome: 'CAPTURED', trade: { externalId: 'g-02' } });
  expect(done.cashChanges).toEqual(dry.cashChanges);
  expect((await toldCount()) - before).toBe(7);

  const again = await importing(input);
  expect(again).toMatchObject({ captured: 0, duplicates: 7, problems: [], userErrors: [] });
  expect(again.bookings[1].trade.id).toBe(done.bookings[1].trade.id);
  expect((await toldCount()) - before).toBe(7);
});

test('a file with bad rows books nothing, and names row, column and reason of each', async () => {
  const before = await toldCount();
  const refused = await importing({ portfolioId: 'prt_bad', csv: example('trades-bad.csv'), layout: 'generic', cashRows: 'RETURN' });
  expect(await toldCount()).toBe(before);
  expect(refused.captured).toBe(0);
  expect(refused.problems.map(({ row, column, reason }: any) => `${row} ${column}: ${reason}`)).toEqual([
    '4 symbol: there is no instrument NOSUCH: add it with createInstrument first',
    '5 currency: "XQQ" is not a currency of ISO 4217',
    '6 date: "03.01.2024" is not a day written YYYY-MM-DD',
    '7 date: "2024-02-30" is not a day of the calendar',
    '8 date: 2999-01-03 is in the future',
    '9 quantity: the quantity is zero',
    '10 quantity: the quantity -10 is below zero',
    '11 price: the price -184.25 is below zero',
    '12 quantity: "1.1234567890123456789" has 19 digits behind the .; 18 are the most',
    '13 action: "borrow" is an action that the layout does not know',
    '14 quantity: is empty',
    '15 quantity: "1,234" is ambiguous: numbers of this layout are written 1234.56, and its marks for thousands and decimals do not fit that',
    '16 external_id: b-02 is in row 3 already, with other content',
    '17 fee_currency: "EUU" is not a currency of ISO 4217',
    '18 currency: the instrument is traded in USD, not in EUR',
    '19 line: the line has 7 cells, the header 11',
    '20 symbol: "=1+1" is a formula, not a value',
    '21 note: the cell holds bytes that are no text in the encoding of the file: save the file as UTF-8, or name its encoding in the mapping',
    '22 amount: 10.001 USD: USD has 2 fractional digits',
    '23 cell 4: a quote is opened and never closed',
  ]);
  expect(refused.userErrors).toEqual([{ code: 'INVALID', message: 'nothing was captured: 20 bad rows, see `problems`', path: ['csv'] }]);
  expect(refused.bookings.map(({ row, outcome }: any) => [row, outcome])).toEqual([[2, 'CASH'], [3, 'BOOK']]);
});

test('partial books the good rows of a file and names the others', async () => {
  const done = await importing({ portfolioId: 'prt_partial', csv: example('trades-bad.csv').replaceAll('b-', 'p-'), layout: 'generic', cashRows: 'RETURN', partial: true });
  expect(done).toMatchObject({ captured: 1, problemCount: 20, userErrors: [{ code: 'INVALID', message: expect.stringContaining('1 trades were captured') }] });
});

test('an id that was captured with other content is refused, and with it the file', async () => {
  await importing({ portfolioId: 'prt_twins', csv: csv('x1,2026-01-05,buy,AAPL,1,100,USD,'), layout: 'generic' });
  const other = await importing({ portfolioId: 'prt_twins', csv: csv('x1,2026-01-05,buy,AAPL,2,100,USD,', 'x2,2026-01-05,buy,AAPL,5,100,USD,'), layout: 'generic' });
  expect(other).toMatchObject({ captured: 0, problems: [{ row: 2, column: 'external_id', reason: 'another trade was captured with this externalId' }] });
});

test('a row whose trade was rejected is bad when it comes again; one whose trade was cancelled is left as it is, with a warning', async () => {
  const input = { portfolioId: 'prt_twins', layout: 'generic', csv: csv('z1,2026-01-08,buy,GOOG,3,100,USD,', 'z2,2026-01-08,buy,GOOG,4,100,USD,', 'z3,2026-01-08,buy,GOOG,5,100,USD,') };
  const { bookings: [rejected, cancelled] } = await importing(input);
  await door.hear(heard(tradeRejected, 'prt_twins', { tradeId: rejected.trade.id, version: 1, portfolioId: 'prt_twins', checks: [], rejectedBy: null }));
  await door.ask('mutation ($input: CancelTradeInput!) { cancelTrade(input: $input) { userErrors { code } } }', { input: { tradeId: cancelled.trade.id, reason: 'entered twice' } });
  expect(await importing(input)).toMatchObject({
    captured: 0, duplicates: 2, problems: [{ row: 2, column: 'external_id', reason: expect.stringContaining('was captured before and rejected') }],
    warnings: [{ row: 3, column: 'external_id', reason: expect.stringContaining('was captured before and cancelled') }],
  });
});

test('a trade that looks like one captured before under another id is allowed, with a warning', async () => {
  const input = { portfolioId: 'prt_twins', layout: 'generic', csv: csv('y1,2026-01-06,buy,MSFT,3,100,USD,') };
  await importing(input);
  const twin = await importing({ ...input, csv: csv('y2,2026-01-06,buy,MSFT,3.0,100.00,USD,') });
  expect(twin).toMatchObject({ captured: 1, problems: [], warnings: [{ row: 2, column: 'external_id', reason: expect.stringContaining('looks like y1') }] });
});

test('rows without ids: twins in one file are two trades, and the same file again is none', async () => {
  const input = { portfolioId: 'prt_twins', layout: 'generic', csv: 'date,action,symbol,quantity,price,currency\n2026-01-07,buy,IBM,1,2,USD\n2026-01-07,buy,IBM,1,2,USD\n' };
  expect(await importing(input)).toMatchObject({ captured: 2, warnings: [{ row: 3 }] });
  expect(await importing(input)).toMatchObject({ captured: 0, duplicates: 2, problems: [] });
  expect(await importing({ ...input, csv: `${input.csv}2026-01-07,buy,IBM,1,2,USD\n` })).toMatchObject({ captured: 1, duplicates: 2 });
});

test('a price in pence and a price in pounds are the same price of an instrument quoted in pence', async () => {
  const input = { portfolioId: 'prt_pence', layout: 'generic' };
  const pence = await importing({ ...input, csv: csv('p1,2026-01-05,buy,ULVR,10,4210.5,GBX,1') });
  const pounds = await importing({ ...input, csv: csv('p2,2026-01-05,buy,ULVR,10,42.105,GBP,1') });
  for (const done of [pence, pounds]) expect(done.bookings[0]).toMatchObject({ price: '42.105', currency: 'GBP', cashEffect: { amount: '-422.05', currency: 'GBP' }, trade: { price: '4210.5' } });
});

test('a symbol of several listings is the one in the row’s currency, or it is ambiguous', async () => {
  const input = { portfolioId: 'prt_named', layout: 'generic' };
  expect((await importing({ ...input, csv: csv('n1,2026-01-05,buy,TWO,1,1,USD,') })).bookings[0].instrument.id).toBe('ins_two');
  expect((await importing({ ...input, csv: csv('n2,2026-01-05,buy,TWO,1,1,EUR,') })).problems).toEqual([{ row: 2, column: 'symbol', reason: expect.stringContaining('TWO is listed on XETR and XPAR') }]);
  const rows = [{ row: 1, kind: 'BUY', externalId: 'n3', date: '2026-01-05', symbol: 'TWO', mic: 'XPAR', quantity: '1', price: '1', currency: 'EUR' }];
  expect((await importing({ portfolioId: 'prt_named', rows })).bookings[0]).toMatchObject({ outcome: 'CAPTURED', instrument: { id: 'ins_two_more' } });
  const contrary = csv('n4,2026-01-05,buy,AAPL,1,1,USD,').replace('fee', 'isin').replace(/,$/, ',US5949181045');
  expect((await importing({ ...input, csv: contrary })).problems).toEqual([{ row: 2, column: 'symbol', reason: 'AAPL is known with the ISIN US0378331005, and the file says US5949181045' }]);
});

test('an OFX statement is imported as it is', async () => {
  const ofx = `OFXHEADER:100\nDATA:OFXSGML\n<OFX><INVSTMTRS><CURDEF>USD<INVACCTFROM><BROKERID>b<ACCTID>1</INVACCTFROM><INVTRANLIST>
<BUYSTOCK><INVBUY><INVTRAN><FITID>f1<DTTRADE>20260105</INVTRAN><SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID><UNITS>10<UNITPRICE>150<TOTAL>-1500</INVBUY></BUYSTOCK></INVTRANLIST></INVSTMTRS></OFX>`;
  expect((await importing({ portfolioId: 'prt_ofx', ofx })).bookings).toMatchObject([{ row: 4, outcome: 'CAPTURED', externalId: 'ofx:b:1:f1', instrument: { id: 'ins_AAPL' } }]);
});

test('two imports of one file at once book it once', async () => {
  const input = { portfolioId: 'prt_raced', layout: 'generic', csv: csv(...Array.from({ length: 20 }, (_, index) => `r${index},2026-01-05,buy,AAPL,${index + 1},1,USD,`)) };
  const answers = await Promise.all([importing(input), importing(input), importing(input)]);
  expect(answers.map(({ captured }) => captured).reduce((a: number, b: number) => a + b)).toBe(20);
  expect(answers.every(({ problems }) => problems.length === 0)).toBe(true);
});

test('the call as a whole is refused for what is wrong with it', async () => {
  const good = csv('w1,2026-01-05,buy,AAPL,1,1,USD,');
  const cases: [Record<string, unknown>, string, string[]][] = [
    [{ portfolioId: 'prt_none', csv: good, layout: 'generic' }, 'NOT_FOUND', ['portfolioId']],
    [{ portfolioId: 'prt_closed', csv: good, layout: 'generic' }, 'CONFLICT', ['portfolioId']],
    [{ portfolioId: 'prt_good', csv: good }, 'INVALID', ['layout']],
    [{ portfolioId: 'prt_good', csv: good, layout: 'nobody' }, 'INVALID', ['layout']],
    [{ portfolioId: 'prt_good', csv: good, mapping: '{}' }, 'INVALID', ['mapping']],
    [{ portfolioId: 'prt_good' }, 'INVALID', ['csv']],
    [{ portfolioId: 'prt_good', csv: good, layout: 'generic', ofx: 'x' }, 'INVALID', ['csv']],
    [{ portfolioId: 'prt_good', csv: 'x'.repeat(4_000_001), layout: 'generic' }, 'INVALID', ['csv']],
    [{ portfolioId: 'prt_good', rows: [] }, 'INVALID', ['rows']],
    [{ portfolioId: 'prt_good', rows: [{ row: 1, kind: 'BUY', externalId: 'w', date: '2026-01-05', symbol: 'AAPL', price: '1', currency: 'USD' }] }, 'INVALID', ['rows', '0', 'quantity']],
  ];
  const before = await toldCount();
  for (const [input, code, path] of cases) expect((await importing(input)).userErrors, JSON.stringify(path)).toMatchObject([{ code, path }]);
  expect((await importing({ portfolioId: 'prt_good', csv: good, layout: 'generic' }, principal({ organizationId: 'org_other' }))).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect(await toldCount()).toBe(before);
});

test('cash is refused by name where nobody asked to be handed it', async () => {
  const cash = 'date,action,symbol,quantity,price,currency,amount\n2026-01-05,deposit,,,,USD,5\n2026-01-06,dividend,AAPL,,,USD,5';
  const refused = await importing({ portfolioId: 'prt_good', layout: 'generic', csv: cash });
  expect(refused.problems).toMatchObject([2, 3].map((row) => ({ row, column: 'action', reason: expect.stringContaining('cashRows: RETURN') })));
});

test('dividends are handed back with their instrument and the mutation that books them; a bad one is named by row and column', async () => {
  const header = 'external_id,date,action,symbol,currency,amount,tax_withheld';
  const good = await importing({ portfolioId: 'prt_good', layout: 'generic', cashRows: 'RETURN', dryRun: true, csv: `quantity,price,${header}\n,,v1,2026-01-06,dividend,AAPL,USD,5,0.75` });
  expect(good).toMatchObject({ problems: [], bookings: [{ outcome: 'CASH', bookedBy: 'bookCashItem', instrument: { id: 'ins_AAPL' }, cashEffect: { amount: '4.25', currency: 'USD' } }], cashChanges: [{ amount: '4.25', currency: 'USD' }] });
  const bad = await importing({ portfolioId: 'prt_good', layout: 'generic', cashRows: 'RETURN', csv: `quantity,price,${header}\n,,v1,2026-01-06,dividend,,USD,5,\n,,v2,2026-01-06,dividend,NOSUCH,USD,5,\n,,v3,2026-01-06,dividend,AAPL,USD,5,6\n,,v4,2026-01-06,dividend,AAPL,USD,5,0.001` });
  expect(bad.problems).toMatchObject([[2, 'symbol', 'names no instrument'], [3, 'symbol', 'no instrument NOSUCH'], [4, 'tax_withheld', 'the amount is gross'], [5, 'tax_withheld', '2 fractional digits']]
    .map(([row, column, reason]) => ({ row, column, reason: expect.stringContaining(String(reason)) })));
});

test('a fee in another currency stays with its trade, and what it takes is told in its own currency', async () => {
  const done = await importing({ portfolioId: 'prt_named', layout: 'generic', csv: 'external_id,date,action,symbol,quantity,price,currency,fee,fee_currency\nf1,2026-01-05,buy,AAPL,2,100,USD,1.255,EUR\nf2,2026-01-05,buy,MSFT,1,10,USD,1,USD' });
  expect(done).toMatchObject({
    captured: 2, problems: [], cashChanges: [{ amount: '-211', currency: 'USD' }, { amount: '-1.26', currency: 'EUR' }],
    bookings: [{ cashEffect: { amount: '-200', currency: 'USD' }, fees: [{ kind: 'COMMISSION', amount: { amount: '1.255', currency: 'EUR' } }] }, { cashEffect: { amount: '-11', currency: 'USD' } }],
  });
  expect((await door.told()).at(-2)).toMatchObject({ type: 'trade-capture.trade-captured.v1', data: { externalId: 'f1', fees: [{ kind: 'COMMISSION', amount: { amount: '1.255', currency: 'EUR' } }] } });
});

test('a trade whose fee was imported as a row of its own is found again with the fee on it, and is left as it is', async () => {
  const flex = (commission: string) => `Buy/Sell,TradeDate,Symbol,Quantity,TradePrice,CurrencyPrimary,IBCommission,IBCommissionCurrency,Taxes,TradeID\nBUY,20260105,IBM,3,100,USD,${commission},CHF,-0.5,9100\nBUY,20260105,IBM,4,100,USD,,,,9101`;
  const input = { portfolioId: 'prt_named', layout: 'ibkr-flex' };
  const [before] = (await importing({ ...input, csv: flex('') })).bookings;
  const again = await importing({ ...input, csv: flex('-0.979') });
  expect(again).toMatchObject({
    captured: 0, duplicates: 2, problems: [], bookings: [{ outcome: 'DUPLICATE', trade: { id: before.trade.id } }, { outcome: 'DUPLICATE' }],
    warnings: [{ row: 2, column: 'IBCommission', reason: 'the trade was captured before without its fee of 0.979 CHF, which was then a row of its own: it is left so' }],
  });
  const other = await importing({ ...input, csv: flex('-0.979').replace('-0.5', '-0.6') });
  expect(other).toMatchObject({ problems: [{ row: 2, column: 'TradeID', reason: 'another trade was captured with this externalId' }] });
});

test('instruments that were told of before their names were kept get them from where they were made', async () => {
  const migration = readFileSync(join(import.meta.dirname, '../../../prisma/trade-capture/migrations/0150_instrument_names/migration.sql'), 'utf8');
  await door.database.query(`insert into trade_capture.known_instrument (id, organization_id, currency) values ('ins_old', 'org_one', 'USD')`);
  await door.database.query(`insert into rttm.instrument (id, organization_id, symbol, name, asset_class, currency, mic, isin, created_at, idempotency_key, content_hash)
    values ('ins_old', 'org_one', 'OLD', 'Old', 'EQUITY', 'USD', 'XNYS', 'US5949181045', now(), 'old', 'old')`);
  await door.database.query(migration.slice(migration.indexOf('DO $$')));
  const done = await importing({ portfolioId: 'prt_named', layout: 'generic', csv: csv('old1,2026-01-05,buy,OLD,1,1,USD,') });
  expect(done.bookings[0]).toMatchObject({ outcome: 'CAPTURED', instrument: { id: 'ins_old' } });
});

/** Files in the layouts of brokers, read: what would be booked, what is refused by row and column, and what no file at all can do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutNamed, layoutNames, layoutOf, readBytes, readText } from '../src/layouts/read.ts';

const options = { portfolioId: 'prt_1', today: '2026-11-26', recordsMax: 10_000 };
const read = (layout: string, ...lines: readonly string[]) => readText(lines.join('\n'), layoutNamed(layout), options);

/** Rows in short: what, when, of what, how much at what price, in which currency, for which fees. */
const short = ({ rows }: ReturnType<typeof readText>) => rows.map(({ kind, date, instrument, quantity, price, amount, currency, fees }) =>
  [kind, date, instrument?.isin ?? instrument?.symbol ?? '', ...(quantity === null ? [amount] : [quantity, price]), currency, ...fees.map((fee) => `${fee.kind} ${fee.amount} ${fee.currency}`)].join(' '));
const faults = ({ problems }: ReturnType<typeof readText>) => problems.map(({ row, column, reason }) => `${row} ${column}: ${reason}`);

describe('layouts', () => {
  test('generic', () => {
    const file = read('generic', 'external_id,date,action,symbol,quantity,price,currency,fee,amount,tax_withheld', 'd1,2026-01-02,deposit,,,,USD,,1000,', 't1,2026-01-05,BUY,acme,10,12.5,USD,1.50,,', 'v1,2026-02-01,dividend,ACME,,,USD,,8,1.2');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['DEPOSIT 2026-01-02  1000 USD', 'BUY 2026-01-05 ACME 10 12.5 USD COMMISSION 1.5 USD', 'DIVIDEND 2026-02-01 ACME 8 USD']);
    expect(file.rows.map(({ externalId, row, withheld }) => [externalId, row, withheld])).toEqual([['d1', 2, null], ['t1', 3, null], ['v1', 4, '1.2']]);
  });

  test('ibkr-flex: a fee in another currency stays with its trade', () => {
    const file = read('ibkr-flex', '"Buy/Sell","TradeDate","ISIN","Symbol","Quantity","TradePrice","CurrencyPrimary","IBCommission","IBCommissionCurrency","TradeID"',
      '"BUY","20260522","US0378331005","AAPL","7","182.7","USD","-1","USD","9001"', '"SELL","20260609","US0378331005","AAPL","-3","195.42","USD","-0.979","CHF","9002"');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['BUY 2026-05-22 US0378331005 7 182.7 USD COMMISSION 1 USD', 'SELL 2026-06-09 US0378331005 3 195.42 USD COMMISSION 0.979 CHF']);
    expect(file.rows.map(({ externalId }) => externalId)).toEqual(['ibkr:9001', 'ibkr:9002']);
  });

  test('ibkr-activity: sections, totals and other asset classes', () => {
    const file = read('ibkr-activity', 'Statement,Header,Field Name,Field Value', 'Statement,Data,Title,Activity Statement',
      'Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code',
      'Trades,Data,Order,Stocks,USD,AAPL,"2026-01-05, 10:30:00","1,000",181.5,182,-181500,-1,181501,0,500,O', 'Trades,Data,Order,Equity and Index Options,USD,AAPL 20JAN26 100 C,"2026-01-05, 10:30:00",1,5,5,-500,-1,501,0,0,O',
      'Trades,SubTotal,,Stocks,USD,AAPL,,1000,,,,,,,,', 'Deposits & Withdrawals,Header,Currency,Settle Date,Description,Amount', 'Deposits & Withdrawals,Data,USD,2026-01-02,Electronic Fund Transfer,200000', 'Deposits & Withdrawals,Data,Total,,,200000',
      'Dividends,Header,Currency,Date,Description,Amount', 'Dividends,Data,USD,2026-02-10,AAPL(US0378331005) Cash Dividend USD 0.24 per Share (Ordinary Dividend),240');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['DEPOSIT 2026-01-02  200000 USD', 'BUY 2026-01-05 AAPL 1000 181.5 USD COMMISSION 1 USD', 'DIVIDEND 2026-02-10 US0378331005 240 USD']);
    expect(file.leftOut.map(({ row, column }) => [row, column])).toEqual([[2, 'Statement'], [5, 'Asset Category'], [9, 'Currency']]);
  });

  test('schwab: newest first, dollars, "as of", a total at the end', () => {
    const file = read('schwab', '"Transactions for account XXXX-1234 as of 11/20/2026"', '', '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"',
      '"08/22/2026","Sell","FIHBX","HIGH YIELD","592.199","$8.46","$10.00","$5,000.00"', '"08/15/2026 as of 08/14/2026","Reinvest Shares","SNSXX","TREASURY","1,215.46","$1.00","","-$1,215.46"',
      '"08/15/2026","Reinvest Dividend","SNSXX","TREASURY","","","","$1,215.46"', '"08/01/2026","Wire Received","","FUNDS","","","","$100,000.00"', '"Transactions Total","","","","","","","$103,784.54"');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['DEPOSIT 2026-08-01  100000 USD', 'BUY 2026-08-14 SNSXX 1215.46 1 USD', 'DIVIDEND 2026-08-15 SNSXX 1215.46 USD', 'SELL 2026-08-22 FIHBX 592.199 8.46 USD COMMISSION 10 USD']);
  });

  test('fidelity: words before the rest of a sentence, remarks at the end', () => {
    const file = read('fidelity', '', '', 'Run Date,Action,Symbol,Description,Type,Quantity,Price ($),Commission ($),Fees ($),Accrued Interest ($),Amount ($),Settlement Date',
      '01/15/2026,YOU BOUGHT APPLE INC (AAPL) (Cash),AAPL,APPLE INC,Cash,10,150.5,,,,-1505,01/17/2026', '01/16/2026,YOU SOLD APPLE INC (AAPL) (Cash),AAPL,APPLE INC,Cash,-4,151,4.95,0.02,,599.03,01/20/2026',
      '01/17/2026,ELECTRONIC FUNDS TRANSFER RECEIVED (Cash),,No Description,Cash,0,,,,,5000,', '"The data in this file is provided as is."');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['BUY 2026-01-15 AAPL 10 150.5 USD', 'SELL 2026-01-16 AAPL 4 151 USD COMMISSION 4.95 USD REGULATORY_FEE 0.02 USD', 'DEPOSIT 2026-01-17  5000 USD']);
    expect(file.leftOut).toEqual([{ row: 7, column: 'line', reason: 'a remark' }]);
  });

  test('degiro: sides by sign, currencies in columns without a name, an order id that several parts share', () => {
    const header = 'Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,Value,,Exchange rate,Transaction and/or third,,Total,,Order ID';
    const file = read('degiro', header, '15-01-2026,09:04,VANGUARD FTSE,IE00B3RBWM25,EAM,XAMS,-6,110.00,EUR,660.00,EUR,660.00,EUR,,-2.00,EUR,658.00,EUR,abc-1',
      '14-01-2026,15:30,APPLE,US0378331005,NDQ,XNAS,2,180.00,USD,-360.00,USD,-330.00,EUR,1.09,-1.00,EUR,-331.00,EUR,abc-0', '14-01-2026,15:30,APPLE,US0378331005,NDQ,XNAS,2,180.00,USD,-360.00,USD,-330.00,EUR,1.09,,,-330.00,EUR,abc-0');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['BUY 2026-01-14 US0378331005 2 180 USD', 'BUY 2026-01-14 US0378331005 2 180 USD COMMISSION 1 EUR', 'SELL 2026-01-15 IE00B3RBWM25 6 110 EUR COMMISSION 2 EUR'].toSorted(byLater));
    expect(new Set(file.rows.map(({ externalId }) => externalId)).size).toBe(3);
    const eur = read('degiro-eur', 'Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,Value EUR,Exchange rate,AutoFX Fee,Transaction and/or third party fees EUR,Total EUR,Order ID,',
      '15-01-2026,09:04,VANGUARD FTSE,IE00B3RBWM25,EAM,XAMS,6,110.00,EUR,-660.00,EUR,-660.00,,0.00,-2.00,-662.00,abc-1,');
    expect([faults(eur), short(eur)]).toEqual([[], ['BUY 2026-01-15 IE00B3RBWM25 6 110 EUR COMMISSION 2 EUR']]);
  });

  test('trading212: pence become pounds, a conversion fee in the account currency is the trade’s', () => {
    const file = read('trading212', 'Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,Currency (Result),Total,Currency (Total),Withholding tax,Currency (Withholding tax),Notes,ID,Currency conversion fee,Currency (Currency conversion fee)',
      'Deposit,2026-01-02 11:45:06.326,,,,,,,,,,310.00,"EUR",,,"Transaction ID: X",30c841b3,,', 'Market buy,2026-01-05 14:30:03.613,GB00B10RZP78,ULVR,"Unilever",2.5000000000,4210.50,GBX,100.1,,"EUR",122.00,"EUR",,,,EOF1,0.18,"EUR"',
      'Dividend (Ordinary),2026-02-27 12:05:25,GB00B10RZP78,ULVR,"Unilever",2.5,0.37,GBP,Not available,,,1.08,"EUR",0.00,GBP,,,,');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['DEPOSIT 2026-01-02  310 EUR', 'BUY 2026-01-05 GB00B10RZP78 2.5 42.105 GBP OTHER 0.18 EUR', 'DIVIDEND 2026-02-27 GB00B10RZP78 1.08 EUR']);
  });

  test('swissquote: semicolons and apostrophes', () => {
    const file = read('swissquote', 'Date;Order #;Transaction;Symbol;Name;ISIN;Quantity;Unit price;Costs;Accrued Interest;Net Amount;Balance;Currency', "10-08-2026 15:30:02;113947121;Buy;ORFN;ESG ORPHAN;US8863645383;200.0;19.85;5.96;0.00;-3'975.96;168660.08;USD",
      '30-06-2026 18:01:13;00000000;Custody Fees;;;;1.0;50.00;3.85;0.00;-53.85;28197.90;CHF', '30-06-2026 16:35:13;00000000;Forex credit;;;;1.0;1995.39;0.00;0.00;1995.39;2937.32;EUR');
    expect(faults(file)).toEqual([expect.stringContaining('4 Transaction: "Forex credit" is an action that the layout does not know')]);
    expect(short(file)).toEqual(['FEE 2026-06-30  53.85 CHF', 'BUY 2026-08-10 US8863645383 200 19.85 USD COMMISSION 5.96 USD']);
  });

  test('saxo: a trade in one sentence', () => {
    const file = read('saxo', 'Client ID,Trade Date,Value Date,Type,Instrument,Instrument ISIN,Instrument currency,Exchange Description,Instrument Symbol,Event,Amount,Order ID,Conversion Rate',
      ',02-Jan-2026,02-Jan-2026,Trade,Vanguard,IE00BK5BQT80,USD,London Stock Exchange (ETFs),VWRA:xlon,Sell 3 @ 139.74 USD,419.22,,1', ',30-Dec-2025,30-Dec-2025,Cash Transfer,,,USD,Unknown,,Deposit,500,,1');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['DEPOSIT 2025-12-30  500 USD', 'SELL 2026-01-02 IE00BK5BQT80 3 139.74 USD']);
    expect(file.rows[1]?.instrument).toEqual({ id: null, isin: 'IE00BK5BQT80', symbol: 'VWRA', mic: 'XLON' });
  });

  test('revolut: a currency sign before each figure', () => {
    const file = read('revolut', 'Date,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate', '2026-01-02T08:23:08.459586Z,,CASH TOP-UP,,,"$5,000.22",USD,1.1055', '2026-01-05T13:30:10.514Z,O,BUY - MARKET,1.63453043,$52.07,$85.11,USD,1.0665', '2026-01-06T13:30:10.514Z,,CUSTODY FEE,,,-$0.01,USD,1.06');
    expect(faults(file)).toEqual([]);
    expect(short(file)).toEqual(['DEPOSIT 2026-01-02  5000.22 USD', 'BUY 2026-01-05 O 1.63453043 52.07 USD', 'FEE 2026-01-06  0.01 USD']);
  });
});

const byLater = (a: string, b: string): number => a.slice(a.indexOf('2026'), a.indexOf('2026') + 10).localeCompare(b.slice(b.indexOf('2026'), b.indexOf('2026') + 10));
const HEADER = 'external_id,date,action,symbol,quantity,price,currency,fee,fee_currency,amount';

test.each([
  ['x,2026-01-05,BUY,ACME,0,1,USD,,,', 'quantity', 'the quantity is zero'],
  ['x,2026-01-05,BUY,ACME,-1,1,USD,,,', 'quantity', 'below zero'],
  ['x,2026-01-05,BUY,ACME,1,-1,USD,,,', 'price', 'below zero'],
  ['x,2026-01-05,BUY,ACME,1,0,USD,,,', 'price', 'zero'],
  ['x,2026-01-05,BUY,ACME,1.1234567890123456789,1,USD,,,', 'quantity', '19 digits behind'],
  ['x,2026-01-05,BUY,ACME,1,"1,234",USD,,,', 'price', 'ambiguous'],
  ['x,05/01/2026,BUY,ACME,1,1,USD,,,', 'date', 'not a day written YYYY-MM-DD'],
  ['x,2026-02-30,BUY,ACME,1,1,USD,,,', 'date', 'not a day of the calendar'],
  ['x,2026-11-27,BUY,ACME,1,1,USD,,,', 'date', 'in the future'],
  ['x,1066-10-14,BUY,ACME,1,1,USD,,,', 'date', 'before 1900'],
  ['x,2026-01-05,BORROW,ACME,1,1,USD,,,', 'action', 'does not know'],
  ['x,2026-01-05,,ACME,1,1,USD,,,', 'action', 'is empty'],
  ['x,2026-01-05,BUY,,1,1,USD,,,', 'symbol', 'names no instrument'],
  ['x,2026-01-05,BUY,ACME,,1,USD,,,', 'quantity', 'is empty'],
  ['x,2026-01-05,BUY,ACME,1,1,XQQ,,,', 'currency', 'not a currency'],
  ['x,2026-01-05,BUY,ACME,1,1,USD,1,EUU,', 'fee_currency', 'not a currency'],
  ['x,2026-01-05,BUY,ACME,1,1,USD,-1,,', 'fee', 'a rebate'],
  ['x,2026-01-05,BUY,=HYPERLINK("x"),1,1,USD,,,', 'cell 4', 'quote'],
  ['x,2026-01-05,BUY,=1+1,1,1,USD,,,', 'symbol', 'a formula'],
  ['x,2026-01-05,BUY,ACME,1,1', 'line', 'the line has 6 cells, the header 10'],
  ['x,2026-01-05,BUY,ACME,1,1,USD,,,,surplus', 'line', 'the line has 11 cells'],
  ['"x,2026-01-05,BUY,ACME,1,1,USD,,,', 'cell 1', 'never closed'],
  ['x,2026-01-05,BUY,AC\uFFFDME,1,1,USD,,,', 'symbol', 'no text in the encoding'],
  ['x,2026-01-05,BUY,AC\u0000ME,1,1,USD,,,', 'symbol', 'control characters'],
  ['x,2026-01-05,deposit,,,,USD,,,0', 'amount', 'the amount is zero'],
  ['good,2026-01-05,BUY,ACME,2,1,USD,,,', 'external_id', 'in row 2 already, with other content'],
])('%j is refused at %s', (line, column, reason) => {
  const file = read('generic', HEADER, 'good,2026-01-05,BUY,ACME,1,1,USD,,,', line);
  expect(file.problems.map((problem) => [problem.row, problem.column])).toContainEqual([3, column]);
  expect(faults(file).join('\n')).toContain(reason);
  expect(file.rows).toHaveLength(1);
});

test('all that is wrong with a row is said at once', () => {
  expect(read('generic', HEADER, 'x,2027-01-05,BUY,ACME,0,-1,XQQ,,,').problems.map(({ column }) => column)).toEqual(['date', 'quantity', 'currency', 'price']);
});

test('a file without a column that the layout needs is refused by the column', () => {
  expect(read('generic', 'date,action,symbol,quantity,price', '2026-01-05,BUY,ACME,1,1').problems).toEqual([{ row: 1, column: 'currency', reason: expect.stringContaining('there is no such column') }]);
  expect(read('schwab', 'a,b', '1,2').problems.map(({ column }) => column)).toContain('Fees & Comm');
  expect(read('generic', '').problems).toEqual([{ row: 0, column: 'file', reason: 'the file is empty' }]);
});

test('rows without ids get names that the same file gives again, and twins get two', () => {
  const lines = ['date,action,symbol,quantity,price,currency', '2026-01-05,BUY,ACME,1,2,USD', '2026-01-05,BUY,ACME,1.0,2.00,USD', '2026-01-06,BUY,ACME,1,2,USD'];
  const file = read('generic', ...lines);
  expect(file.rows.map(({ externalId }) => externalId.slice(-2))).toEqual(['-1', '-2', '-1']);
  expect(file.warnings).toEqual([{ row: 3, column: 'externalId', reason: 'the same as row 2: booked as a twin of it' }]);
  expect(read('generic', ...lines)).toEqual(file);
  const elsewhere = readText(lines.join('\n'), layoutNamed('generic'), { ...options, portfolioId: 'prt_2' });
  expect(elsewhere.rows[0]?.externalId).not.toBe(file.rows[0]?.externalId);
});

test('twins under ids of their own are allowed with a warning; the same id with the same content is read once', () => {
  const file = read('generic', HEADER, 'a,2026-01-05,BUY,ACME,1,1,USD,,,', 'b,2026-01-05,BUY,ACME,1,1,USD,,,', 'a,2026-01-05,BUY,ACME,1,1,USD,,,');
  expect(file.rows.map(({ externalId }) => externalId)).toEqual(['a', 'b']);
  expect([file.problems, file.repeated]).toEqual([[], 1]);
  const fees = read('generic', HEADER, 'a,2026-01-05,BUY,ACME,1,1,USD,1,EUR,', 'a,2026-01-05,BUY,ACME,1,1,USD,2,EUR,');
  expect(faults(fees)).toEqual(['3 external_id: a is in row 2 already, with other content']);
  expect(file.warnings.map(({ row, reason }) => [row, reason])).toEqual([[3, 'the same as row 2, under another id: booked as a twin of it'], [4, 'a is in row 2 already, with the same content: read once']]);
});

test('a mapping that cannot be used says where it is wrong', () => {
  const mapping = (over: object) => () => layoutOf(JSON.stringify({ name: 'mine', title: 'Mine', dates: ['DD.MM.YYYY'], tables: [{ columns: { date: 'Datum', currency: { value: 'EUR' }, quantity: 'Stück', price: 'Kurs', symbol: 'Titel' }, everyRow: 'TRADE' }], ...over }));
  expect(mapping({})).not.toThrow();
  expect(mapping({ dates: ['DD.MM.YY'] })).toThrow('dates.0: a day is written with YYYY');
  expect(mapping({ numbers: { decimal: ',', thousands: ',' } })).toThrow('numbers: decimals and thousands cannot have the same mark');
  expect(mapping({ tables: [] })).toThrow('tables');
  expect(mapping({ colums: {} })).toThrow('colums');
  expect(mapping({ tables: [{ columns: { date: 'D', currency: 'C' } }] })).toThrow('tables.0: give `columns.action` with `actions`, or `everyRow`');
  expect(() => layoutOf('{')).toThrow('the mapping is not JSON');
  expect(() => layoutNamed('nobody')).toThrow(layoutNames().join(', '));
});

test('the mapping that the page of the books shows can be used', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/books.md'), 'utf8');
  const json = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = '']) => block).find((block) => block.includes('"my-bank"')) ?? '';
  const file = readText('Datum;Art;Titel;Stück;Kurs;Betrag;Ordernummer;Provision;Steuer\n05.01.2026;Kauf Inland;Müller AG;1.000;1,25;-1.259,90;A-1;9,90;\n06.01.2026;Storno;Müller AG;1;1;1;A-2;;', layoutOf(json), options);
  expect(faults(file)).toEqual([]);
  expect(short(file)).toEqual(['BUY 2026-01-05 MUE 1000 1.25 EUR COMMISSION 9.9 EUR']);
});

test('a mapping says what becomes of a fee in another currency than the trade: a cost of it, a row of its own, or a reason to refuse the row', () => {
  const by = (foreignFees?: string) => readText('date,symbol,quantity,price,fee,of\n2026-01-05,ACME,10,5,1.50,EUR', layoutOf(JSON.stringify({ name: 'mine', title: 'Mine', dates: ['YYYY-MM-DD'], ...(foreignFees !== undefined && { foreignFees }),
    tables: [{ columns: { date: 'date', currency: { value: 'USD' }, quantity: 'quantity', price: 'price', symbol: 'symbol' }, everyRow: 'BUY', fees: [{ amount: 'fee', currency: 'of' }] }] })), options);
  const one = ['BUY 2026-01-05 ACME 10 5 USD COMMISSION 1.5 EUR'];
  expect([short(by()), short(by('WITH_TRADE')), short(by('SEPARATE'))]).toEqual([one, one, ['BUY 2026-01-05 ACME 10 5 USD', 'FEE 2026-01-05 ACME 1.5 EUR']]);
  expect(faults(by('REFUSE'))).toEqual(['2 of: a fee in EUR, and the trade is in USD: the layout refuses that']);
  // it is the same trade, whichever it is
  expect(by().rows[0]?.externalId).toBe(by('SEPARATE').rows[0]?.externalId);
});

test('a mapping of one’s own reads what no shipped one does', () => {
  const own = layoutOf(JSON.stringify({ name: 'mine', title: 'Mine', encoding: 'windows-1252', delimiter: ';', dates: ['DD.MM.YYYY'], numbers: { decimal: ',', thousands: '.' }, symbols: { 'Müller AG': 'MUE' },
    tables: [{ columns: { date: 'Datum', currency: { value: 'EUR' }, quantity: 'Stück', price: 'Kurs', symbol: 'Titel', amount: 'Betrag' }, everyRow: 'TRADE', feeIsRestOfAmount: true }] }));
  const bytes = Buffer.from('Datum;Titel;Stück;Kurs;Betrag\n05.01.2026;Müller AG;1.000;1,25;-1.259,90\n06.01.2026;Müller AG;-10;2;19,5', 'latin1');
  const file = readBytes(bytes, own, options);
  expect(faults(file)).toEqual([]);
  expect(short(file)).toEqual(['BUY 2026-01-05 MUE 1000 1.25 EUR COMMISSION 9.9 EUR', 'SELL 2026-01-06 MUE 10 2 EUR COMMISSION 0.5 EUR']);
  expect(readBytes(bytes, { ...own, mapping: { ...(own as Extract<typeof own, { kind: 'CSV' }>).mapping, encoding: 'utf-8' } } as typeof own, options).problems.length).toBeGreaterThan(0);
});

test('no file breaks a layout, whatever it holds', () => {
  const words = fc.constantFrom('date', 'action', 'symbol', 'quantity', 'price', 'currency', 'BUY', 'deposit', '2026-01-05', '1', '-1', 'USD', '"', ',', ';', '\n', '\r', '\uFEFF', 'Trades', 'Header', 'Data', '=1', '\u0000', '1,234.5');
  const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(words, { maxLength: 60 }).map((parts) => parts.join(',')), fc.array(words, { maxLength: 60 }).map((parts) => [HEADER, parts.join('')].join('\n')));
  const names = layoutNames();
  fc.assert(fc.property(texts, fc.constantFrom(...names), (text, name) => {
    const file = read(name, text);
    for (const { row, column, reason } of file.problems) expect([Number.isInteger(row), column !== '', reason !== '']).toEqual([true, true, true]);
  }), { numRuns: 2_000 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...names), (bytes, name) => void readBytes(bytes, layoutNamed(name), options)), { numRuns: 1_000 });
});

/** What brokers and vendors send: transactions as CSV in their layouts, as OFX, mappings of people's own, prices, rates. */
import { decimal } from '@pms/money';
import { csvRecords } from '@pms/tables/csv';
import fc from 'fast-check';
import { fxTable } from '../../../subgraphs/rttm/src/domain/fx-rates.ts';
import { type PriceLayout, priceFile } from '../../../subgraphs/rttm/src/domain/price-layouts.ts';
import { readCloses } from '../../../subgraphs/rttm/src/domain/prices.ts';
import { importKinds, type ImportFile, type ImportRow, layoutNamed, layoutNames, layoutOf, MappingError, readBytes, readText } from '../../../subgraphs/trade-capture/src/layouts/read.ts';
import { shippedMappings } from '../../../subgraphs/trade-capture/src/layouts/shipped.ts';
import { mutatedBytes, mutatedJson, mutatedText } from '../support/mutated.ts';
import { isPolluted } from '../support/odd.ts';
import { must, outcome, target } from '../support/target.ts';

const options = { portfolioId: 'prt_1', today: '2026-11-26', recordsMax: 1_000 };
const KINDS: ReadonlySet<string> = new Set(importKinds);
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isText = (value: unknown): boolean => value === null || typeof value === 'string';

/** A row that would be booked holds what its type says, whatever the file said. */
function soundRow(row: ImportRow): void {
  must(KINDS.has(row.kind), 'a row is of a known kind', row);
  must(DAY.test(row.date) && row.date <= options.today, 'a row has a day that has begun', row.date);
  must(/^[A-Z]{3}$/.test(row.currency), 'a row has a currency', row.currency);
  for (const figure of [row.quantity, row.price, row.amount, row.withheld, ...row.fees.map(({ amount }) => amount)]) if (figure !== null) decimal(figure);
  must(typeof row.externalId === 'string' && row.externalId !== '', 'a row has a name', row);
  must([...Object.values(row.instrument ?? {}), row.note].every(isText), 'names are text', row);
  must((row.kind === 'BUY' || row.kind === 'SELL') === (row.quantity !== null), 'trades, and they alone, have a quantity', row);
}

function soundFile({ rows, problems, leftOut, warnings }: ImportFile, lines: number): void {
  for (const row of rows) soundRow(row);
  for (const { row, column, reason } of [...problems, ...leftOut, ...warnings]) must(row >= 0 && row <= lines && typeof column === 'string' && typeof reason === 'string' && reason !== '', 'a problem has its place', { row, column, reason });
  must(new Set(rows.map(({ externalId }) => externalId)).size === rows.length, 'names of rows are unique', rows.length);
}

const linesOf = (text: string): number => text.split(/\r\n?|\n/).length;

const broker = [
  'external_id,date,action,symbol,quantity,price,currency,fee,amount,tax_withheld\nd1,2026-01-02,deposit,,,,USD,,1000,\nt1,2026-01-05,BUY,acme,10,12.5,USD,1.50,,\nv1,2026-02-01,dividend,ACME,,,USD,,8,1.2',
  '"Buy/Sell","TradeDate","ISIN","Symbol","Quantity","TradePrice","CurrencyPrimary","IBCommission","IBCommissionCurrency","TradeID"\n"BUY","20260522","US0378331005","AAPL","7","182.7","USD","-1","USD","9001"\n"SELL","20260609","US0378331005","AAPL","-3","195.42","USD","-0.979","CHF","9002"',
  'Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code\nTrades,Data,Order,Stocks,USD,AAPL,"2026-01-05, 10:30:00","1,000",181.5,182,-181500,-1,181501,0,500,O\nDividends,Header,Currency,Date,Description,Amount\nDividends,Data,USD,2026-02-10,AAPL(US0378331005) Cash Dividend USD 0.24 per Share (Ordinary Dividend),240',
  'Date,Time,Product,ISIN,Reference exchange,Venue,Quantity,Price,,Local value,,Value,,Exchange rate,Transaction and/or third,,Total,,Order ID\n15-01-2026,09:04,VANGUARD FTSE,IE00B3RBWM25,EAM,XAMS,-6,110.00,EUR,660.00,EUR,660.00,EUR,,-2.00,EUR,658.00,EUR,abc-1',
  'Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,Currency (Result),Total,Currency (Total),Withholding tax,Currency (Withholding tax),Notes,ID,Currency conversion fee,Currency (Currency conversion fee)\nMarket buy,2026-01-05 14:30:03.613,GB00B10RZP78,ULVR,"Unilever",2.5,4210.50,GBX,100.1,,"EUR",122.00,"EUR",,,,EOF1,0.18,"EUR"',
  '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"\n"08/22/2026","Sell","FIHBX","HIGH YIELD","592.199","$8.46","$10.00","$5,000.00"\n"08/15/2026 as of 08/14/2026","Reinvest Shares","SNSXX","TREASURY","1,215.46","$1.00","","-$1,215.46"',
];
const inheritedNames = 'external_id,date,action,symbol,quantity,price,currency,fee,amount,tax_withheld\nt1,2026-01-05,BUY,constructor,10,12.5,USD,1.50,,\nt2,2026-01-05,BUY,__proto__,10,12.5,USD,,,';
const columns = [...new Set(broker.flatMap((file) => file.split(/[,\n]/)))].filter((word) => word !== '');
const brokerWords = [',', '\n', '"', ';', 'BUY', 'SELL', 'dividend', 'Header', 'Data', 'Total', 'USD', 'GBX', 'XXX', '2026-01-05', '0', '-1', ...columns];
const layouts = fc.constantFrom(...layoutNames().filter((name) => name !== 'ofx'));

const csvImports = target<readonly [string, string]>({
  name: 'broker-csv', says: 'every row that would be booked is sound; every other has its line, its column and a reason',
  inputs: fc.tuple(layouts, mutatedText([...broker, inheritedNames], brokerWords)),
  holds: ([layout, text]) => soundFile(readText(text, layoutNamed(layout), options), linesOf(text)),
  growing: {
    'rows': (size) => ['generic', `${(broker[0] ?? '').split('\n')[0]}\n${Array.from({ length: Math.min(size, 900) }, (_, at) => `t${at},2026-01-05,BUY,acme,10,12.5,USD,1.50,,`).join('\n')}`],
    'rows of one name': (size) => ['generic', `${(broker[0] ?? '').split('\n')[0]}\n${'t1,2026-01-05,BUY,acme,10,12.5,USD,1.50,,\n'.repeat(Math.min(size, 900))}`],
    'sections': (size) => ['ibkr-activity', 'Nothing,Data,1\n'.repeat(Math.min(size, 900))],
  },
});

const OFX = `OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nCHARSET:1252\n\n<OFX>
<INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><INVSTMTRS><DTASOF>20261120<CURDEF>USD<INVACCTFROM><BROKERID>broker.example<ACCTID>42</INVACCTFROM>
<INVTRANLIST><DTSTART>20260101<DTEND>20261120
<BUYSTOCK><INVBUY><INVTRAN><FITID>b1<DTTRADE>20260105120000.000[-5:EST]<MEMO></INVTRAN><SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID><UNITS>10<UNITPRICE>150.25<COMMISSION>4.95<FEES>0.02<TOTAL>-1507.47<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVBUY><BUYTYPE>BUY</BUYSTOCK>
<INCOME><INVTRAN><FITID>i1<DTTRADE>20260205</INVTRAN><SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID><INCOMETYPE>DIV<TOTAL>2.40<SUBACCTSEC>CASH<SUBACCTFUND>CASH<WITHHOLDING>0.36</INCOME>
<INVBANKTRAN><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>5000,00<FITID>c1<NAME>Wire</STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>
</INVTRANLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>
<SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID><SECNAME>Apple &amp; Co<TICKER>AAPL</SECINFO></STOCKINFO></SECLIST></SECLISTMSGSRSV1>
</OFX>`;
const OFX_XML = `<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><CURDEF>USD</CURDEF><INVACCTFROM><BROKERID>b</BROKERID><ACCTID>1</ACCTID></INVACCTFROM><INVTRANLIST>
<SELLSTOCK><INVSELL><INVTRAN><FITID>s1</FITID><DTTRADE>20260301</DTTRADE></INVTRAN><SECID><UNIQUEID>US0378331005</UNIQUEID><UNIQUEIDTYPE>ISIN</UNIQUEIDTYPE></SECID><UNITS>-4</UNITS><UNITPRICE>160</UNITPRICE><TOTAL>640.00</TOTAL></INVSELL><SELLTYPE>SELL</SELLTYPE></SELLSTOCK>
</INVTRANLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>`;
const ofxWords = ['<OFX>', '</OFX>', '<INVBUY>', '</INVBUY>', '<UNITS>', '<TOTAL>', '<FITID>', '<SECID>', '</SECID>', '<!--', '-->', '<![CDATA[', ']]>', '&amp;', '&#65;', '&#x1F4A9;', '&constructor;', '&__proto__;', '<?', '/>', '<a b="c">', '20260105', '-1', '0'];

const ofx = target<Uint8Array>({
  name: 'ofx', says: 'every row that would be booked is sound; whatever else stands in a document is refused with its line',
  inputs: mutatedBytes([OFX, OFX_XML], ofxWords),
  holds: (bytes) => soundFile(readBytes(bytes, layoutNamed('ofx'), options), Number.MAX_SAFE_INTEGER),
  growing: {
    'transactions': (size) => Buffer.from(OFX.replace(/<BUYSTOCK>.*<\/BUYSTOCK>/, (found) => found.repeat(size))),
    'nesting': (size) => Buffer.from(`<OFX>${'<A>'.repeat(size)}`),
    'elements that are not closed': (size) => Buffer.from(`<OFX>${'<A>\n<B>x\n'.repeat(size)}</OFX>`),
    'comments': (size) => Buffer.from(`<OFX><A>${'<!-- x -->'.repeat(size)}</OFX>`),
    'comments that are not closed': (size) => Buffer.from(`<OFX><A>${'<!--'.repeat(size)}</OFX>`),
    'entities': (size) => Buffer.from(`<OFX><A>${'&amp;'.repeat(size)}</OFX>`),
    'securities': (size) => Buffer.from(OFX.replace(/<STOCKINFO>.*<\/STOCKINFO>/, (found) => found.repeat(size)).replace(/<INCOME>.*<\/INCOME>/, (found) => found.repeat(size))),
  },
});

const mappings = target<unknown>({
  name: 'mappings', says: 'a mapping is used or refused with its place, and what it reads is sound',
  inputs: fc.oneof({ weight: 3, arbitrary: mutatedJson([...shippedMappings().values()]) }, { weight: 1, arbitrary: mutatedText([JSON.stringify([...shippedMappings().values()][0])], ['{', '}', '"', ':', ',', '[', ']']) }),
  holds(content) {
    const made = outcome(() => layoutOf(typeof content === 'string' ? content : JSON.stringify(content) ?? ''), MappingError);
    must(!isPolluted(), 'no object has what a mapping put into all of them');
    if ('refused' in made) return must(made.refused.message.length > 20, 'a refusal is a sentence', made.refused.message);
    for (const text of broker) soundFile(readText(text, made.value, options), linesOf(text));
  },
});

const prices = ['date,open,high,low,close,volume\n2026-11-20,1,2,0.5,1.5,100\n2026-11-21,,,,1.6,', 'Date,Open,High,Low,Close,Adj Close,Volume\n2026-11-20,1,2,0.5,1.5,1.4,100\n2026-11-21,null,null,null,null,null,null', '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nAAPL.US,D,20261120,000000,1,2,0.5,1.5,100,0', 'timestamp,open,high,low,close,volume\n2026-11-20,1,2,0.5,1.5,100'];
const priceLayouts: readonly (PriceLayout | null)[] = [null, 'PLAIN', 'STOOQ', 'STOOQ_BULK', 'YAHOO', 'ALPHA_VANTAGE'];

const priceImports = target<readonly [PriceLayout | null, string]>({
  name: 'prices', says: 'a price that would be recorded is above zero and of a day that has begun; every other line has a reason',
  inputs: fc.tuple(fc.constantFrom(...priceLayouts), mutatedText(prices, [',', '\n', 'null', 'N/D', '-', '<date>', 'adj close', '0', '1.5', '2026-11-20', '20261120', 'D', 'W'])),
  holds([layout, text]) {
    const { records: [header, ...records] } = csvRecords(text, { recordsMax: 1_000 });
    const file = priceFile(header?.cells ?? [], records.map(({ line, cells }) => ({ row: line, cells })), layout);
    const { closes, problems } = readCloses(file.rows, options.today);
    for (const { date, close } of closes) must(close.greaterThan(0) && DAY.test(date) && date <= options.today, 'a price is above zero', { date, close });
    must([...problems, ...file.problems].every(({ reason }) => reason !== ''), 'a problem has its reason');
  },
  growing: { 'days': (size) => ['PLAIN', `date,close\n${'2026-11-20,1\n'.repeat(Math.min(size, 900))}`], 'columns': (size) => ['PLAIN', `${'date,'.repeat(Math.min(size, 490))}close\n${'1,'.repeat(Math.min(size, 490))}1`] },
});

const rates = target<string>({
  name: 'fx-rates', says: 'a table of rates is read, or each line of it has its reason',
  inputs: mutatedText(['date,base,quote,rate\n2026-11-20,EUR,USD,1.0812\n', 'Date,USD,JPY,GBP,\n2026-11-20,1.0812,N/A,0.85,\n', 'date,USD\n20 November 2026,1.08\n'], [',', '\n', 'N/A', 'USD', 'EUR', 'date', 'rate', '1.5', '-1', '0']),
  holds(text) {
    const { records: [header, ...records] } = csvRecords(text, { recordsMax: 1_000 });
    const table = fxTable(header?.cells ?? [], records.map(({ line, cells }) => ({ row: line, cells })), 'EUR');
    must(table.rows.every((row) => Object.values(row).every((value) => value == null || typeof value === 'string' || typeof value === 'number')), 'rows hold text', table.rows);
    must(table.problems.every(({ reason }) => reason !== ''), 'a problem has its reason');
  },
});

export const imports = [csvImports, ofx, mappings, priceImports, rates];

/** OFX investment statements in both versions: what would be booked, what is refused, and that no document breaks the reader. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutNamed, readBytes, readText } from '../src/layouts/read.ts';

const options = { portfolioId: 'prt_1', today: '2026-11-26', recordsMax: 10_000 };
const read = (text: string) => readText(text, layoutNamed('ofx'), options);
const faults = ({ problems }: ReturnType<typeof read>) => problems.map(({ row, column, reason }) => `${row} ${column}: ${reason}`);

const SGML_HEAD = 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n';
const sgml = (transactions: string): string => `${SGML_HEAD}<OFX>
<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20261120<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><INVSTMTRS><DTASOF>20261120<CURDEF>USD<INVACCTFROM><BROKERID>broker.example<ACCTID>42</INVACCTFROM>
<INVTRANLIST><DTSTART>20260101<DTEND>20261120
${transactions}
</INVTRANLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>
<SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID><SECNAME>Apple &amp; Co<TICKER>AAPL</SECINFO></STOCKINFO></SECLIST></SECLISTMSGSRSV1>
</OFX>`;
const SECID = '<SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID>';
const TRAN = (id: string) => `<INVTRAN><FITID>${id}<DTTRADE>20260105120000.000[-5:EST]<MEMO></INVTRAN>`;
const BUY = `<BUYSTOCK><INVBUY>${TRAN('b1')}${SECID}<UNITS>10<UNITPRICE>150.25<COMMISSION>4.95<FEES>0.02<TOTAL>-1507.47<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVBUY><BUYTYPE>BUY</BUYSTOCK>`;
const SELL = `<SELLSTOCK><INVSELL>${TRAN('s1')}${SECID}<UNITS>-4<UNITPRICE>160<TOTAL>640.00<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVSELL><SELLTYPE>SELL</SELLSTOCK>`;

test('a statement of version 1, in which values have no end', () => {
  const income = `<INCOME>${TRAN('i1')}${SECID}<INCOMETYPE>DIV<TOTAL>2.40<SUBACCTSEC>CASH<SUBACCTFUND>CASH<WITHHOLDING>0.36</INCOME>`;
  const reinvest = `<REINVEST>${TRAN('r1')}${SECID}<INCOMETYPE>DIV<TOTAL>-15.50<SUBACCTSEC>CASH<UNITS>0.1<UNITPRICE>155</REINVEST>`;
  const bank = '<INVBANKTRAN><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>5000,00<FITID>c1<NAME>Wire</STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>';
  const file = read(sgml([BUY, SELL, income, reinvest, bank].join('\n')));
  expect(faults(file)).toEqual([]);
  expect(file.warnings).toEqual([]);
  expect(file.rows.map(({ kind, date, quantity, price, amount, withheld, fees, externalId }) => [kind, date, quantity, price, amount, withheld, fees.map((fee) => `${fee.kind} ${fee.amount}`).join(), externalId])).toEqual([
    ['DEPOSIT', '2026-01-02', null, null, '5000', null, '', 'ofx:broker.example:42:c1'],
    ['BUY', '2026-01-05', '10', '150.25', null, null, 'COMMISSION 4.95,OTHER 0.02', 'ofx:broker.example:42:b1'],
    ['SELL', '2026-01-05', '4', '160', null, null, '', 'ofx:broker.example:42:s1'],
    ['DIVIDEND', '2026-01-05', null, null, '2.4', '0.36', '', 'ofx:broker.example:42:i1'],
    ['DIVIDEND', '2026-01-05', null, null, '15.5', null, '', 'ofx:broker.example:42:r1:income'],
    ['BUY', '2026-01-05', '0.1', '155', null, null, '', 'ofx:broker.example:42:r1'],
  ]);
  expect(file.rows[1]?.instrument).toEqual({ id: null, isin: 'US0378331005', symbol: 'AAPL', mic: null });
});

/** The same document, with every value closed. */
const asXml = (text: string): string => text.replace(SGML_HEAD, '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>\n').replace('<MEMO>', '<MEMO/>').replaceAll(/<([A-Z0-9]+)>([^<>\n]+)(?=\n|<(?!\/\1>))/g, '<$1>$2</$1>');

test('version 2 says the same in XML', () => {
  const strip = ({ rows }: ReturnType<typeof read>) => rows.map((row) => ({ ...row, row: 0 }));
  const xml = read(asXml(sgml(BUY)));
  expect(faults(xml)).toEqual([]);
  expect(strip(xml)).toEqual(strip(read(sgml(BUY))));
  expect(readBytes(Buffer.from(asXml(sgml(BUY)).replaceAll('\n', '\r\n'), 'utf16le').subarray(0), layoutNamed('ofx'), options).problems.length).toBeGreaterThan(0);
  expect(readBytes(Buffer.from(`\uFEFF${asXml(sgml(BUY))}`, 'utf16le'), layoutNamed('ofx'), options).rows).toHaveLength(1);
});

test.each([
  [BUY.replace('<UNITS>10', '<UNITS>0'), 'UNITS: the quantity is zero'],
  [BUY.replace('<UNITS>10', '<UNITS>-1'), 'UNITS: a purchase of -1'],
  [BUY.replace('150.25', '-1'), 'UNITPRICE: the price -1 is not above zero'],
  [BUY.replace('20260105', '20261305'), 'DTTRADE: "20261305" is not a day of the calendar'],
  [BUY.replace('20260105', '20270105'), 'DTTRADE: 2027-01-05 is in the future'],
  [BUY.replace('<FITID>b1', ''), 'FITID: is empty'],
  [BUY.replace('037833100<UNIQUEIDTYPE>CUSIP', '99<UNIQUEIDTYPE>OTHER'), 'UNIQUEID: "99" is in no list of securities'],
  [BUY.replace('<UNITS>10', ''), 'UNITS: is empty'],
  [BUY.replace('4.95', '-4.95'), 'COMMISSION: a fee of -4.95'],
  ['<SPLIT><INVTRAN><FITID>x</INVTRAN></SPLIT>', 'SPLIT: SPLIT is a transaction that is not read'],
  ['<BUYOPT><INVBUY><FITID>x</INVBUY></BUYOPT>', 'BUYOPT: BUYOPT is a transaction that is not read'],
])('%s is refused by its line and its element', (transaction, fault) => {
  const file = read(sgml(`${SELL}\n${transaction}`));
  expect(faults(file).join()).toContain(`16 ${fault}`);
  expect(file.rows.map(({ kind }) => kind)).toEqual(['SELL']);
});

test('a total that does not fit units, price and fees is worth a look', () => {
  expect(read(sgml(SELL.replace('640.00', '600.00'))).warnings).toEqual([{ row: 15, column: 'TOTAL', reason: 'units at their price with their fees come to 640, and the file says 600' }]);
});

test.each([
  ['', 'there is no <OFX> element'], ['<OFX><A>', 'the document ends within <A>'], ['<OFX></B></OFX>', '</B> closes nothing'], ['<OFX><A b="c">1</A></OFX>', 'attributes'],
  ['<!DOCTYPE x><OFX></OFX>', 'document type'], ['<OFX><![CDATA[x</OFX>', 'not closed'], [`<OFX>${'<A>'.repeat(100)}`, 'nested at most 32 deep'], [`<OFX><A>${'x'.repeat(20_000)}</OFX>`, 'at most 10000 characters'],
  ['<?xml version="1.0"?><OFX><A>1<B>2</B></OFX>', '<A> is not closed'], ['<OFX></OFX>', 'no investment statement'], ['<OFX><INVSTMTRS><INVACCTFROM><ACCTID>1</INVACCTFROM></INVSTMTRS><INVSTMTRS><INVACCTFROM><ACCTID>2</INVACCTFROM></INVSTMTRS></OFX>', 'statements of 2 accounts'],
  ['<OFX><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS></OFX>', 'the sender reports error 15500 Signon invalid'],
])('the document %s is refused', (text, reason) => expect(faults(read(text)).join()).toContain(reason));

test('no document breaks the reader, however it is cut or stirred', () => {
  const whole = sgml([BUY, SELL].join('\n'));
  fc.assert(fc.property(fc.nat(whole.length), fc.nat(whole.length), fc.string({ unit: 'binary', maxLength: 5 }), (from, to, put) => {
    const file = read(whole.slice(0, Math.min(from, to)) + put + whole.slice(Math.max(from, to)));
    for (const { row, column, reason } of file.problems) expect([row >= 0, column !== '', reason !== '']).toEqual([true, true, true]);
  }), { numRuns: 1_000 });
  const tags = fc.constantFrom('<OFX>', '</OFX>', '<INVSTMTRS>', '</INVSTMTRS>', '<INVTRANLIST>', '<BUYSTOCK>', '<INVBUY>', '<UNITS>1', '</UNITS>', '<A/>', 'x', '<', '&#999999;', '<!--', '-->', '<![CDATA[', ']]>', '<?xml?>');
  fc.assert(fc.property(fc.array(tags, { maxLength: 80 }), (parts) => void read(parts.join(''))), { numRuns: 2_000 });
});

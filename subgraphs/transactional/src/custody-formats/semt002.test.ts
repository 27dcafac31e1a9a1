/** semt.002 in several versions, in and out of an envelope, and what is wrong with some of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Problem } from '../domain/custody/statement.ts';
import { StatementUnreadable } from './problems.ts';
import { semt002Statements } from './semt002.ts';

const balance = ({ id = '<ISIN>US0378331005</ISIN>', quantity = '<Qty><Qty><Unit>100</Unit></Qty></Qty>', more = '' } = {}) =>
  `<BalForAcct>\n<FinInstrmId>${id}<Desc>APPLE</Desc></FinInstrmId>\n<AggtBal>${quantity}</AggtBal>${more}</BalForAcct>`;
const report = (body: string, { version = '08', page = '<Pgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></Pgntn>', day = '<Dt>2026-11-20</Dt>', basis = 'SETT', update = 'COMP' } = {}) =>
  `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:semt.002.001.${version}"><SctiesBalCtdyRpt>${page}
<StmtGnlDtls><StmtId>S1</StmtId><StmtDtTm>${day}</StmtDtTm><Frqcy><Cd>DAIL</Cd></Frqcy><UpdTp><Cd>${update}</Cd></UpdTp><StmtBsis><Cd>${basis}</Cd></StmtBsis><ActvtyInd>true</ActvtyInd></StmtGnlDtls>
<SfkpgAcct><Id>ACC1</Id></SfkpgAcct>
${body}</SctiesBalCtdyRpt></Document>`;
const problemsOf = (text: string): readonly Problem[] => {
  try {
    semt002Statements(text);
  } catch (error) {
    if (error instanceof StatementUnreadable) return error.problems;
    throw error;
  }
  return [];
};

test.each([['03', '<ShrtLngInd>LONG</ShrtLngInd><Qty><Qty><Unit>100</Unit></Qty></Qty>'], ['08', '<Qty><Qty><Unit>100</Unit></Qty></Qty>'], ['11', '<Qty><Unit>100.00</Unit></Qty>']])('version %s is read', (version, quantity) => {
  const [statement] = semt002Statements(`<?xml version="1.0" encoding="UTF-8"?>\n${report(balance({ quantity, more: '<AvlblBal><Qty><Unit>80</Unit></Qty></AvlblBal><NotAvlblBal><Qty><Unit>20</Unit></Qty></NotAvlblBal><PricDtls><Tp><Cd>MRKT</Cd></Tp><Val><Amt Ccy="USD">187.25</Amt></Val></PricDtls>' }), { version })}`);
  expect(statement).toMatchObject({ account: 'ACC1', statedOn: '2026-11-20', basis: 'SETTLED', reference: 'S1', cash: null, holdings: [{ isin: 'US0378331005', description: 'APPLE', price: { currency: 'USD' } }] });
  const [apple] = statement?.holdings ?? [];
  expect([apple?.quantity, apple?.available, apple?.notAvailable].map(String)).toEqual(['100', '80', '20']);
});

test('prefixes, envelopes, pages, short balances, face amounts, tickers and sub-accounts are read', () => {
  const one = report(balance({ quantity: '<ShrtLngInd>SHOR</ShrtLngInd><Qty><Qty><FaceAmt>5</FaceAmt></Qty></Qty>' }), { page: '<Pgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></Pgntn>', day: '<DtTm>2026-11-20T23:00:00Z</DtTm>' });
  const two = report(balance({ id: '<OthrId><Id>msft</Id><Tp><Cd>TIKR</Cd></Tp></OthrId><OthrId><Id>594918104</Id><Tp><Cd>CUSP</Cd></Tp></OthrId>' }), { page: '<Pgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></Pgntn>', day: '<DtTm>2026-11-20T23:00:00Z</DtTm>' });
  const [statement] = semt002Statements(`<Msg><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.01"><Fr/></AppHdr>${one}${two}</Msg>`);
  expect(statement?.holdings.map(({ isin, symbol, identifier, quantity }) => [isin, symbol, identifier, quantity.toFixed()])).toEqual([['US0378331005', null, null, '-5'], [null, 'MSFT', '594918104', '100']]);
  const sub = report('<SubAcctDtls><SfkpgAcct><Id>SUB</Id></SfkpgAcct><BalForSubAcct><FinInstrmId><ISIN>US0378331005</ISIN></FinInstrmId><AggtBal><Qty><Unit>1</Unit></Qty></AggtBal></BalForSubAcct></SubAcctDtls>', { basis: 'CONT' });
  const prefixed = sub.replaceAll(/<(\/?)(\w)/g, '<$1x:$2').replace('xmlns=', 'xmlns:x=');
  expect(semt002Statements(prefixed)).toMatchObject([{ account: 'SUB', basis: 'CONTRACTUAL', holdings: [{ isin: 'US0378331005' }] }]);
  expect(semt002Statements(report(''))).toMatchObject([{ account: 'ACC1', holdings: [] }]);
});

test.each([
  ['a document type with an entity', `<!DOCTYPE x [<!ENTITY e "x">]>${report('&e;')}`, { message: 'a document type is not allowed' }],
  ['an entity that is not declared', report('&e;'), { line: 4 }],
  ['an element that is not closed', report('<a>'), { line: 4 }],
  ['a second root', `${report('')}<a/>`, {}],
  ['another message', report('').replace('semt.002', 'semt.003'), { field: 'Document' }],
  ['a version that is not read', report('', { version: '02' }), { field: 'Document', message: 'version 2 of semt.002 is not read; 3 to 12 are' }],
  ['a report of changes', report('', { update: 'DELT' }), { field: 'StmtGnlDtls/UpdTp' }],
  ['a day that does not exist', report('', { day: '<Dt>2026-02-30</Dt>' }), { field: 'StmtGnlDtls/StmtDtTm' }],
  ['a page that is missing', report('', { page: '<Pgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></Pgntn>' }), { field: 'page' }],
  ['an ISIN whose check digit is wrong', report(balance({ id: '<ISIN>US0378331006</ISIN>' })), { line: 5, field: 'FinInstrmId/ISIN' }],
  ['a quantity that is none', report(balance({ quantity: '<Qty><Unit>1e3</Unit></Qty>' })), { line: 6, field: 'AggtBal', message: '"1e3" is not a number' }],
  ['two quantities', report(balance({ quantity: '<Qty><Unit>1</Unit><FaceAmt>1</FaceAmt></Qty>' })), { field: 'AggtBal' }],
  ['something else', '<html/>', { field: 'html' }],
] as const)('%s is refused by line and path', (_, text, problem) => {
  expect(problemsOf(text)[0]).toMatchObject(problem);
});

test('whatever is cut, doubled or changed in a report, reading ends in a statement or in a refusal', () => {
  const good = report(balance());
  const piece = fc.oneof(fc.constantFrom('<', '>', '</', '&', '&lt;', '<![CDATA[', ']]>', '<!--', '<?', '"', '<Qty>', '</Qty>'), fc.string({ maxLength: 6 }));
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length), fc.nat(40), piece), { minLength: 1, maxLength: 5 }), (edits) => {
    const text = edits.reduce((so, [at, cut, put]) => so.slice(0, at) + put + so.slice(at + cut), good);
    expect(() => problemsOf(text)).not.toThrow();
  }), { numRuns: 500 });
});

test('elements without end are refused, and not followed down', () => {
  expect(problemsOf('<a>'.repeat(200_000))[0]?.message).toContain('nest at most');
});

/** What custodians send: statements of holdings as SWIFT MT535, as ISO 20022 semt.002, as CSV. */
import type { Decimal } from '@pms/money';
import fc from 'fast-check';
import { readStatements, TEXT_CHARACTERS_MAX } from '../../../subgraphs/transactional/src/custody-formats/read-statements.ts';
import { StatementUnreadable } from '../../../subgraphs/transactional/src/custody-formats/problems.ts';
import type { Statement, StatementFormat } from '../../../subgraphs/transactional/src/domain/custody/statement.ts';
import { mutatedText } from '../support/mutated.ts';
import { must, outcome, target } from '../support/target.ts';

const defaults = { account: null, statedOn: null, basis: 'SETTLED' } as const;
const BASES: ReadonlySet<unknown> = new Set(['SETTLED', 'TRADED', 'CONTRACTUAL']);
const PROBLEMS_MAX = 100;

function sound({ account, statedOn, basis, holdings, cash }: Statement): void {
  must(typeof account === 'string' && account !== '', 'a statement is of an account', account);
  must(/^\d{4}-\d{2}-\d{2}$/.test(statedOn), 'a statement is of a day', statedOn);
  must(BASES.has(basis), 'a statement has a basis that there is', basis);
  for (const { isin, symbol, identifier, quantity } of holdings) {
    must([isin, symbol, identifier].some((name) => typeof name === 'string' && name !== ''), 'a holding names what is held');
    must(isNumber(quantity), 'a holding has a number', quantity);
  }
  for (const { currency, amount } of cash ?? []) must(/^[A-Z]{3}$/.test(currency) && isNumber(amount), 'cash has a currency and a number', { currency, amount });
}

const isNumber = (value: Decimal): boolean => value.isFinite();

function statementsHold(format: StatementFormat | null, text: string): void {
  const read = outcome(() => readStatements({ text, format, layout: {}, defaults }), StatementUnreadable);
  if ('value' in read) return read.value.statements.forEach(sound);
  const { problems } = read.refused as StatementUnreadable;
  const lines = text.split(/\r\n?|\n/).length;
  must(problems.length > 0 && problems.length <= PROBLEMS_MAX, 'a refusal names what is wrong, and not without end', problems.length);
  for (const { line, message } of problems) must((line === null || (line >= 1 && line <= lines + 1)) && message !== '', 'a problem has its line', { line, message, lines });
}

const MT535 = `{1:F01BANKUS33AXXX0000000000}{2:O5351200261120BANKUS33AXXX00000000002611201200N}{3:{108:STMT1}}{4:\r
:16R:GENL\r\n:28E:1/ONLY\r\n:13A::STAT//324\r\n:20C::SEME//STMT1\r\n:23G:NEWM\r\n:98A::STAT//20261120\r\n:22F::STBA//SETT\r\n:97A::SAFE//111122223333\r\n:17B::ACTI//Y\r\n:16S:GENL\r
:16R:SUBSAFE\r\n:16R:FIN\r\n:35B:ISIN US0378331005\r\nAPPLE INC\r\nCOM STK\r\n:90B::MRKT//ACTU/USD187,25\r\n:98A::PRIC//20261120\r\n:93B::AGGR//UNIT/100,\r\n:93B::AVAI//UNIT/80,\r\n:93B::NAVL//UNIT/20,\r\n:16S:FIN\r\n:16S:SUBSAFE\r\n-}{5:{CHK:0123456789AB}}`;
const mtWords = ['{1:', '{4:', '{', '}', '-}', '$', '\r\n', ':16R:', ':16S:', 'FIN', 'SUBSAFE', 'GENL', ':93B::AGGR//UNIT/', ':93C::AGGR//UNIT/AVAI/', 'N', '100,', ',', ':35B:', 'ISIN ', '/US/', ':28E:', '2/MORE', '2/LAST', ':22F::STBA//', 'TRAD', ':97A::SAFE//', ':98A::STAT//', '/TS/'];
const fins = (size: number): string => MT535.replace(/:16R:FIN[\s\S]*:16S:FIN\r\n/, (found) => found.repeat(size));

const mt535 = target<string>({
  name: 'mt535', says: 'a message is read as sound statements, or refused by line',
  inputs: mutatedText([MT535, MT535.replace('//SETT', '//constructor')], mtWords), holds: (text) => statementsHold('MT535', text),
  growing: {
    'holdings': fins, 'blocks': (size) => '{1:x}'.repeat(size), 'messages': (size) => MT535.repeat(Math.min(size, 1_000)), 'nesting': (size) => MT535.replace(':16R:FIN', ':16R:FIN\r\n'.repeat(size)),
    'fields': (size) => MT535.replace(':98A::PRIC//20261120', ':70E::HOLD//x\r\n'.repeat(size)), 'lines of a field': (size) => MT535.replace('COM STK', 'x\r\n'.repeat(size)),
    'balances of one holding': (size) => MT535.replace(':93B::AGGR//UNIT/100,', ':93C::AGGR//UNIT/AVAI/1,\r\n'.repeat(size)),
  },
});

const SEMT = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:semt.002.001.08"><SctiesBalCtdyRpt><Pgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></Pgntn>
<StmtGnlDtls><StmtId>S1</StmtId><StmtDtTm><Dt>2026-11-20</Dt></StmtDtTm><Frqcy><Cd>DAIL</Cd></Frqcy><UpdTp><Cd>COMP</Cd></UpdTp><StmtBsis><Cd>SETT</Cd></StmtBsis><ActvtyInd>true</ActvtyInd></StmtGnlDtls>
<SfkpgAcct><Id>ACC1</Id></SfkpgAcct>
<BalForAcct><FinInstrmId><ISIN>US0378331005</ISIN><OthrId><Id>AAPL</Id><Tp><Cd>TIKR</Cd></Tp></OthrId><Desc>APPLE</Desc></FinInstrmId><AggtBal><ShrtLngInd>LONG</ShrtLngInd><Qty><Qty><Unit>100</Unit></Qty></Qty></AggtBal><PricDtls><Tp><Cd>MRKT</Cd></Tp><Val><Amt Ccy="USD">187.25</Amt></Val></PricDtls></BalForAcct>
</SctiesBalCtdyRpt></Document>`;
const semtWords = ['<', '>', '</', '/>', '<Qty>', '</Qty>', '<Unit>', '<BalForAcct>', '</BalForAcct>', '<SubAcctDtls>', '<BalForSubAcct>', 'xmlns=""', 'xmlns:x="y"', 'x:', '&amp;', '&e;', '&#x0;', '<!DOCTYPE a [<!ENTITY e "x">]>', '<!ENTITY', '<![CDATA[', ']]>', '<?xml', 'SHOR', 'TRAD', 'NaN', '1e3', 'Ccy="', '2026-02-30'];

const semt002 = target<string>({
  name: 'semt002', says: 'a report is read as sound statements, or refused by line; nothing is declared or fetched',
  inputs: mutatedText([SEMT, SEMT.replace('>SETT<', '>constructor<')], semtWords), holds: (text) => statementsHold('SEMT002', text),
  growing: {
    'holdings': (size) => SEMT.replace(/<BalForAcct>.*<\/BalForAcct>/, (found) => found.repeat(size)), 'nesting': (size) => '<a>'.repeat(size), 'attributes': (size) => `<a ${Array.from({ length: size }, (_, at) => `b${at}=""`).join(' ')}/>`,
    'namespaces': (size) => `<a ${Array.from({ length: size }, (_, at) => `xmlns:b${at}="u${at}"`).join(' ')}/>`, 'text in pieces': (size) => SEMT.replace('APPLE', 'x<!-- -->'.repeat(size)), 'character data': (size) => SEMT.replace('APPLE', '<![CDATA[x]]>'.repeat(size)),
    'entities': (size) => SEMT.replace('APPLE', '&amp;'.repeat(size)), 'documents': (size) => `<M>${SEMT.replace(/<\?xml.*\?>\n/, '').repeat(Math.min(size, 300))}</M>`,
  },
});

const CSV = 'Account,As of,ISIN,Ticker,Description,Quantity,Currency,Kind\nA1,2026-11-20,US0378331005,AAPL,"Apple, Inc.","1,250.5",USD,\nA1,2026-11-20,,,,(12.34),usd,cash\n';
const csv = target<readonly [StatementFormat | null, string]>({
  name: 'statement-csv', says: 'a table is read as sound statements, or every line that cannot be is named',
  inputs: fc.tuple(fc.constantFrom('CSV' as const, 'CSV' as const, null), mutatedText([CSV], [',', '\n', '"', ';', 'account', 'quantity', 'isin', 'cash', 'USD', 'US0378331006', '1.250,5', '(', ')', '-', '2026-13-01'])),
  holds: ([format, text]) => statementsHold(format, text),
  growing: {
    'rows': (size) => ['CSV', CSV + 'A1,2026-11-20,US0378331005,AAPL,x,1,USD,\n'.repeat(size)], 'accounts': (size) => ['CSV', CSV + Array.from({ length: Math.min(size, 180) }, (_, at) => `B${at},2026-11-20,US0378331005,AAPL,x,1,USD,\n`).join('')],
    'bad rows': (size) => ['CSV', CSV + 'A1,x\n'.repeat(size)],
  },
});

const size = target<StatementFormat>({
  name: 'statement-size', says: 'a text that is too long is refused before it is read', inputs: fc.constantFrom<StatementFormat[]>('CSV', 'MT535', 'SEMT002'),
  holds(format) {
    const read = outcome(() => readStatements({ text: 'x'.repeat(TEXT_CHARACTERS_MAX + 1), format, layout: {}, defaults }), StatementUnreadable);
    must('refused' in read && read.refused.message.includes('at most'), 'it says how long a text may be');
  },
});

export const custody = [mt535, semt002, csv, size];

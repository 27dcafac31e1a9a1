/** Messages of drop copies as instructions, and names of sessions as portfolios and instruments. */
import { decimal } from '@pms/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FixMapping, instrumentOf, type NamedInstrument, portfolioOf, readingOf, termsOfReport } from './drop-copy.ts';
import { dayIn, floatIn } from './fields.ts';
import type { Reported } from './reported.ts';

const mapping: FixMapping = { accounts: new Map([['ACC1', 'prt_1']]), instruments: new Map([['865985', 'ins_apple']]) };
const raw = (text: string): string => text.replaceAll('|', '\u0001');
const trade = '17=E1|150=F|1=ACC1|55=AAPL|48=US0378331005|22=4|54=1|32=100|31=187.25|15=USD|75=20261120|';
const read = (text: string, type = '8') => readingOf(type, raw(text), mapping);
const only = (text: string, type = '8') => {
  const reading = read(text, type);
  const [instruction] = 'instructions' in reading ? reading.instructions : [];
  if (instruction === undefined) throw new Error(JSON.stringify(reading));
  return instruction;
};
const reported = (text: string, type = '8'): Reported => {
  const instruction = only(text, type);
  if (instruction.kind === 'CANCEL') throw new Error('a cancellation reports no trade');
  return instruction.trade;
};

test('a trade is read with its account, instrument, side, quantity, price, currency, day and fees', () => {
  const { kind, execId } = only(trade);
  expect([kind, execId]).toEqual(['CAPTURE', 'E1']);
  const { quantity, price, ...rest } = reported(`${trade}12=1.5|13=3|479=USD|136=2|137=0.25|138=USD|139=4|137=0.1|139=2|`);
  expect([quantity, price].map(String)).toEqual(['100', '187.25']);
  expect(rest).toMatchObject({ account: 'ACC1', instrument: { isin: 'US0378331005', symbol: 'AAPL', identifier: null }, side: 'BUY', currency: 'USD', tradeDate: '2026-11-20' });
  expect(rest.fees.map(({ kind: of, amount, currency }) => [of, amount.toFixed(), currency])).toEqual([['COMMISSION', '1.5', 'USD'], ['EXCHANGE_FEE', '0.25', 'USD'], ['TAX', '0.1', null]]);
});

test.each([['1', '0.01', '1'], ['2', '0.1', '18.725'], ['3', '5', '5']])('commission of type %s is an amount', (type, given, amount) => {
  expect(reported(`${trade}12=${given}|13=${type}|`).fees.map((fee) => fee.amount.toFixed())).toEqual([amount]);
});

test.each([['1', 'BUY'], ['2', 'SELL'], ['3', 'BUY'], ['4', 'SELL'], ['5', 'SELL'], ['6', 'SELL']])('side %s is %s', (side, ours) => {
  expect(reported(trade.replace('54=1', `54=${side}`)).side).toBe(ours);
});

test('the day of a trade without a date is the day of its time', () => {
  expect(reported(trade.replace('75=20261120|', '60=20261119-23:59:59.999|')).tradeDate).toBe('2026-11-19');
});

test('cancellations and corrections name the execution that they are about', () => {
  expect(only('17=E2|19=E1|150=H|')).toEqual({ kind: 'CANCEL', execId: 'E2', refId: 'E1' });
  expect(only(trade.replace('17=E1|150=F', '17=E3|19=E1|150=G'))).toMatchObject({ kind: 'CORRECT', execId: 'E3', refId: 'E1', trade: { side: 'BUY' } });
});

test.each([
  ['17=E1|150=0|', { ignored: 'ExecType (150) "0" reports no trade' }],
  [trade.replace('17=E1|', ''), { problem: 'ExecID (17) is missing' }],
  ['17=E2|150=H|', { problem: 'ExecRefID (19) is missing' }],
  [trade.replace('54=1', '54=7'), { problem: 'Side (54) is "7": neither a purchase nor a sale' }],
  [trade.replace('32=100', '32=0'), { problem: 'LastQty (32) is missing, or not more than zero' }],
  [trade.replace('31=187.25', '31=1e5'), { problem: 'LastPx (31) is missing, or not more than zero' }],
  [trade.replace('75=20261120', '75=20261131'), { problem: 'neither TradeDate (75) nor TransactTime (60) is a day' }],
  [`${trade}12=1|13=4|`, { problem: 'Commission (12) or its type (13) cannot be read' }],
])('%s is not captured, and it is said why', (text, reading) => {
  expect(read(text)).toMatchObject(reading);
});

test('a trade capture report is a trade for each side whose account is ours', () => {
  const both = '571=R1|487=0|32=10|31=5|75=20261120|55=ACME|552=2|54=1|37=O1|1=OTHER|54=2|37=O2|1=ACC1|12=2|13=3|';
  expect(reported(both, 'AE')).toMatchObject({ account: 'ACC1', side: 'SELL', fees: [{ kind: 'COMMISSION' }] });
  const ours = read(both.replace('1=OTHER', '1=ACC1'), 'AE');
  expect('instructions' in ours ? ours.instructions.map(({ execId }) => execId) : ours).toEqual(['R1', 'R1/2']);
  expect(reported(both.replace('1=ACC1', '1=ACC2'), 'AE')).toMatchObject({ account: 'OTHER' });
  expect(only('571=R2|572=R1|487=1|', 'AE')).toEqual({ kind: 'CANCEL', execId: 'R2', refId: 'R1' });
  expect(read('571=R3|487=0|32=1|31=1|75=20261120|', 'AE')).toMatchObject({ problem: 'the report has no side (552)' });
  expect(read(both.replace('552=2|', '552=3|54=1|1=ACC1|'), 'AE')).toMatchObject({ problem: 'the report has 3 sides (552); a trade has 2' });
});

test('an account leads to its portfolio, any other to that of "*"', () => {
  expect(portfolioOf(reported(trade), mapping)).toBe('prt_1');
  expect(() => portfolioOf(reported(trade.replace('1=ACC1', '1=X')), mapping)).toThrow('Account (1) "X" is mapped to no portfolio');
  expect(portfolioOf(reported(trade.replace('1=ACC1', '1=X')), { ...mapping, accounts: new Map([['*', 'prt_all']]) })).toBe('prt_all');
});

const apple: NamedInstrument = { id: 'ins_apple', symbol: 'AAPL', isin: 'US0378331005', mic: 'XNAS', currency: 'USD', quoteUnit: null };
const frankfurt: NamedInstrument = { ...apple, id: 'ins_apc', symbol: 'APC', mic: 'XETR', currency: 'EUR' };
const acme: NamedInstrument = { id: 'ins_acme', symbol: 'ACME', isin: null, mic: null, currency: 'USD', quoteUnit: null };

test('an instrument is found by the mapping, by ISIN, by symbol; of several listings the one of the market or the currency', () => {
  const all = [apple, frankfurt, acme];
  const found = (text: string) => instrumentOf(reported(text), mapping, all).id;
  expect(found(trade)).toBe('ins_apple');
  expect(found(trade.replace('15=USD', '15=EUR'))).toBe('ins_apc');
  expect(found(`${trade.replace('15=USD', '15=GBP')}207=XETR|`)).toBe('ins_apc');
  expect(found(trade.replace('48=US0378331005|22=4', '48=865985|22=B'))).toBe('ins_apple');
  expect(found(trade.replace('55=AAPL|48=US0378331005|22=4', '55=ACME'))).toBe('ins_acme');
  expect(() => found(trade.replace('55=AAPL|48=US0378331005|22=4', '55=NONE'))).toThrow('no instrument is known by NONE');
  expect(() => found(trade.replace('15=USD', '15=GBP'))).toThrow('several instruments are known by');
});

test('prices in pence are captured as the instrument is quoted, fees in pounds', () => {
  const inPence: NamedInstrument = { ...acme, currency: 'GBP', quoteUnit: 'GBX' };
  const inPounds: NamedInstrument = { ...acme, currency: 'GBP' };
  const report = { ...reported(trade), price: decimal('250'), currency: 'GBX', fees: [{ kind: 'COMMISSION' as const, amount: decimal('500'), currency: 'GBX' }] };
  expect(termsOfReport(report, inPence)).toMatchObject({ price: '250', currency: 'GBP', fees: [{ amount: { amount: '5', currency: 'GBP' } }] });
  expect(termsOfReport(report, inPounds)).toMatchObject({ price: '2.5', currency: 'GBP' });
  expect(termsOfReport({ ...report, price: decimal('2.5'), currency: 'GBP' }, inPence)).toMatchObject({ price: '250', currency: 'GBP' });
});

test.each([['100', '100'], ['-1.50', '-1.5'], ['.5', '0.5'], ['007', '7'], ['3.', '3'], ['', null], ['.', null], ['1e5', null], ['1,5', null]])('the float %j is %j', (text, value) => {
  expect(floatIn(text)?.toFixed() ?? null).toBe(value);
});

test('days are those of the calendar', () => {
  expect([dayIn('20240229'), dayIn('20230229'), dayIn('20261120-10:00:00'), dayIn('2026-11-20')]).toEqual(['2024-02-29', null, '2026-11-20', null]);
});

test('any fields are read, passed over or said to be wrong', () => {
  const field = fc.tuple(fc.constantFrom(1, 12, 13, 15, 17, 19, 22, 31, 32, 48, 54, 55, 60, 75, 136, 137, 139, 150, 487, 552, 571, 572), fc.oneof(fc.constantFrom('F', 'G', 'H', '0', '1', '2', '20261120', '4'), fc.string({ maxLength: 8 })));
  fc.assert(fc.property(fc.array(field, { maxLength: 25 }), fc.constantFrom('8', 'AE', 'X'), (fields, type) => {
    expect(() => readingOf(type, fields.map(([tag, value]) => `${tag}=${value}\u0001`).join(''), mapping)).not.toThrow();
  }));
});

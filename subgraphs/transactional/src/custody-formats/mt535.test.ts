/** MT535 as custodians send it, and what is wrong with some of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Problem } from '../domain/custody/statement.ts';
import { mt535Statements } from './mt535.ts';
import { StatementUnreadable } from './problems.ts';

const holding = (over: readonly string[] = []) => [
  ':16R:FIN', ':35B:ISIN US0378331005', 'APPLE INC', 'COM STK', ':90B::MRKT//ACTU/USD187,25', ':98A::PRIC//20261120', ':93B::AGGR//UNIT/100,',
  ':93B::AVAI//UNIT/80,', ':93B::NAVL//UNIT/20,', ...over, ':16S:FIN'];
const general = (over: Record<string, string | null> = {}) => {
  const fields: Record<string, string | null> = {
    ':28E:': '1/ONLY', ':13A::': 'STAT//324', ':20C::': 'SEME//STMT1', ':23G:': 'NEWM', ':98A::': 'STAT//20261120', ':22F::': 'STBA//SETT', ':97A::': 'SAFE//111122223333', ':17B::': 'ACTI//Y', ...over };
  return [':16R:GENL', ...Object.entries(fields).flatMap(([tag, value]) => (value === null ? [] : [tag + value])), ':16S:GENL'];
};
const message = (lines: readonly string[], { header = '{1:F01BANKUS33AXXX0000000000}{2:O5351200261120BANKUS33AXXX00000000002611201200N}{3:{108:STMT1}}', trailer = '{5:{CHK:0123456789AB}}', eol = '\r\n' } = {}) =>
  `${header}{4:${eol}${lines.join(eol)}${eol}-}${trailer}`;
const subsafe = (...fins: readonly (readonly string[])[]) => [':16R:SUBSAFE', ...fins.flat(), ':16S:SUBSAFE'];
const good = message([...general(), ...subsafe(holding())]);
const problemsOf = (text: string): readonly Problem[] => {
  try {
    mt535Statements(text);
  } catch (error) {
    if (error instanceof StatementUnreadable) return error.problems;
    throw error;
  }
  return [];
};

test('a statement of one holding is read with its account, day, basis, reference, balances and price', () => {
  const [statement, ...others] = mt535Statements(good);
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ account: '111122223333', statedOn: '2026-11-20', basis: 'SETTLED', reference: 'STMT1', cash: null });
  const [apple] = statement?.holdings ?? [];
  expect(apple).toMatchObject({ isin: 'US0378331005', symbol: null, identifier: null, description: 'APPLE INC COM STK' });
  expect([apple?.quantity, apple?.available, apple?.notAvailable, apple?.price?.amount].map(String)).toEqual(['100', '80', '20', '187.25']);
  expect(apple?.price?.currency).toBe('USD');
});

test('short balances, fractions, face amounts, option C, times of day and national identifiers are read', () => {
  const fins = [
    [':16R:FIN', ':35B:/US/594918104', '/TS/MSFT', 'MICROSOFT', ':93B::AGGR//UNIT/N12,5', ':16R:SUBBAL', ':93B::BLOK//UNIT/999,', ':16S:SUBBAL', ':16S:FIN'],
    [':16R:FIN', ':35B:ISIN US9128285M81', ':90A::MRKT//PRCT/98,5', ':93C::AGGR//FAMT/AVAI/1000,', ':93C::AGGR//FAMT/NAVL/500,', ':16S:FIN']];
  const [statement] = mt535Statements(message([...general({ ':98A::': null, ':98C::': 'STAT//20261120235959', ':22F::': 'STBA//TRAD' }), ...subsafe(...fins)], { eol: '\n' }));
  expect(statement).toMatchObject({ statedOn: '2026-11-20', basis: 'TRADED', holdings: [{ identifier: '594918104', symbol: 'MSFT' }, { price: { currency: null } }] });
  expect(statement?.holdings.map(({ quantity }) => quantity.toFixed())).toEqual(['-12.5', '1500']);
});

test('pages are put together, and messages of several accounts read from one text', () => {
  const page = (number: string, isin: string) => message([...general({ ':28E:': number }), ...subsafe([':16R:FIN', `:35B:ISIN ${isin}`, ':93B::AGGR//UNIT/1,', ':16S:FIN'])]);
  const other = message([...general({ ':97A::': 'SAFE//B', ':17B::': 'ACTI//N' })]);
  const statements = mt535Statements(`${page('1/MORE', 'US0378331005')}\r\n$${page('2/LAST', 'US5949181045')}${other}`);
  expect(statements.map(({ account, holdings }) => [account, holdings.map(({ isin }) => isin)])).toEqual([['111122223333', ['US0378331005', 'US5949181045']], ['B', []]]);
  expect(problemsOf(page('2/LAST', 'US0378331005'))).toMatchObject([{ field: 'page', message: expect.stringContaining('page 1 is missing') }]);
  expect(problemsOf(page('1/MORE', 'US0378331005'))).toMatchObject([{ message: expect.stringContaining('page 2 of the statement is missing') }]);
  expect(problemsOf(page('1/MORE', 'US0378331005') + page('3/LAST', 'US0378331005'))).toMatchObject([{ message: 'page 2 of the statement is missing' }]);
});

test('sub-accounts are statements of their own', () => {
  const statements = mt535Statements(message([...general(), ':16R:SUBSAFE', ':97A::SAFE//SUB1', ...holding(), ':16S:SUBSAFE', ':16R:SUBSAFE', ':97B::SAFE/ABCD/SHOR/SUB2', ...holding(), ':16S:SUBSAFE']));
  expect(statements.map(({ account }) => account)).toEqual(['SUB1', 'SUB2']);
});

test.each([
  ['another message type', good.replace('O535', 'O536'), { field: '{2:', message: 'the message is an MT536, and not an MT535' }],
  ['a cancellation', good.replace('23G:NEWM', '23G:CANC'), { line: 2, field: ':23G:' }],
  ['a statement of changes', message([...general({ ':22F::CODE': '//DELT' }), ...subsafe(holding())]), { field: ':22F::CODE' }],
  ['a day that does not exist', good.replace('STAT//20261120', 'STAT//20260230'), { field: ':98A::STAT', message: '"20260230" is not a day' }],
  ['a basis that is none', good.replace('STBA//SETT', 'STBA//XXXX'), { field: ':22F::STBA' }],
  ['no account', good.replace(':97A::SAFE//111122223333\r\n', ''), { field: ':97A::SAFE' }],
  ['an ISIN whose check digit is wrong', good.replace('US0378331005', 'US0378331006'), { line: 14, field: ':35B:' }],
  ['a quantity with a point', good.replace('AGGR//UNIT/100,', 'AGGR//UNIT/100.0'), { line: 19, field: ':93B::AGGR' }],
  ['no aggregate balance', good.replace(':93B::AGGR//UNIT/100,\r\n', ''), { line: 13, field: ':93B::AGGR', message: 'the aggregate balance is missing' }],
  ['a balance that is given twice', good.replace(':93B::AVAI//UNIT/80,', ':93B::AGGR//UNIT/80,'), { line: 20, message: 'the balance is given twice' }],
  ['a sequence that is never ended', good.replace(':16S:SUBSAFE\r\n', ''), { line: 12, field: ':16R:', message: 'sequence SUBSAFE is never ended' }],
  ['a sequence that ends another', good.replace(':16S:FIN', ':16S:SUBSAFE'), { field: ':16S:' }],
  ['a block that is never closed', good.slice(0, -30), { field: '{4:' }],
  ['text outside of the blocks', `x${good}`, { line: 1 }],
  ['no text block', '{1:F01}{2:O5351200}', { field: '{4:' }],
  ['nothing', '', { message: 'the text holds no message' }],
] as const)('%s is refused by line and field', (_, text, problem) => {
  expect(problemsOf(text)[0]).toMatchObject(problem);
});

test('all bad holdings are named at once', () => {
  const bad = holding().map((line) => line.replace('US0378331005', 'US0378331006').replace('AGGR//UNIT/100,', 'AGGR//UNIT/x'));
  expect(problemsOf(message([...general(), ...subsafe(bad, holding(), bad)])).map(({ line }) => line)).toEqual([14, 19, 34, 39]);
});

test('whatever is cut, doubled or changed in a message, reading ends in a statement or in a refusal', () => {
  const piece = fc.oneof(fc.constantFrom('{', '}', '-}', '{4:', ':16R:FIN\r\n', ':16S:FIN\r\n', '\r\n', ':', '//', 'N', ','), fc.string({ maxLength: 6 }));
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length), fc.nat(40), piece), { minLength: 1, maxLength: 5 }), (edits) => {
    const text = edits.reduce((so, [at, cut, put]) => so.slice(0, at) + put + so.slice(at + cut), good);
    expect(() => problemsOf(text)).not.toThrow();
  }), { numRuns: 500 });
});

test('a text of nothing but braces or sequences is refused, and not followed down', () => {
  expect(problemsOf('{'.repeat(100_000))[0]?.message).toContain('nest at most');
  expect(problemsOf(message(Array.from({ length: 50_000 }, () => ':16R:FIN')))[0]?.message).toContain('nest at most');
});

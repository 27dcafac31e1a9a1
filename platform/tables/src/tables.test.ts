/** What tables and their cells may look like, what is refused, and that no text at all breaks the readers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDayFormat, type NumberFormat, readDay, readNumber } from './cells.ts';
import { csvRecords } from './csv.ts';
import { decodeText } from './decode.ts';

const read = (text: string, delimiter?: string) => csvRecords(text, { delimiter, recordsMax: 1_000 });

test('records are told with the line at which they begin, whatever ends the lines', () => {
  const expected = [{ line: 1, cells: ['a', 'b'] }, { line: 3, cells: ['1', 'x\ny'] }, { line: 5, cells: ['2', 'say "so"'] }];
  for (const newline of ['\n', '\r\n', '\r'])
    expect(read(['\uFEFFa,b', '', '1,"x', 'y"', ' 2 ,"say ""so"""', ''].join(newline))).toEqual({ records: expected, problems: [] });
});

test('the delimiter is found out from the first line', () => {
  for (const delimiter of [',', ';', '\t', '|']) expect(read(`"a,;|b"${delimiter}c${delimiter}d\n1${delimiter}2${delimiter}3`).records[0]?.cells).toEqual(['a,;|b', 'c', 'd']);
});

test.each([
  ['a,b\n1,2\n3,"4\n5,6\n', 3, 'never closed', [1, 2, 4]],
  ['a,b\n1,2"3\n4,5\n', 2, 'inside a cell', [1, 3]],
  ['a,b\n1,"2"3\n4,5\n', 2, 'more text follows', [1, 3]],
  ['a,b\n\n\n"1\n', 4, 'never closed', [1]],
])('a broken quote in %j is named at line %i, and reading goes on behind it', (text, row, reason, lines) => {
  const { records, problems } = read(text);
  expect(problems).toEqual([{ row, column: expect.any(String), reason: expect.stringContaining(reason) }]);
  expect(records.map(({ line }) => line)).toEqual(lines);
});

test('too much is named and not read', () => {
  expect(csvRecords('a\n1\n2\n3', { recordsMax: 2 }).problems).toEqual([{ row: 3, column: 'line', reason: 'at most 2 records are read' }]);
  expect(read(`a\n${'x'.repeat(70_000)}\nb`).problems[0]).toMatchObject({ row: 2, reason: expect.stringContaining('longer than 65536') });
  expect(read(`a\n${','.repeat(600)}\nb`).problems[0]).toMatchObject({ row: 2, reason: expect.stringContaining('500 cells') });
  expect(read(Array.from({ length: 300 }, () => 'x"').join('\n')).problems.at(-1)?.reason).toContain('the rest is not read');
});

test('a byte order mark says what a text is encoded in; bytes that are no text stay visible', () => {
  expect(decodeText(Buffer.from('\uFEFFa,ä', 'utf8'))).toBe('a,ä');
  expect(decodeText(Buffer.from('\uFEFFa,ä', 'utf16le'))).toBe('a,ä');
  expect(decodeText(Buffer.from('\uFEFFa,ä', 'utf16le').swap16())).toBe('a,ä');
  expect(decodeText(Buffer.from([0x61, 0xE4, 0x62]))).toBe('a\uFFFDb');
  expect(decodeText(Buffer.from([0x61, 0xE4, 0x62]), 'windows-1252')).toBe('aäb');
});

const american: NumberFormat = { decimal: '.', thousands: ',' };
const german: NumberFormat = { decimal: ',', thousands: '.' };
const swiss: NumberFormat = { decimal: '.', thousands: "'" };

test.each([
  ['1,234.50', american, '1234.5'], ['-$1,259.59', american, '-1259.59'], ['($12.00)', american, '-12'], ['USD 5', american, '5'], ['5 USD', american, '5'], ['$-3', american, '-3'],
  ['1.234,5', german, '1234.5'], ['0,18', german, '0.18'], ["1'234.5", swiss, '1234.5'], ['1’234.5', swiss, '1234.5'], ['−7', undefined, '-7'], ['.5', undefined, '0.5'],
  ['007', undefined, '7'], ['-0.00', undefined, '0'], ['0.1000000000000000000000', undefined, '0.1'], ['+2', undefined, '2'],
])('%j is read as a number', (cell, format, value) => expect(readNumber(cell, format)).toEqual({ value }));

test.each([
  ['1,234', undefined, 'ambiguous'], ['1.234,5', american, 'ambiguous'], ['1,23', american, 'ambiguous'], ['12,34,567', american, 'ambiguous'], ['1.5', german, 'ambiguous'],
  ['1e5', undefined, 'exponent'], ['abc', undefined, 'not a number'], ['', undefined, 'not a number'], ['--1', undefined, 'not a number'], ['(-1)', undefined, 'not a number'],
  ['=1+2', undefined, 'a formula'], ['@SUM(1)', undefined, 'a formula'], ['+cmd|x', undefined, 'a formula'], ['NaN', undefined, 'not a number'], ['Infinity', undefined, 'not a number'],
  ['0.1234567890123456789', undefined, '19 digits'], ['123456789012345678901', undefined, 'more than 20 digits'],
])('%j is refused as a number', (cell, format, reason) => expect(readNumber(cell, format)).toEqual({ reason: expect.stringContaining(reason) }));

test.each([
  ['2026-01-05', 'YYYY-MM-DD', '2026-01-05'], ['2026-01-05T09:30:00Z', 'YYYY-MM-DD', '2026-01-05'], ['2023-12-18 14:30:03.613', 'YYYY-MM-DD', '2023-12-18'],
  ['2026-01-05, 10:30:00', 'YYYY-MM-DD', '2026-01-05'], ['20260105;103000', 'YYYYMMDD', '2026-01-05'], ['01/05/2026', 'MM/DD/YYYY', '2026-01-05'], ['1/5/2026', 'M/D/YYYY', '2026-01-05'],
  ['05.01.2026', 'DD.MM.YYYY', '2026-01-05'], ['05-Jan-2026', 'DD-MMM-YYYY', '2026-01-05'], ['07/15/2024 as of 07/12/2024', 'MM/DD/YYYY', '2024-07-12'],
])('%j is read as a day written %s', (cell, format, value) => expect(readDay(cell, [format])).toEqual({ value }));

test.each(['2026-02-30', '05.01.2026', '2026-1-5', '', '2026-01-05 lunch', '99999-01-01'])('%j is refused as a day', (cell) =>
  expect(readDay(cell, ['YYYY-MM-DD'])).toEqual({ reason: expect.stringContaining('is not a day') }));

test('a format names a year of four digits, a month and a day', () => {
  expect(['YYYY-MM-DD', 'D.M.YYYY', 'DD-MMM-YYYY'].every(isDayFormat)).toBe(true);
  expect(['YY-MM-DD', 'YYYY-MM', 'MM/DD/YYYY YYYY', 'date'].some(isDayFormat)).toBe(false);
});

test('no text breaks the readers, and every record and problem is at a line of it', () => {
  const shapes = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', ';', '\uFEFF', '1'), { maxLength: 80 }).map((parts) => parts.join('')));
  fc.assert(fc.property(shapes, (text) => {
    const lines = text.replaceAll(/\r\n?/g, '\n').split('\n').length;
    const { records, problems } = read(text);
    for (const { line } of records) expect(line).toSatisfy((at: number) => at >= 1 && at <= lines);
    for (const { row } of problems) expect(row).toSatisfy((at: number) => at >= 1 && at <= lines);
  }), { numRuns: 2_000 });
});

test('what was written by the rules is read back', () => {
  const cell = fc.string({ maxLength: 8 }).map((text) => text.trim().replaceAll('\r', ''));
  fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (rows) => {
    const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
    expect(read(text, ',').records.map(({ cells }) => cells)).toEqual(rows.filter((row) => row.some((value) => value !== '')));
  }));
});

test('no cell breaks the readers of numbers and days', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (cell) => {
    for (const format of [undefined, american, german, swiss]) expect(Object.keys(readNumber(cell, format))).toHaveLength(1);
    expect(Object.keys(readDay(cell, ['YYYY-MM-DD', 'D/M/YYYY', 'DD-MMM-YYYY']))).toHaveLength(1);
  }));
});

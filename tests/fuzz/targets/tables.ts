/** Text tables and their cells: trades, prices, rates and statements all come through here. */
import { isDayFormat, readDay, readNumber } from '@pms/tables/cells';
import { csvRecords } from '@pms/tables/csv';
import { decodeText } from '@pms/tables/decode';
import { csvLine, plainCell } from '@pms/tables/write-csv';
import { decimal, text as textOf } from '@pms/money';
import fc from 'fast-check';
import { mutatedBytes, mutatedText } from '../support/mutated.ts';
import { oddTexts } from '../support/odd.ts';
import { must, target } from '../support/target.ts';

const RECORDS_MAX = 500;
const files = ['date,close\n2026-11-20,187.25\n2026-11-21,"1,188.50"\n', 'a;b;c\r\n"x;1";"say ""so""";3\r\n\r\n4;5;6', '\uFEFFa\tb\n"two\nlines"\t2\n', 'a|b\n|\n"|"|""\n'];
const words = ['"', '""', ',', ';', '\t', '|', '\n', '\r\n', '\r', '"\n', ',"', 'a', '1', ' '];

const csv = target<string>({
  name: 'csv-records', says: 'every text is read as records or named by line, and reading never passes its bounds',
  inputs: mutatedText(files, words),
  holds(text) {
    const lines = text.replaceAll(/\r\n?/g, '\n').split('\n').length;
    const { records, problems } = csvRecords(text, { recordsMax: RECORDS_MAX });
    must(records.length <= RECORDS_MAX, 'more records than are allowed', records.length);
    for (const { line, cells } of records) {
      must(line >= 1 && line <= lines, 'a record is at a line that the text has', line);
      must(cells.length <= 500 && cells.every((cell) => cell.length <= 65_536), 'a record is within its bounds', cells.length);
    }
    for (const { row, reason } of problems) must(row >= 0 && row <= lines && reason !== '', 'a problem is at a line that the text has', { row, reason });
  },
  growing: {
    'records': (size) => 'a,b\n'.repeat(size),
    'quotes that are never closed': (size) => `a\n${'"x\n'.repeat(size)}`,
    'quotes inside of cells': (size) => 'x"y\n'.repeat(size),
    'one cell of doubled quotes': (size) => `"${'""'.repeat(size)}"`,
    'empty lines': (size) => `a${'\n'.repeat(size)}"`,
    'delimiters': (size) => `${','.repeat(Math.min(size, 400))}\n`.repeat(4),
    'lines in a cell': (size) => `a,"${'\n'.repeat(size)}"\nb`,
  },
});

const cell = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...oddTexts.filter((text) => text.isWellFormed())));
const written = target<readonly (readonly string[])[]>({
  name: 'csv-written', says: 'what is written as CSV is read back cell by cell',
  inputs: fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
  holds(rows) {
    const { records, problems } = csvRecords(rows.map((row) => csvLine(row)).join(''), { delimiter: ',', recordsMax: RECORDS_MAX });
    must(problems.length === 0, 'our own CSV has no faults', problems);
    const expected = rows.map((row) => row.map(asRead)).filter((row) => row.some((value) => value !== ''));
    const found = records.map(({ cells: of }) => of.map((value) => asRead(plainCell(value)))).filter((row) => row.some((value) => value !== ''));
    must(JSON.stringify(found) === JSON.stringify(expected), 'cells are what they were', { found, expected });
  },
});

/** Line ends are one, and the space around a cell is not kept. */
const asRead = (value: string): string => value.replaceAll(/\r\n?/g, '\n').trim();

const formats = [undefined, { decimal: '.', thousands: ',' }, { decimal: ',', thousands: '.' }, { decimal: '.', thousands: "'" }, { decimal: ',', thousands: ' ' }] as const;
const numbers = ['1234.56', '-0.5', '1,234,567.89', '1.234,5', "1'000.5", '(12)', 'USD 5', '$-3', '12 EUR', '1 234,5', '\u22121', '+7'];
const days = ['2026-11-20', '20/11/2026', '20-Nov-2026', '11/20/2026 as of 11/19/2026', '2026-11-20T10:00:00.123Z', '2026-11-20, 10:30:00'];
const dayFormats = ['YYYY-MM-DD', 'D/M/YYYY', 'MM/DD/YYYY', 'DD-MMM-YYYY', 'YYYYMMDD'];

const cells = target<string>({
  name: 'cells', says: 'a cell is a number or a day of bounded size, or there is a reason',
  inputs: fc.oneof(mutatedText(numbers, ['.', ',', '-', '+', '(', ')', "'", ' ', '0', '9', 'USD', '$', 'e5']), mutatedText(days, ['-', '/', '.', 'as of', ' as of ', 'T', 'Z', '00', '13', 'Nov', '2026'])),
  holds(text) {
    for (const format of formats) {
      const read = readNumber(text, format);
      if ('value' in read) must(textOf(decimal(read.value)) === read.value, 'a number is in its one written form', read.value);
      else must(read.reason.length > 0 && read.reason.length < 400, 'the reason is a sentence', read.reason.length);
    }
    const day = readDay(text, dayFormats);
    must('reason' in day ? day.reason !== '' : /^\d{4}-\d{2}-\d{2}$/.test(day.value), 'a day is ISO 8601', day);
    if (isDayFormat(text)) readDay('2026-11-20', [text]);
  },
  growing: { 'digits': (size) => '9'.repeat(size), 'groups': (size) => '1,234'.repeat(size), 'brackets': (size) => '('.repeat(size), 'spaces': (size) => ' '.repeat(size), 'as of': (size) => ' as of '.repeat(size) },
});

const encodings = ['utf-8', 'windows-1252', 'iso-8859-1', 'utf-16le', 'utf-16be'] as const;
const bytes = target<readonly [Uint8Array, string]>({
  name: 'text-bytes', says: 'any bytes are text in any of the encodings',
  inputs: fc.tuple(mutatedBytes(files, words), fc.constantFrom(...encodings)),
  holds: ([content, encoding]) => must(typeof decodeText(content, encoding) === 'string', 'bytes become text'),
});

export const tables = [csv, written, cells, bytes];

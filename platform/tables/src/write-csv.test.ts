/** That what is written as CSV is read back as it was, by whoever keeps to RFC 4180, and that no cell is a formula. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRecords } from './csv.ts';
import { csvCell, csvLine, plainCell } from './write-csv.ts';

test('cells with commas, quotes, line breaks, or space at an end are quoted; records end in CRLF', () => {
  expect(csvLine(['a', null, 'b,c', 'say "x"', 'two\nlines', ' edge'])).toBe('a,,"b,c","say ""x""","two\nlines"," edge"\r\n');
});

test('what a spreadsheet would calculate gets an apostrophe; numbers stay numbers', () => {
  expect(['=1+1', '+cmd', '-x', '@SUM(A1)', '\tx', '-12.50', '+3', '0.1', '-1e5', '1-800', '＝1'].map(csvCell)).toEqual(
    ["'=1+1", "'+cmd", "'-x", "'@SUM(A1)", "'\tx", '-12.50', '+3', '0.1', "'-1e5", '1-800', "'＝1"]);
  expect(csvCell('=HYPERLINK("http://x","y")')).toBe('"\'=HYPERLINK(""http://x"",""y"")"');
});

test('whatever text is written is read back, and no cell that is no number begins as a formula does', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('=', '+', '-', '@', "'", '"', ',', 'a', '1', '.', '\n', ' ') }), { minLength: 1, maxLength: 5 }), (texts) => {
    const cells = texts.map((text) => `${text.trim()}.`); // the reader trims cells, and leaves out empty records
    const { records, problems } = csvRecords(csvLine(cells), { delimiter: ',', recordsMax: 10 });
    expect(problems).toEqual([]);
    expect(records[0]?.cells.map(plainCell)).toEqual(cells);
    for (const cell of records[0]?.cells ?? []) expect(/^[=+\-@]/.test(cell) && !/^[-+]?\d+(\.\d+)?$/.test(cell)).toBe(false);
  }));
});

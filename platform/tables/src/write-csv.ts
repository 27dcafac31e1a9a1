/**
 * Writes comma-separated text (RFC 4180: CRLF, quotes doubled). Spreadsheets take a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break for a
 * formula: unless it is a number, an apostrophe is put before it. `plainCell` takes the apostrophe off again, so that nothing is lost.
 */

/** What a spreadsheet may calculate, also in the full-width forms that some of them accept. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[-+]?\d+(\.\d+)?$/;
const QUOTED = /[",\r\n]|^\s|\s$/;
const LINE_END = '\r\n';

export function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What was written as this cell, once quotes are off. */
export const plainCell = (cell: string): string => (cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell);

/** One record with its line end; null is an empty cell. */
export const csvLine = (cells: readonly (string | null)[]): string => cells.map((cell) => (cell === null ? '' : csvCell(cell))).join(',') + LINE_END;

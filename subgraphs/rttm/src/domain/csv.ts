/** Reads comma-separated text (RFC 4180): quoted fields, doubled quotes, CRLF or LF, a byte order mark. Every field is text, trimmed. */

export type CsvRow = readonly string[];

/** A quote that is never closed takes the rest of the text as its field, as spreadsheets do. Empty lines are left out. */
export function csvRows(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endField = (): void => { row.push(field.trim()); field = ''; };
  const endRow = (): void => {
    endField();
    if (row.some((value) => value !== '')) rows.push(row);
    row = [];
  };
  const source = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at] ?? '';
    if (quoted) {
      if (character !== '"') field += character;
      else if (source[at + 1] === '"') { field += '"'; at += 1; }
      else quoted = false;
    }
    else if (character === '"') quoted = true;
    else if (character === ',') endField();
    else if (character === '\n') endRow();
    else if (character !== '\r') field += character;
  }
  endRow();
  return rows;
}

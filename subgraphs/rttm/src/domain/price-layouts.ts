/**
 * Price files as vendors lay them out: which column is which, how days are written, what stands for a missing value. An adjusted close is
 * never taken for a close: it holds later dividends and splits, and is worth nothing as a price of its day.
 */
import type { PriceRow, Problem } from './prices.ts';

/** PLAIN is our own: `date` and `close` in ISO 8601 and plain decimals, the rest optional. */
export type PriceLayout = 'PLAIN' | 'STOOQ' | 'STOOQ_BULK' | 'YAHOO' | 'ALPHA_VANTAGE';

/** Cells of a line; `row` counts the lines behind the header, from 1. */
export interface Line {
  readonly row: number;
  readonly cells: readonly string[];
}

export interface PriceFile {
  readonly layout: PriceLayout;
  readonly rows: readonly PriceRow[];
  readonly problems: readonly Problem[];
  /** Days on which the vendor has no price at all: left out, and named. */
  readonly withoutPrice: readonly Problem[];
}

interface Layout {
  /** The vendor's names, in small letters. */
  readonly columns: Readonly<Record<Column, string>>;
  /** Named by this layout and no other. */
  readonly mark: string | null;
  readonly compactDays: boolean;
  /** Columns of which every line says the same. */
  readonly constant: readonly string[];
}

const COLUMNS = ['date', 'open', 'high', 'low', 'close', 'volume'] as const;
type Column = (typeof COLUMNS)[number];

const own = { date: 'date', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' };
const layouts: Readonly<Record<PriceLayout, Layout>> = {
  PLAIN: { columns: own, mark: null, compactDays: false, constant: [] },
  STOOQ: { columns: own, mark: null, compactDays: false, constant: [] },
  STOOQ_BULK: {
    columns: { date: '<date>', open: '<open>', high: '<high>', low: '<low>', close: '<close>', volume: '<vol>' }, mark: '<date>', compactDays: true, constant: ['<ticker>', '<per>'],
  },
  YAHOO: { columns: own, mark: 'adj close', compactDays: false, constant: [] },
  ALPHA_VANTAGE: { columns: { ...own, date: 'timestamp' }, mark: 'timestamp', compactDays: false, constant: [] },
};
const ADJUSTED = new Set(['adj close', 'adjclose', 'adj_close', 'adj. close', 'adjusted close', 'adjusted_close', '5. adjusted close']);
const NOTHING = new Set(['', 'null', 'n/d', 'n/a', 'nan', '-']);

/** Reads the lines behind a header. With a problem of row 0, which is the header's, there are no rows. */
export function priceFile(header: readonly string[], lines: readonly Line[], asked: PriceLayout | null): PriceFile {
  const names = header.map((name) => name.toLowerCase().trim());
  const layout = asked ?? detected(names);
  const problems = headerProblems(names, layouts[layout], layout);
  if (problems.length > 0) return { layout, rows: [], problems, withoutPrice: [] };
  const rows: PriceRow[] = [];
  const withoutPrice: Problem[] = [];
  for (const line of lines) {
    const row = priceRow(line, names, layouts[layout]);
    if (line.cells.length > header.length) problems.push({ row: line.row, column: `cell ${header.length + 1}`, reason: `the line has ${line.cells.length} cells, the header ${header.length}` });
    else if (row.date !== null && COLUMNS.every((column) => column === 'date' || column === 'volume' || row[column] == null)) withoutPrice.push({ row: line.row, column: 'close', reason: `no price on ${row.date ?? ''}` });
    else rows.push(row);
  }
  return { layout, rows, problems: [...problems, ...mixed(lines, names, layouts[layout])], withoutPrice };
}

function detected(names: readonly string[]): PriceLayout {
  const marked = (['STOOQ_BULK', 'YAHOO', 'ALPHA_VANTAGE'] as const).find((layout) => names.includes(layouts[layout].mark ?? ''));
  return marked ?? (names.join() === COLUMNS.join() ? 'STOOQ' : 'PLAIN');
}

function headerProblems(names: readonly string[], { columns, mark }: Layout, layout: PriceLayout): Problem[] {
  const wanted = [columns.date, columns.close, ...(mark === null || layout === 'YAHOO' ? [] : [mark])];
  return [...new Set(wanted)].filter((column) => !names.includes(column)).map((column) => ({ row: 0, column, reason: missing(column, names, columns) }));
}

const missing = (column: string, names: readonly string[], { close }: Layout['columns']): string => {
  const adjusted = column === close ? names.find((name) => ADJUSTED.has(name)) : undefined;
  return adjusted === undefined ? 'the header line names no such column' : `the header line names no such column, and "${adjusted}" is not a close: later dividends and splits are in it`;
};

function priceRow({ row, cells }: Line, names: readonly string[], { columns, compactDays }: Layout): PriceRow {
  const cell = (column: Column): string | null => {
    const text = cells[names.indexOf(columns[column])] ?? '';
    return NOTHING.has(text.toLowerCase()) ? null : text;
  };
  const date = cell('date');
  return {
    row, date: compactDays && date !== null ? date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3') : date,
    open: cell('open'), high: cell('high'), low: cell('low'), close: cell('close'), volume: cell('volume'),
  };
}

/** A file is of one instrument, by the day. */
function mixed(lines: readonly Line[], names: readonly string[], { constant }: Layout): Problem[] {
  return constant.filter((column) => names.includes(column)).flatMap((column) => {
    const at = names.indexOf(column);
    const first = lines[0]?.cells[at];
    const other = lines.find(({ cells }) => cells[at] !== first);
    const daily = column !== '<per>' || first === undefined || first.toUpperCase() === 'D';
    return [
      ...(other === undefined ? [] : [{ row: other.row, column, reason: `${JSON.stringify(other.cells[at] ?? '')} after ${JSON.stringify(first)}: one instrument at a time` }]),
      ...(daily ? [] : [{ row: 1, column, reason: `${JSON.stringify(first)} is not D: only daily prices are recorded` }]),
    ];
  });
}

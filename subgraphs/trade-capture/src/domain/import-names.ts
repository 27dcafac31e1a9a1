/**
 * Gives the rows of a file their names and their order. A row without an id of its own is named after its content and its number among rows
 * of the same content, so that the same file again gives the same names, and twins keep two. Rows come in the order in which they are booked.
 */
import { createHash } from 'node:crypto';
import { columnOf, type ImportRow, type RowProblem } from './import-row.ts';

/** A row as it was read, with the id that the file gives it. */
export interface ReadRow extends Omit<ImportRow, 'externalId'> {
  /** Unique among all rows of its source; null where the file has none. */
  readonly givenId: string | null;
  /** Shared by the parts of one order: it distinguishes, and is not unique. */
  readonly order: string | null;
}

export interface NamedRows {
  readonly rows: readonly ImportRow[];
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
  /** Rows that say again, under the same id, what an earlier one says. */
  readonly repeated: number;
}

const HASH_CHARACTERS = 24;

/** `reversible`: the file may have its newest row first; otherwise rows of a day stand in their order. */
export function nameRows(read: readonly ReadRow[], portfolioId: string, { reversible }: { readonly reversible: boolean }): NamedRows {
  const seen: Seen = { firstOfContent: new Map(), countOfName: new Map(), ofId: new Map() };
  const found: { rows: ImportRow[]; problems: RowProblem[]; warnings: RowProblem[]; repeated: number } = { rows: [], problems: [], warnings: [], repeated: 0 };
  for (const row of read) {
    const content = contentOf(row, portfolioId);
    const earlier = row.givenId === null ? undefined : seen.ofId.get(row.givenId);
    if (earlier !== undefined) {
      const where = { row: row.row, column: columnOf(row, 'externalId') };
      if (earlier.content === content) {
        found.repeated += 1;
        found.warnings.push({ ...where, reason: `${row.givenId ?? ''} is in row ${earlier.row} already, with the same content: read once` });
      } else found.problems.push({ ...where, reason: `${row.givenId ?? ''} is in row ${earlier.row} already, with other content` });
      continue;
    }
    found.rows.push(named(row, { content, name: contentOf(withOwnFees(row), portfolioId) }, seen, found.warnings));
  }
  return { ...found, rows: inOrder(found.rows, reversible) };
}

interface Seen {
  readonly firstOfContent: Map<string, number>;
  readonly countOfName: Map<string, number>;
  readonly ofId: Map<string, { readonly row: number; readonly content: string }>;
}

function named(read: ReadRow, { content, name }: { readonly content: string; readonly name: string }, seen: Seen, warnings: RowProblem[]): ImportRow {
  const { row, columns, kind, date, instrument, quantity, price, currency, fees, amount, withheld, note, givenId } = read;
  if (givenId !== null) seen.ofId.set(givenId, { row, content });
  const count = (seen.countOfName.get(name) ?? 0) + 1;
  seen.countOfName.set(name, count);
  const first = seen.firstOfContent.get(content);
  if (first === undefined) seen.firstOfContent.set(content, row);
  else warnings.push({ row, column: columnOf(read, 'externalId'), reason: `the same as row ${first}${givenId === null ? '' : ', under another id'}: booked as a twin of it` });
  return { row, columns, kind, date, instrument, quantity, price, currency, fees, amount, withheld, note, externalId: givenId ?? `row:${name}-${count}` };
}

/** Fees in other currencies are no part of a name: whether they stay with their trade, which the mapping says, must not make another trade of it. */
const withOwnFees = (row: ReadRow): ReadRow => ({ ...row, fees: row.fees.filter(({ currency }) => currency === row.currency) });

/** What makes two rows the same, whatever the file calls its columns. */
function contentOf({ kind, date, instrument, quantity, price, currency, fees, amount, withheld, order }: ReadRow, portfolioId: string): string {
  const what = instrument?.id ?? instrument?.isin ?? instrument?.symbol ?? null;
  const said = [portfolioId, kind, date, what, quantity, price, currency, fees.map((fee) => [fee.kind, fee.amount, fee.currency]), amount, withheld, order];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, HASH_CHARACTERS);
}

/** By day; within a day as the file has them, from its end where its days mostly fall. */
function inOrder(rows: readonly ImportRow[], reversible: boolean): ImportRow[] {
  const steps = rows.slice(1).map(({ date }, index) => compared(date, rows[index]?.date ?? ''));
  const newestFirst = reversible && steps.filter((step) => step < 0).length > steps.filter((step) => step > 0).length;
  return (newestFirst ? rows.toReversed() : [...rows]).toSorted((a, b) => compared(a.date, b.date));
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

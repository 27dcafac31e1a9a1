/** Records real closes from rows or CSV text. With any bad row nothing is recorded and the bad rows are named; the same rows again change nothing. */
import { invalid } from '@pms/errors';
import { priceDigitsMax } from '@pms/money/quote-unit';
import { csvRecords } from '@pms/tables/csv';
import type { RttmContext } from '../context.ts';
import { utcDay } from '../domain/days.ts';
import type { Instrument } from '../domain/instrument.ts';
import { type PriceFile, priceFile, type PriceLayout } from '../domain/price-layouts.ts';
import { type PriceRow, type Problem, readCloses } from '../domain/prices.ts';
import { findInstrument, type Named } from './find-instrument.ts';
import { recordCloses } from './record-closes.ts';

const ROWS_MAX = 25_000; // a century of trading days
const CSV_CHARACTERS_MAX = 2_000_000;
const PROBLEMS_TOLD_MAX = 100;

export interface ImportPrices extends Named {
  readonly rows?: readonly PriceRow[] | null | undefined;
  readonly csv?: string | null | undefined;
  /** Of `csv`; found out from its header unless given. */
  readonly layout?: PriceLayout | null | undefined;
}

export interface Import {
  readonly instrument: Instrument;
  readonly recorded: number;
  readonly unchanged: number;
  /** Null for `rows`. */
  readonly layout: PriceLayout | null;
  readonly withoutPrice: readonly Problem[];
}

/** The import, or what is wrong with it. */
export type ImportOutcome = { readonly imported: Import } | { readonly badRows: number; readonly problems: readonly Problem[] };

export async function importPrices(ctx: RttmContext, input: ImportPrices): Promise<ImportOutcome> {
  const given = rowsOf(input);
  const instrument = await findInstrument(ctx, input);
  const { closes, problems: bad } = readCloses(given.rows, utcDay(ctx.now()), priceDigitsMax(instrument.quoteUnit));
  const problems = [...given.problems, ...bad].toSorted((a, b) => a.row - b.row);
  if (problems.length > 0) return { badRows: new Set(problems.map(({ row }) => row)).size, problems: problems.slice(0, PROBLEMS_TOLD_MAX) };
  const recorded = await recordCloses(ctx, instrument, closes, ctx.origin);
  if (recorded > 0) ctx.feed?.closesChanged();
  const withoutPrice = given.withoutPrice.slice(0, PROBLEMS_TOLD_MAX);
  return { imported: { instrument, recorded, unchanged: closes.length - recorded, layout: given.layout, withoutPrice } };
}

type Given = Pick<PriceFile, 'rows' | 'problems' | 'withoutPrice'> & { readonly layout: PriceLayout | null };

function rowsOf({ rows, csv, layout }: ImportPrices): Given {
  if ((rows == null) === (csv == null)) throw invalid('give the prices as `rows` or as `csv`', 'rows');
  if (csv != null && csv.length > CSV_CHARACTERS_MAX) throw invalid(`at most ${CSV_CHARACTERS_MAX} characters at a time`, 'csv');
  const read = csv == null ? { rows: rows ?? [], problems: [], withoutPrice: [], layout: null } : fileOf(csv, layout ?? null);
  const where = csv == null ? 'rows' : 'csv';
  if (read.rows.length > ROWS_MAX) throw invalid(`at most ${ROWS_MAX} rows at a time`, where);
  if (read.rows.length === 0 && read.problems.length === 0 && read.withoutPrice.length === 0) throw invalid('there are no rows', where);
  return read;
}

/** Rows count from the line behind the header. */
function fileOf(csv: string, layout: PriceLayout | null): PriceFile {
  const { records: [header, ...records], problems } = csvRecords(csv, { recordsMax: ROWS_MAX * 2 });
  const before = header?.line ?? 1;
  const file = priceFile(header?.cells ?? [], records.map(({ line, cells }) => ({ row: line - before, cells })), layout);
  return { ...file, problems: [...problems.map((problem) => ({ ...problem, row: problem.row - before })), ...file.problems] };
}

/** Records real closes from rows or CSV text. With any bad row nothing is recorded and the bad rows are named; the same rows again change nothing. */
import { invalid } from '@pms/errors';
import type { RttmContext } from '../context.ts';
import { utcDay } from '../domain/days.ts';
import type { Instrument } from '../domain/instrument.ts';
import { type PriceRow, priceRows, type Problem, readCloses } from '../domain/prices.ts';
import { findInstrument, type Named } from './find-instrument.ts';
import { recordCloses } from './record-closes.ts';

const ROWS_MAX = 10_000;
const CSV_CHARACTERS_MAX = 2_000_000;
const PROBLEMS_TOLD_MAX = 100;

export interface ImportPrices extends Named {
  readonly rows?: readonly PriceRow[] | null | undefined;
  readonly csv?: string | null | undefined;
}

export interface Import {
  readonly instrument: Instrument;
  readonly recorded: number;
  readonly unchanged: number;
}

/** The import, or what is wrong with it. */
export type ImportOutcome = { readonly imported: Import } | { readonly badRows: number; readonly problems: readonly Problem[] };

export async function importPrices(ctx: RttmContext, input: ImportPrices): Promise<ImportOutcome> {
  const given = rowsOf(input);
  const instrument = await findInstrument(ctx, input);
  const { closes, problems } = given.problems.length > 0 ? { closes: [], ...given } : readCloses(given.rows, utcDay(ctx.now()));
  if (problems.length > 0) return { badRows: new Set(problems.map(({ row }) => row)).size, problems: problems.slice(0, PROBLEMS_TOLD_MAX) };
  const recorded = await recordCloses(ctx, instrument, closes, ctx.origin);
  if (recorded > 0) ctx.feed?.closesChanged();
  return { imported: { instrument, recorded, unchanged: closes.length - recorded } };
}

function rowsOf({ rows, csv }: ImportPrices): { readonly rows: readonly PriceRow[]; readonly problems: readonly Problem[] } {
  if ((rows == null) === (csv == null)) throw invalid('give the prices as `rows` or as `csv`', 'rows');
  if (csv != null && csv.length > CSV_CHARACTERS_MAX) throw invalid(`at most ${CSV_CHARACTERS_MAX} characters at a time`, 'csv');
  const read = csv == null ? { rows: rows ?? [], problems: [] } : priceRows(csv);
  const where = csv == null ? 'rows' : 'csv';
  if (read.rows.length > ROWS_MAX) throw invalid(`at most ${ROWS_MAX} rows at a time`, where);
  if (read.rows.length === 0 && read.problems.length === 0) throw invalid('there are no rows', where);
  return read;
}

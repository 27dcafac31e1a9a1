/** Records published exchange rates, from rows or CSV text, and tells of those that are new or were others. With any bad row nothing is recorded; the same rows again change nothing. */
import { invalid } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { text } from '@pms/money';
import { fxRatePublished } from '@pms/schema/events/rttm';
import { counter } from '@pms/telemetry/metrics';
import { csvRecords } from '@pms/tables/csv';
import type { RttmContext } from '../context.ts';
import { utcDay } from '../domain/days.ts';
import { type FxRate, type FxRow, type FxTable, fxTable, readFxRows } from '../domain/fx-rates.ts';
import type { Problem } from '../domain/prices.ts';

const RATES_MAX = 300_000;
const LINES_MAX = 20_000;
const CSV_CHARACTERS_MAX = 2_500_000;
const PROBLEMS_TOLD_MAX = 100;
const RATES_PER_EVENT_MAX = 1_000;
const SOURCE_CHARACTERS_MAX = 100;
/** What the currencies of a wide table are quoted against, unless something else is said. */
const BASE = 'EUR';

const recorded = counter('pms_fx_rates_recorded_total', 'Published exchange rates that were new or had other figures');

export interface ImportFxRates {
  readonly source?: string | null | undefined;
  readonly rows?: readonly FxRow[] | null | undefined;
  readonly csv?: string | null | undefined;
  readonly base?: string | null | undefined;
  readonly currencies?: readonly string[] | null | undefined;
  readonly from?: string | null | undefined;
}

/** How many were recorded, or what is wrong. */
export type FxImportOutcome = { readonly imported: { readonly recorded: number; readonly unchanged: number } } | { readonly badRows: number; readonly problems: readonly Problem[] };

export async function importFxRates(ctx: RttmContext, input: ImportFxRates): Promise<FxImportOutcome> {
  if ((input.source?.length ?? 0) > SOURCE_CHARACTERS_MAX) throw invalid(`a source has at most ${SOURCE_CHARACTERS_MAX} characters`, 'source');
  const given = rowsOf(input);
  const { rates, problems: bad } = readFxRows(given.rows, utcDay(ctx.now()));
  const problems = [...given.problems, ...bad].toSorted((a, b) => a.row - b.row);
  if (problems.length > 0) return { badRows: new Set(problems.map(({ row }) => row)).size, problems: problems.slice(0, PROBLEMS_TOLD_MAX) };
  const { organizationId } = ctx.principal;
  const changed = await ctx.store.work(async (unit) => {
    const kept = await unit.keepRates(organizationId, rates);
    await unit.outbox.add(told(kept).map(({ base, quote, rates: of }) => event(fxRatePublished, `${organizationId}/${base}/${quote}`, {
      base, quote, source: input.source ?? 'import', rates: of.map(({ date, rate }) => ({ date, rate: text(rate) })),
    }, ctx)));
    return kept.length;
  });
  recorded.inc(changed);
  return { imported: { recorded: changed, unchanged: rates.length - changed } };
}

function rowsOf({ rows, csv, base, currencies, from }: ImportFxRates): FxTable {
  if ((rows == null) === (csv == null)) throw invalid('give the rates as `rows` or as `csv`', 'rows');
  if (csv != null && csv.length > CSV_CHARACTERS_MAX) throw invalid(`at most ${CSV_CHARACTERS_MAX} characters at a time`, 'csv');
  const read = csv == null ? { rows: rows ?? [], problems: [] } : tableOf(csv, base ?? BASE);
  const where = csv == null ? 'rows' : 'csv';
  if (read.rows.length > RATES_MAX) throw invalid(`at most ${RATES_MAX} rates at a time`, where);
  if (read.rows.length === 0 && read.problems.length === 0) throw invalid('there are no rates', where);
  const wanted = currencies == null ? null : new Set(currencies);
  return { ...read, rows: read.rows.filter(({ quote, date }) => (wanted === null || wanted.has(quote ?? '')) && (from == null || (date ?? '') >= from)) };
}

/** Rows count from the line behind the header. */
function tableOf(csv: string, base: string): FxTable {
  const { records: [header, ...records], problems } = csvRecords(csv, { recordsMax: LINES_MAX });
  const before = header?.line ?? 1;
  const table = fxTable(header?.cells ?? [], records.map(({ line, cells }) => ({ row: line - before, cells })), base);
  return { ...table, problems: [...problems.map((problem) => ({ ...problem, row: problem.row - before })), ...table.problems] };
}

/** Pair by pair, oldest first, in runs that an event can carry. */
function told(rates: readonly FxRate[]): { readonly base: string; readonly quote: string; readonly rates: readonly FxRate[] }[] {
  return [...Map.groupBy(rates, ({ base, quote }) => `${base}/${quote}`).values()].flatMap((of) => {
    const [{ base, quote }] = of as [FxRate];
    const ordered = of.toSorted((a, b) => (a.date < b.date ? -1 : 1));
    return Array.from({ length: Math.ceil(of.length / RATES_PER_EVENT_MAX) }, (_, at) => ({ base, quote, rates: ordered.slice(at * RATES_PER_EVENT_MAX, (at + 1) * RATES_PER_EVENT_MAX) }));
  });
}

/**
 * Exchange rates before they are recorded: read from rows or a table, and checked. A rate says how many units of `quote` one unit of `base` is worth;
 * it is more than zero. Every bad row is named by row, column and reason. A day without a rate is left out, not zero.
 */
import { type Decimal, decimal, isDecimalText } from '@pms/money';
import { quoteUnitNamed, quoteUnits } from '@pms/money/quote-unit';
import type { Day } from './days.ts';
import type { Problem } from './prices.ts';

export interface FxRate {
  readonly base: string;
  readonly quote: string;
  readonly date: Day;
  readonly rate: Decimal;
}

/** As it was given: text that may be anything. */
export interface FxRow {
  /** 1 is the first; by default the row's place. */
  readonly row?: number | undefined;
  /** The column that the rate stands in. */
  readonly column?: string | undefined;
  readonly base?: string | null | undefined;
  readonly quote?: string | null | undefined;
  readonly date?: string | null | undefined;
  readonly rate?: string | null | undefined;
}

export interface FxTable {
  readonly rows: readonly FxRow[];
  readonly problems: readonly Problem[];
}

interface Line {
  readonly row: number;
  readonly cells: readonly string[];
}

const CURRENCY = /^[A-Z]{3}$/;
const NOTHING: ReadonlySet<string> = new Set(['', 'N/A', 'n/a', '-']);
const FIRST_DAY = '1900-01-01';
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LONG_COLUMNS = ['base', 'quote', 'date', 'rate'] as const;

/**
 * A table is long, with the columns `base`, `quote`, `date` and `rate`, or wide as the European Central Bank's file is: `Date`, then a column for each
 * currency, in which one unit of `base` is quoted; a cell of N/A, or an empty one, is a day without a rate. Other columns of a long table are ignored.
 */
export function fxTable(header: readonly string[], lines: readonly Line[], base: string): FxTable {
  const names = header.map((name) => name.trim());
  const small = names.map((name) => name.toLowerCase());
  const at = LONG_COLUMNS.map((column) => small.indexOf(column));
  if (at.every((index) => index >= 0)) {
    const [ofBase = 0, ofQuote = 0, ofDate = 0, ofRate = 0] = at;
    return { problems: [], rows: lines.map(({ row, cells }) => ({ row, base: cells[ofBase] ?? '', quote: cells[ofQuote] ?? '', date: cells[ofDate] ?? '', rate: cells[ofRate] ?? '' })) };
  }
  const date = small.indexOf('date');
  const quotes = names.flatMap((name, index) => (CURRENCY.test(name) && index !== date ? [{ name, index }] : []));
  const strange = names.find((name, index) => index !== date && name !== '' && !CURRENCY.test(name));
  if (date < 0 || quotes.length === 0 || strange !== undefined)
    return { rows: [], problems: [{ row: 0, column: strange ?? 'date', reason: 'the header names either base, quote, date and rate, or Date and then currencies' }] };
  return {
    problems: [],
    rows: lines.flatMap(({ row, cells }) => quotes.flatMap(({ name, index }): FxRow[] =>
      (NOTHING.has((cells[index] ?? '').trim()) ? [] : [{ row, column: name, base, quote: name, date: cells[date] ?? '', rate: cells[index] ?? '' }]))),
  };
}

/** `today` is the last day that a rate can be of. With any problem, `rates` must not be used. */
export function readFxRows(rows: readonly FxRow[], today: Day): { readonly rates: FxRate[]; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  const rates = rows.flatMap((given, index): FxRate[] => {
    const row = given.row ?? index + 1;
    const found = problemsOf(given, today);
    const place = `${given.base}/${given.quote} ${given.date}`;
    const before = seen.get(place);
    if (before !== undefined) found.push({ column: 'date', reason: `a rate of ${given.base}/${given.quote} for that day is in row ${before} already` });
    seen.set(place, before ?? row);
    problems.push(...found.map((problem) => ({ row, ...problem })));
    return found.length > 0 ? [] : [{ base: given.base ?? '', quote: given.quote ?? '', date: given.date ?? '', rate: decimal(given.rate ?? '') }];
  });
  return { rates, problems };
}

type Found = Omit<Problem, 'row'>;

const problemsOf = ({ base, quote, date, rate, column = 'rate' }: FxRow, today: Day): Found[] => [
  ...currencyProblem('base', base), ...currencyProblem('quote', quote), ...dayProblem(date, today), ...rateProblem(column, rate),
  ...(base != null && base === quote ? [{ column: 'quote', reason: `one ${base} is one ${base}: there is no rate to record` }] : []),
];

function currencyProblem(column: string, code: string | null | undefined): Found[] {
  if (code == null || code === '') return [{ column, reason: 'is missing' }];
  const unit = quoteUnitNamed(code);
  if (unit !== null) return [{ column, reason: `${code} is a unit that prices are quoted in: rates are between currencies, here ${quoteUnits[unit].currency}` }];
  return CURRENCY.test(code) ? [] : [{ column, reason: `${JSON.stringify(code)} is not a currency code such as USD` }];
}

function dayProblem(day: string | null | undefined, today: Day): Found[] {
  if (day == null || day === '') return [{ column: 'date', reason: 'is missing' }];
  const read = DAY.test(day) ? new Date(`${day}T00:00:00Z`) : new Date(Number.NaN);
  if (Number.isNaN(read.getTime()) || !read.toISOString().startsWith(day)) return [{ column: 'date', reason: `${JSON.stringify(day)} is not a day such as 2026-11-20` }];
  if (day > today) return [{ column: 'date', reason: `${day} is in the future` }];
  return day < FIRST_DAY ? [{ column: 'date', reason: `${day} is before ${FIRST_DAY}` }] : [];
}

function rateProblem(column: string, rate: string | null | undefined): Found[] {
  if (rate == null || rate === '') return [{ column, reason: 'is missing' }];
  if (!isDecimalText(rate)) return [{ column, reason: `${JSON.stringify(rate)} is not a decimal of at most 20 whole and 18 fractional digits` }];
  return decimal(rate).greaterThan(0) ? [] : [{ column, reason: `${rate} is not above zero: leave out a day without a rate` }];
}

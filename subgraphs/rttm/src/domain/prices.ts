/** Daily prices before they are recorded: read and checked. Every bad row is named by row, column and reason; prices are in the unit that the instrument is quoted in. */
import { type Decimal, decimal, isDecimalText } from '@pms/money';
import type { Day } from './days.ts';

export interface Close {
  readonly date: Day;
  readonly close: Decimal;
  readonly open: Decimal | null;
  readonly high: Decimal | null;
  readonly low: Decimal | null;
  readonly volume: Decimal | null;
  readonly simulated: boolean;
}

/** As it was given: text that may be anything; null or empty where it is left out. */
export interface PriceRow {
  /** Its place in the input, from 1; by default its place among the rows. */
  readonly row?: number | undefined;
  readonly date?: string | null | undefined;
  readonly close?: string | null | undefined;
  readonly open?: string | null | undefined;
  readonly high?: string | null | undefined;
  readonly low?: string | null | undefined;
  readonly volume?: string | null | undefined;
}

export interface Problem {
  /** 1 is the first row. */
  readonly row: number;
  readonly column: string;
  readonly reason: string;
}

const OPTIONAL_PRICES = ['open', 'high', 'low'] as const;
const DIGITS_MAX = 18;
const FIRST_DAY = '1900-01-01';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads rows in order; `today` is the last day that a close can be of, `digitsMax` how many fractional digits a price may have. With any problem, `closes` must not be used. */
export function readCloses(rows: readonly PriceRow[], today: Day, digitsMax = DIGITS_MAX): { readonly closes: Close[]; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const seen = new Map<Day, number>();
  const closes = rows.flatMap((row, index): Close[] => {
    const number = row.row ?? index + 1;
    const found = problemsOf(row, today, digitsMax);
    const before = seen.get(row.date ?? '');
    if (before !== undefined) found.push({ column: 'date', reason: `the day is in row ${before} already` });
    seen.set(row.date ?? '', before ?? number);
    problems.push(...found.map((problem) => ({ row: number, ...problem })));
    return found.length > 0 ? [] : [asClose(row)];
  });
  return { closes, problems };
}

type Found = Omit<Problem, 'row'>;

function problemsOf(row: PriceRow, today: Day, digitsMax: number): Found[] {
  const prices = (['close', ...OPTIONAL_PRICES] as const).flatMap((column) => priceProblem(column, row[column], { required: column === 'close', digitsMax }));
  const found = [...dayProblem(row.date, today), ...prices, ...volumeProblem(row.volume)];
  return found.length > 0 ? found : rangeProblem(row);
}

function dayProblem(day: string | null | undefined, today: Day): Found[] {
  if (isBlank(day)) return [{ column: 'date', reason: 'is missing' }];
  const read = DAY.test(day) ? new Date(`${day}T00:00:00Z`) : new Date(Number.NaN);
  if (Number.isNaN(read.getTime()) || !read.toISOString().startsWith(day)) return [{ column: 'date', reason: `${JSON.stringify(day)} is not a day such as 2026-11-20` }];
  if (day > today) return [{ column: 'date', reason: `${day} is in the future` }];
  return day < FIRST_DAY ? [{ column: 'date', reason: `${day} is before ${FIRST_DAY}` }] : [];
}

function priceProblem(column: string, value: string | null | undefined, { required, digitsMax }: { required: boolean; digitsMax: number }): Found[] {
  if (isBlank(value)) return required ? [{ column, reason: 'is missing' }] : [];
  if (!isDecimalText(value)) return [{ column, reason: `${JSON.stringify(value)} is not a decimal of at most 20 whole and 18 fractional digits` }];
  if (decimal(value).decimalPlaces() > digitsMax) return [{ column, reason: `${value} has more than ${digitsMax} fractional digits` }];
  return decimal(value).greaterThan(0) ? [] : [{ column, reason: `${value} is not above zero` }];
}

function volumeProblem(value: string | null | undefined): Found[] {
  if (isBlank(value)) return [];
  if (!isDecimalText(value)) return [{ column: 'volume', reason: `${JSON.stringify(value)} is not a number` }];
  return decimal(value).isNegative() ? [{ column: 'volume', reason: `${value} is below zero` }] : [];
}

/** A high below, or a low above, another price of the day is a sign of swapped columns. */
function rangeProblem(row: PriceRow): Found[] {
  const { close, open, high, low } = asClose(row);
  const within = [close, ...(open === null ? [] : [open])];
  const found: Found[] = [];
  if (high !== null && [...within, ...(low === null ? [] : [low])].some((price) => price.greaterThan(high))) found.push({ column: 'high', reason: 'another price of the day is higher' });
  if (low !== null && within.some((price) => price.lessThan(low))) found.push({ column: 'low', reason: 'another price of the day is lower' });
  return found;
}

const isBlank = (value: string | null | undefined): value is null | undefined | '' => value == null || value === '';
const optional = (value: string | null | undefined): Decimal | null => (isBlank(value) ? null : decimal(value));

const asClose = (row: PriceRow): Close => ({
  date: row.date ?? '', close: decimal(row.close ?? ''), open: optional(row.open), high: optional(row.high), low: optional(row.low),
  volume: optional(row.volume), simulated: false,
});

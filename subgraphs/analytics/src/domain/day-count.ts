/**
 * Days and parts of a year between two ISO 8601 days, by the day count conventions of ISDA (2006 definitions, §4.16), ICMA
 * and AFB. The first day is excluded and the last included. Floats; refuses what is not a day.
 */
import { badInput } from '@pms/errors';

/** An ISO 8601 day, such as "2026-11-20". */
export type Day = string;

export type DayCount =
  | 'ACT/365F' | 'ACT/360' | 'ACT/364' | 'ACT/365.25' | 'ACT/365A' | 'ACT/ACT ISDA' | 'ACT/ACT AFB' | 'ACT/ACT YEAR' | 'NL/365'
  | '30/360' | '30/360 US' | '30/360 PSA' | '30/360 ITALIAN' | '30E/360' | '30E/360 ISDA' | '30E+/360' | '30E/365' | '1/1';

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01; throws BAD_USER_INPUT for what is not a day of the calendar. */
export function epochDay(day: Day): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // Date.parse carries "02-30" over into March
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(day.slice(8))) throw badInput(`not a day: ${JSON.stringify(day)}`);
  return ms / MS_PER_DAY;
}

export const dayOf = (epoch: number): Day => new Date(epoch * MS_PER_DAY).toISOString().slice(0, 10);

export const daysBetween = (from: Day, to: Day): number => epochDay(to) - epochDay(from);

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const parts = (day: Day): Parts => ({ year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), day: Number(day.slice(8, 10)) });

const iso = (year: number, month: number, day: number): Day =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

const isLastOfFebruary = ({ year, month, day }: Parts): boolean => month === 2 && day === (isLeap(year) ? 29 : 28);

const days360 = (a: Parts, b: Parts, dayA: number, dayB: number): number => 360 * (b.year - a.year) + 30 * (b.month - a.month) + dayB - dayA;

/** Leap days after `from`, up to `to` and including it. */
function leapDays(from: Day, to: Day): number {
  let count = 0;
  for (let year = parts(from).year; year <= parts(to).year; year++)
    if (isLeap(year) && iso(year, 2, 29) > from && iso(year, 2, 29) <= to) count++;
  return count;
}

/** A first day of 31 counts as the 30th, and by some conventions the last of February too. */
const first = (a: Parts, endOfFebruary: boolean): number => (endOfFebruary && isLastOfFebruary(a) ? 30 : Math.min(a.day, 30));

/** A last day of 31 counts as the 30th only after a first one that does. */
const after = (start: number, { day }: Parts): number => (day === 31 && start === 30 ? 30 : day);

/** The 28th and 29th of February count as the 30th. */
const italian = ({ month, day }: Parts): number => (month === 2 && day > 27 ? 30 : Math.min(day, 30));

type Thirty360 = '30/360' | '30/360 US' | '30/360 PSA' | '30/360 ITALIAN' | '30E/360' | '30E/365' | '30E/360 ISDA' | '30E+/360';

const THIRTY_360: Readonly<Record<Thirty360, (a: Parts, b: Parts) => number>> = {
  '30/360': (a, b) => days360(a, b, first(a, false), after(first(a, false), b)),
  '30/360 US': (a, b) => days360(a, b, first(a, true), isLastOfFebruary(a) && isLastOfFebruary(b) ? 30 : after(first(a, true), b)),
  '30/360 PSA': (a, b) => days360(a, b, first(a, true), after(first(a, true), b)),
  '30/360 ITALIAN': (a, b) => days360(a, b, italian(a), italian(b)),
  '30E/360': (a, b) => days360(a, b, first(a, false), first(b, false)),
  '30E/365': (a, b) => days360(a, b, first(a, false), first(b, false)),
  '30E/360 ISDA': (a, b) => days360(a, b, first(a, true), first(b, true)),
  '30E+/360': (a, b) => (b.day === 31 ? days360(a, { ...b, month: b.month + 1 }, first(a, false), 1) : days360(a, b, first(a, false), b.day)),
};

const isThirty360 = (convention: DayCount): convention is Thirty360 => convention in THIRTY_360;

/** The numerator: days between the two, real ones or of 30-day months. */
export function dayCountDays(convention: DayCount, from: Day, to: Day): number {
  if (isThirty360(convention)) return THIRTY_360[convention](parts(from), parts(to));
  const actual = daysBetween(from, to);
  return convention === 'NL/365' ? actual - leapDays(from, to) : actual;
}

/** Years, as a float; negative where `to` is earlier. */
export function yearFraction(convention: DayCount, from: Day, to: Day): number {
  if (to < from) return -yearFraction(convention, to, from);
  return BY_YEARS[convention]?.(from, to) ?? dayCountDays(convention, from, to) / (DAYS_IN_YEAR[convention] ?? 360);
}

/** Where the conventions differ from 360. */
const DAYS_IN_YEAR: Readonly<Partial<Record<DayCount, number>>> = { 'ACT/365F': 365, 'NL/365': 365, '30E/365': 365, 'ACT/365.25': 365.25, 'ACT/364': 364 };

/** Those whose year is as long as the calendar's. */
const BY_YEARS: Readonly<Partial<Record<DayCount, (from: Day, to: Day) => number>>> = {
  '1/1': () => 1, 'ACT/ACT ISDA': actActIsda, 'ACT/ACT AFB': actActAfb, 'ACT/ACT YEAR': actActYear,
  'ACT/365A': (from, to) => daysBetween(from, to) / (leapDays(from, to) > 0 ? 366 : 365),
};

/** Days of leap years over 366, the others over 365. */
function actActIsda(from: Day, to: Day): number {
  const [begin, end] = [parts(from).year, parts(to).year];
  const length = (year: number): number => (isLeap(year) ? 366 : 365);
  if (begin === end) return daysBetween(from, to) / length(begin);
  return daysBetween(from, iso(begin + 1, 1, 1)) / length(begin) + (end - begin - 1) + daysBetween(iso(end, 1, 1), to) / length(end);
}

/** Whole years counted from the start, the rest over the length of the year that it is a part of. */
function actActYear(from: Day, to: Day): number {
  const start = parts(from);
  const onward = (years: number): Day => iso(start.year + years, start.month, isLastOfFebruary(start) && !isLeap(start.year + years) ? 28 : start.day);
  let years = 0;
  while (onward(years + 1) <= to) years++;
  return years + daysBetween(onward(years), to) / daysBetween(onward(years), onward(years + 1));
}

/** Whole years counted back from the end, the rest over 366 where it holds a leap day, else over 365. */
function actActAfb(from: Day, to: Day): number {
  const end = parts(to);
  const backBy = (years: number): Day => {
    const year = end.year - years;
    const isEndOfFebruary = end.month === 2 && end.day >= 28 && (end.day === 29 || (isLastOfFebruary(end) && isLeap(year)));
    return isEndOfFebruary ? iso(year, 2, isLeap(year) ? 29 : 28) : iso(year, end.month, end.day);
  };
  let years = 0;
  while (backBy(years + 1) >= from) years++;
  const rest = backBy(years);
  return years + daysBetween(from, rest) / (leapDays(dayOf(epochDay(from) - 1), dayOf(epochDay(rest) - 1)) > 0 ? 366 : 365);
}

/**
 * ACT/ACT ICMA for a period within one coupon period: its days over those of the coupon period, times that period's part
 * of a year. `periodsPerYear` is the coupon frequency.
 */
export const actActIcma = (from: Day, to: Day, coupon: { readonly from: Day; readonly to: Day; readonly periodsPerYear: number }): number =>
  daysBetween(from, to) / (daysBetween(coupon.from, coupon.to) * coupon.periodsPerYear);

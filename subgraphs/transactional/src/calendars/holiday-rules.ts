/**
 * Holidays as rules: each gives the day of a year on which a market is closed, or null for none. Pure.
 * Easter is the Gregorian one (Meeus/Jones/Butcher).
 */
import { addDays, dayFrom, weekday } from '../domain/days.ts';
import type { Day } from '../domain/days.ts';

export type Rule = (year: number) => Day | null;

/** Where a holiday goes that falls on a weekend; without one it is lost. */
export type Observance = (day: Day) => Day;

const SATURDAY = 6;
const SUNDAY = 0;

export const sundayToMonday: Observance = (day) => (weekday(day) === SUNDAY ? addDays(day, 1) : day);

export const weekendToMonday: Observance = (day) => addDays(day, weekday(day) === SATURDAY ? 2 : weekday(day) === SUNDAY ? 1 : 0);

/** For each of two holidays in a row (Christmas and Boxing Day), so that neither moves onto the other. */
export const weekendToNextTwo: Observance = (day) => addDays(day, weekday(day) === SATURDAY || weekday(day) === SUNDAY ? 2 : 0);

export const fixed = (month: number, day: number, observed: Observance = (same) => same): Rule => (year) => observed(dayFrom(year, month, day));

/** The nth (1 to 5) given weekday (0 is Sunday) of a month. */
export const nth = (n: number, dayOfWeek: number, month: number): Rule => (year) => {
  const first = dayFrom(year, month, 1);
  return addDays(first, ((dayOfWeek - weekday(first) + 7) % 7) + 7 * (n - 1));
};

/** The last given weekday on or before a day of the year. */
export const lastBefore = (dayOfWeek: number, month: number, dayInMonth: number): Rule => (year) => {
  const end = dayFrom(year, month, dayInMonth);
  return addDays(end, -((weekday(end) - dayOfWeek + 7) % 7));
};

function easterSunday(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return dayFrom(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
}

/** So many days after Easter Sunday: −2 is Good Friday, 1 Easter Monday, 39 Ascension, 50 Whit Monday. */
export const easter = (days: number): Rule => (year) => addDays(easterSunday(year), days);

/** Only in the years from `from` to `to`, both included. */
export const during = (from: number, to: number, rule: Rule): Rule => (year) => (year >= from && year <= to ? rule(year) : null);
export const since = (from: number, rule: Rule): Rule => during(from, Number.MAX_SAFE_INTEGER, rule);

/** Not in these years. */
export const except = (years: readonly number[], rule: Rule): Rule => (year) => (years.includes(year) ? null : rule(year));

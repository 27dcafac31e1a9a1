/** Where closings come from: rules, countries' holidays from `date-holidays`, and lists of days. */
import Holidays from 'date-holidays';
import { addDays, type Day, weekday } from '../domain/days.ts';
import type { Rule } from './holiday-rules.ts';

/** Days of a year on which it is closed; some may fall on a weekend, and one may come twice. */
export type Closings = (year: number) => readonly Day[];

export const byRules = (rules: readonly Rule[], specials: readonly Day[] = []): Closings => (year) => [
  ...rules.flatMap((rule) => rule(year) ?? []),
  ...specials.filter((day) => day.startsWith(String(year))),
];

export const plus = (closings: Closings, specials: readonly Day[]): Closings => (year) => [...closings(year), ...specials.filter((day) => day.startsWith(String(year)))];

/** A country's public and bank holidays, read when the first year is asked for: the data is large. */
export function country(code: string, region?: string): Closings {
  let holidays: Holidays | undefined;
  return (year) => {
    holidays ??= region === undefined ? new Holidays(code) : new Holidays(code, region);
    return holidays.getHolidays(year).filter(({ type }) => type === 'public' || type === 'bank').map(({ date }) => date.slice(0, 10));
  };
}

/** A holiday on a Sunday is kept on Monday, where that is not among them already: as a holiday of its own, or as the substitute. */
export const sundaysMoved = (closings: Closings): Closings => (year) => {
  const days = closings(year);
  return [...days, ...days.filter((day) => weekday(day) === 0 && !days.includes(addDays(day, 1))).map((day) => addDays(day, 1))];
};

/**
 * Business days: a `Calendar` says which days count; the rest here counts them and moves dates onto them.
 * Every search is bounded: a calendar with no business day within SEARCH_DAYS_MAX is refused as broken.
 */
import { DomainError } from '@pms/errors';
import { addDays, daysBetween, isWeekend, monthOf } from './days.ts';
import type { Day } from './days.ts';

export interface Calendar {
  /** For people: "XNYS and US banks". */
  readonly name: string;
  readonly isBusinessDay: (day: Day) => boolean;
}

/**
 * How a date that is no business day moves (ISDA names). The modified ones turn round rather than leave the month.
 */
export type RollConvention = 'NONE' | 'FOLLOWING' | 'MODIFIED_FOLLOWING' | 'PRECEDING' | 'MODIFIED_PRECEDING' | 'NEAREST';

const SEARCH_DAYS_MAX = 60;

/** Saturdays and Sundays closed, nothing else. */
export const weekendsOnly: Calendar = { name: 'Saturday and Sunday', isBusinessDay: (day) => !isWeekend(day) };

/** A business day of the whole is one of every part: what settlement needs of an exchange and its banks. */
export const allOpen = (name: string, ...calendars: readonly Calendar[]): Calendar => ({
  name,
  isBusinessDay: (day) => calendars.every((calendar) => calendar.isBusinessDay(day)),
});

function search(calendar: Calendar, day: Day, step: 1 | -1): Day {
  let found = day;
  for (let tried = 0; tried < SEARCH_DAYS_MAX; tried++, found = addDays(found, step))
    if (calendar.isBusinessDay(found)) return found;
  throw new DomainError('INTERNAL', `calendar ${calendar.name} has no business day within ${SEARCH_DAYS_MAX} days of ${day}`);
}

/** Moves a date onto a business day; a business day stays where it is. NEAREST takes the earlier of two equally near. */
export function roll(calendar: Calendar, day: Day, convention: RollConvention): Day {
  if (convention === 'NONE' || calendar.isBusinessDay(day)) return day;
  const next = search(calendar, day, 1);
  const previous = search(calendar, day, -1);
  switch (convention) {
    case 'FOLLOWING':
      return next;
    case 'PRECEDING':
      return previous;
    case 'MODIFIED_FOLLOWING':
      return monthOf(next) === monthOf(day) ? next : previous;
    case 'MODIFIED_PRECEDING':
      return monthOf(previous) === monthOf(day) ? previous : next;
    case 'NEAREST':
      return daysBetween(day, next) < daysBetween(previous, day) ? next : previous;
  }
}

/**
 * The day that is `count` business days after `day` (before it, for a negative count); `day` itself is not counted and
 * need not be a business day. A count of 0 gives the day itself, or the next business day where it is none.
 */
export function addBusinessDays(calendar: Calendar, day: Day, count: number): Day {
  if (count === 0) return roll(calendar, day, 'FOLLOWING');
  const step = count > 0 ? 1 : -1;
  let found = day;
  for (let left = Math.abs(count); left > 0; left--) found = search(calendar, addDays(found, step), step);
  return found;
}

export interface Ends {
  readonly includeFrom: boolean;
  readonly includeTo: boolean;
}

/**
 * Business days between two dates, negative where `to` is earlier. By default the first is left out and the last
 * counted, so that adding the result to a business day arrives at `to`. A single day counts once, if both ends do.
 */
export function businessDaysBetween(calendar: Calendar, from: Day, to: Day, ends: Ends = { includeFrom: false, includeTo: true }): number {
  if (from === to) return ends.includeFrom && ends.includeTo && calendar.isBusinessDay(from) ? 1 : 0;
  if (from > to) return -businessDaysBetween(calendar, to, from, { includeFrom: ends.includeTo, includeTo: ends.includeFrom });
  const first = ends.includeFrom ? from : addDays(from, 1);
  const last = ends.includeTo ? to : addDays(to, -1);
  let count = 0;
  for (let day = first; day <= last; day = addDays(day, 1)) if (calendar.isBusinessDay(day)) count++;
  return count;
}

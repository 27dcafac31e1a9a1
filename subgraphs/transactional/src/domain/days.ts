/**
 * Calendar days as ISO 8601 text ("2026-11-20", proleptic Gregorian, no time zone) and the arithmetic on them.
 * Refuses text that is not a real day of the year 100 or later; ISO text of one length compares as the days do, so `<` on days is right.
 */
import { badInput } from '@pms/errors';

/** An ISO 8601 day, such as "2026-11-20". */
export type Day = string;

const MS_PER_DAY = 86_400_000;
const DAY_TEXT = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since 1970-01-01; throws BAD_USER_INPUT for what is not a day of the calendar ("2023-02-29"). */
export function epochDay(day: Day): number {
  const match = DAY_TEXT.exec(day);
  const ms = match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : Number.NaN;
  const read = new Date(ms);
  // Date.UTC carries an overflow into the next month ("02-30" is March) and takes years below 100 for 19xx
  const isReal = read.getUTCDate() === Number(match?.[3]) && read.getUTCMonth() + 1 === Number(match?.[2]) && read.getUTCFullYear() === Number(match?.[1]);
  if (!isReal) throw badInput(`not a day: ${JSON.stringify(day)}`);
  return ms / MS_PER_DAY;
}

export const dayOf = (epoch: number): Day => new Date(epoch * MS_PER_DAY).toISOString().slice(0, 10);

export const addDays = (day: Day, days: number): Day => dayOf(epochDay(day) + days);

/** Calendar days from one to the other; negative where `to` is earlier. */
export const daysBetween = (from: Day, to: Day): number => epochDay(to) - epochDay(from);

/** 0 is Sunday, 6 is Saturday. */
export const weekday = (day: Day): number => (((epochDay(day) + 4) % 7) + 7) % 7;

export const isWeekend = (day: Day): boolean => weekday(day) === 0 || weekday(day) === 6;

export const yearOf = (day: Day): number => Number(day.slice(0, 4));
export const monthOf = (day: Day): number => Number(day.slice(5, 7));

/** The day of a year, month (1 to 12) and day of month. */
export const dayFrom = (year: number, month: number, dayInMonth: number): Day => dayOf(Date.UTC(year, month - 1, dayInMonth) / MS_PER_DAY);

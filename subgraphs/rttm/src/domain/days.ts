/** Calendar days as ISO 8601 text, which compares as the days do, and the business days of the New York Stock Exchange's regular calendar. */

/** An ISO 8601 day, such as "2026-11-20". */
export type Day = string;

const MS_PER_DAY = 86_400_000;

export const epochDay = (day: Day): number => Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY;
const dayOf = (epoch: number): Day => new Date(epoch * MS_PER_DAY).toISOString().slice(0, 10);
export const addDays = (day: Day, days: number): Day => dayOf(epochDay(day) + days);

/** The day in UTC: the tape's day, whatever the exchange's. */
export const utcDay = (at: Date): Day => at.toISOString().slice(0, 10);

/** 0 is Sunday. */
const weekday = (epoch: number): number => (((epoch + 4) % 7) + 7) % 7;

const date = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / MS_PER_DAY;
const nth = (n: number, dayOfWeek: number, year: number, month: number): number => {
  const first = date(year, month, 1);
  return first + ((dayOfWeek - weekday(first) + 7) % 7) + (n - 1) * 7;
};

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
const observed = (epoch: number): number => (weekday(epoch) === 6 ? epoch - 1 : weekday(epoch) === 0 ? epoch + 1 : epoch);

/** Gregorian Easter Sunday (Meeus, Astronomical Algorithms, ch. 8). */
function easter(year: number): number {
  const a = year % 19, b = Math.floor(year / 100), c = year % 100;
  const d = Math.floor(b / 4), e = b % 4, f = Math.floor((b + 8) / 25), g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30, i = Math.floor(c / 4), k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7, m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return date(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}

/** NYSE rule 7.2: no closing on the Friday when New Year's Day falls on a Saturday, since that Friday ends the year's accounts. */
function newYear(year: number): number[] {
  const day = date(year, 1, 1);
  return weekday(day) === 6 ? [] : [observed(day)];
}

const FIRST_JUNETEENTH = 2022;

const holidays = new Map<number, ReadonlySet<number>>();

/** The regular closings of a year from 1998 on; single closings for mourning or storms are not among them. */
function holidaysOf(year: number): ReadonlySet<number> {
  const known = holidays.get(year);
  if (known !== undefined) return known;
  const memorialDay = nth(1, 1, year, 6) - 7;
  const days = new Set([
    ...newYear(year), nth(3, 1, year, 1), nth(3, 1, year, 2), easter(year) - 2, memorialDay,
    ...(year >= FIRST_JUNETEENTH ? [observed(date(year, 6, 19))] : []),
    observed(date(year, 7, 4)), nth(1, 1, year, 9), nth(4, 4, year, 11), observed(date(year, 12, 25)),
  ]);
  holidays.set(year, days);
  return days;
}

const isOpen = (epoch: number): boolean => {
  const inWeek = weekday(epoch);
  return inWeek !== 0 && inWeek !== 6 && !holidaysOf(new Date(epoch * MS_PER_DAY).getUTCFullYear()).has(epoch);
};

export const isBusinessDay = (day: Day): boolean => isOpen(epochDay(day));

/** Business days after `from` up to and including `to`; none where `to` is not later. */
export function businessDays(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  for (let epoch = epochDay(from) + 1, last = epochDay(to); epoch <= last; epoch += 1) if (isOpen(epoch)) days.push(dayOf(epoch));
  return days;
}

/** How many `businessDays` gives. */
export function businessDaysBetween(from: Day, to: Day): number {
  let count = 0;
  for (let epoch = epochDay(from) + 1, last = epochDay(to); epoch <= last; epoch += 1) if (isOpen(epoch)) count += 1;
  return count;
}

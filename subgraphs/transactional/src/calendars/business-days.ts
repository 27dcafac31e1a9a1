/** Business days of a currency: those on which its main market settles; for other currencies, weekdays. */
import { businessDaysBetween, weekendsOnly } from '../domain/calendar.ts';
import { addDays, type Day } from '../domain/days.ts';
import { settlementCalendar } from './market-calendars.ts';
import { MAIN_MARKETS } from './settlement-date.ts';

/** Days are counted one by one: what is older is as old as this. */
const DAYS_MAX = 3_660;

/** After `from`, up to and with `to`; none where `to` is not later. */
export function businessDaysSince(currency: string, from: Day, to: Day): number {
  if (to <= from) return 0;
  const market = MAIN_MARKETS[currency];
  const earliest = addDays(to, -DAYS_MAX);
  return businessDaysBetween(market === undefined ? weekendsOnly : settlementCalendar(market), from < earliest ? earliest : from, to);
}

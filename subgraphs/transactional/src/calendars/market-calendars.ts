/**
 * Calendars of exchanges and of their settlement. A trade may be made on a day when the exchange is open; it settles only
 * on a day when the exchange and the banks of its currency are open too (Columbus and Veterans Day trade, and do not settle).
 * Years are worked out on demand and kept. Refuses a market it has no closings for: no calendar is guessed.
 */
import { badInput } from '@pms/errors';
import { allOpen } from '../domain/calendar.ts';
import type { Calendar } from '../domain/calendar.ts';
import { isWeekend, yearOf } from '../domain/days.ts';
import type { Day } from '../domain/days.ts';
import { contractualSettlementDate } from '../domain/settlement-cycle.ts';
import { banksOf, centreOf, homeCurrencyOf } from './banks.ts';
import { closedWeekdays, closings } from './closings.ts';

/** Years kept per calendar; a century of them is a few kilobytes. */
const YEARS_KEPT_MAX = 200;

const calendars = new Map<string, Calendar>();

/**
 * Days on which an exchange or a banking centre is open, by market identifier code ("XNYS", "XLON", "XETR", "XMIL", "XPAR",
 * "XSWX", "XTSE", "XTKS", "XHKG") or centre ("USNY", "GBLO", "TARGET", "JPTO", "BRAZIL").
 */
export function marketCalendar(code: string): Calendar {
  const known = calendars.get(code);
  if (known) return known;
  const of = closings[code];
  if (!of) throw badInput(`no calendar is known for ${code}`, { market: code });
  const years = new Map<number, ReadonlySet<Day>>();
  const closedIn = (year: number): ReadonlySet<Day> => {
    const found = years.get(year) ?? new Set(closedWeekdays(of, year));
    if (years.size >= YEARS_KEPT_MAX) years.clear();
    years.set(year, found);
    return found;
  };
  const calendar: Calendar = { name: code, isBusinessDay: (day) => !isWeekend(day) && !closedIn(yearOf(day)).has(day) };
  calendars.set(code, calendar);
  return calendar;
}

/**
 * Days on which a market's trades settle: its exchange and its banks are open, and where cash moves in a currency that is not the market's own, those of
 * that currency, too.
 */
export function settlementCalendar(market: string, currency?: string): Calendar {
  const exchange = marketCalendar(market);
  const centres = [banksOf(market), currency === undefined || currency === homeCurrencyOf(market) ? undefined : centreOf(currency)].filter((each) => each !== undefined);
  return centres.length === 0 ? exchange : allOpen([market, ...centres].join(' and '), exchange, ...centres.map(marketCalendar));
}

/** The contractual settlement date of a regular-way trade in a market. */
export const settlementDate = (market: string, tradeDate: Day): Day => contractualSettlementDate(market, tradeDate, settlementCalendar(market));

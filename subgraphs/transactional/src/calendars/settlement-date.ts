/**
 * When a trade settles, also where the instrument names no market or one without a calendar: then its currency's main market
 * decides, and for other currencies two weekdays after the trade, whatever the holidays.
 */
import { addBusinessDays, weekendsOnly } from '../domain/calendar.ts';
import type { Day } from '../domain/days.ts';
import { settlementDate } from './market-calendars.ts';
import { closings } from './closings.ts';

/** Of a currency: the market whose calendar counts where none is named. */
export const MAIN_MARKETS: Readonly<Record<string, string>> = { USD: 'XNYS', EUR: 'XETR', GBP: 'XLON', CHF: 'XSWX', JPY: 'XTKS', CAD: 'XTSE', HKD: 'XHKG' };
const OTHERWISE_DAYS = 2;

/** A run of trades has few markets and days. */
const KEPT_MAX = 10_000;
const kept = new Map<string, Day>();

const knownMarkets: ReadonlySet<string> = new Set(Object.keys(closings));

export function settlementDateOf({ mic, currency }: { readonly mic: string | null; readonly currency: string }, tradeDate: Day): Day {
  const market = mic !== null && knownMarkets.has(mic) ? mic : MAIN_MARKETS[currency];
  const key = `${market} ${tradeDate}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const date = market === undefined ? addBusinessDays(weekendsOnly, tradeDate, OTHERWISE_DAYS) : settlementDate(market, tradeDate);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, date);
  return date;
}

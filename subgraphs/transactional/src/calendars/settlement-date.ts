/**
 * When a trade settles, also where the instrument names no market or one without a calendar: then its currency's main market
 * decides, and for other currencies two weekdays after the trade, whatever the holidays.
 */
import { addBusinessDays, businessDaysBetween, type Calendar, weekendsOnly } from '../domain/calendar.ts';
import type { Day } from '../domain/days.ts';
import { settlementLagDays } from '../domain/settlement-cycle.ts';
import { closings } from './closings.ts';
import { settlementCalendar } from './market-calendars.ts';

/** Of a currency: the market whose calendar counts where none is named. */
export const MAIN_MARKETS: Readonly<Record<string, string>> = {
  USD: 'XNYS', EUR: 'XETR', GBP: 'XLON', CHF: 'XSWX', JPY: 'XTKS', CAD: 'XTSE', HKD: 'XHKG', AUD: 'XASX', NZD: 'XNZE', SGD: 'XSES', ZAR: 'XJSE', INR: 'XNSE',
  SEK: 'XSTO', DKK: 'XCSE', NOK: 'XOSL', BRL: 'BVMF', MXN: 'XMEX',
};
const OTHERWISE_DAYS = 2;

export interface Market {
  readonly mic: string | null;
  /** Of the trade. */
  readonly currency: string;
  /** In which cash moves, where that is another one. */
  readonly cash?: string | undefined;
}

/** A run of trades has few markets and days. */
const KEPT_MAX = 10_000;
const kept = new Map<string, Day>();

const knownMarkets: ReadonlySet<string> = new Set(Object.keys(closings));

/** Null where neither the instrument nor its currency has one. */
export const marketOf = ({ mic, currency }: Market): string | null => (mic !== null && knownMarkets.has(mic) ? mic : (MAIN_MARKETS[currency] ?? null));

/** The days that count for settlement: the exchange and the banks of the market and of the currency are open. */
export function settlementDaysOf(market: Market): Calendar {
  const code = marketOf(market);
  return code === null ? weekendsOnly : settlementCalendar(code, market.cash ?? market.currency);
}

export function settlementLagOf(market: Market, tradeDate: Day): number {
  const code = marketOf(market);
  return code === null ? OTHERWISE_DAYS : settlementLagDays(code, tradeDate);
}

export function settlementDateOf(market: Market, tradeDate: Day): Day {
  const key = `${market.mic} ${market.currency} ${market.cash} ${tradeDate}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const date = addBusinessDays(settlementDaysOf(market), tradeDate, settlementLagOf(market, tradeDate));
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, date);
  return date;
}

/** Zero where the second day is not after the first. */
export const businessDaysLateOf = (market: Market, from: Day, to: Day): number => (to <= from ? 0 : businessDaysBetween(settlementDaysOf(market), from, to));

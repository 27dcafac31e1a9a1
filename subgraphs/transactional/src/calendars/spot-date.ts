/**
 * The value date of a currency exchange at spot: two business days after the trade, one for US and Canadian dollars. Days are counted on which the
 * centres of both currencies are open, a holiday of New York between the two dates not counting against them; the value date itself is a day on which
 * both centres and New York are open. Of a currency whose banks are not known here only weekends count.
 */
import { addDays, isWeekend } from '../domain/days.ts';
import type { Day } from '../domain/days.ts';
import { marketCalendar } from './market-calendars.ts';

/** Banking centres; for Canada, Switzerland and Hong Kong the exchange stands for its banks. */
const CENTRES: Readonly<Record<string, string>> = { USD: 'USNY', EUR: 'TARGET', GBP: 'GBLO', JPY: 'JPTO', CAD: 'XTSE', CHF: 'XSWX', HKD: 'XHKG', BRL: 'BRAZIL' };
const ONE_DAY: ReadonlySet<string> = new Set(['CAD/USD']);
const SEARCH_DAYS_MAX = 60;

const isOpen = (currency: string, day: Day): boolean => {
  const centre = CENTRES[currency];
  return centre === undefined ? !isWeekend(day) : marketCalendar(centre).isBusinessDay(day);
};

/** Throws RangeError for calendars without a common day within two months: broken ones. */
export function spotDate(currencies: readonly [string, string], tradedOn: Day): Day {
  const lag = ONE_DAY.has(currencies.toSorted().join('/')) ? 1 : 2;
  const isGood = (day: Day): boolean => !isWeekend(day) && currencies.every((currency) => currency === 'USD' || isOpen(currency, day));
  const isValue = (day: Day): boolean => isGood(day) && isOpen('USD', day);
  let day = tradedOn;
  for (let searched = 0, counted = 0; searched < SEARCH_DAYS_MAX; searched += 1) {
    day = addDays(day, 1);
    if (counted + 1 < lag ? isGood(day) : isValue(day)) counted += 1;
    if (counted === lag) return day;
  }
  throw new RangeError(`no spot date for ${currencies.join('/')} after ${tradedOn}`);
}

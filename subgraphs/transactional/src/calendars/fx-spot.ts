/**
 * When a currency exchange at spot settles: two business days after the trade, one for the pairs that the market quotes so (USD against CAD, TRY, PHP, RUB, KZT, PKR).
 * The rule of US holidays: the spot date itself is open in both currencies' centres and in New York, also where neither currency is the dollar; the day
 * between need be open only in the centres of the currencies that are not the dollar, so that a US holiday on it does not move the date, except against
 * ARS, CLP, COP and MXN, where it does. Of a currency whose banks have no calendar here only weekends count.
 */
import { addBusinessDays, allOpen, type Calendar, roll, weekendsOnly } from '../domain/calendar.ts';
import type { Day } from '../domain/days.ts';
import { centreOf } from './banks.ts';
import { marketCalendar } from './market-calendars.ts';

const NEXT_DAY_AGAINST_DOLLAR: ReadonlySet<string> = new Set(['CAD', 'TRY', 'PHP', 'RUB', 'KZT', 'PKR']);
const US_HOLIDAYS_COUNT: ReadonlySet<string> = new Set(['ARS', 'CLP', 'COP', 'MXN']);
const NEW_YORK = 'USNY';

function banks(currency: string): Calendar {
  const centre = centreOf(currency);
  return centre === undefined ? weekendsOnly : marketCalendar(centre);
}

/** Business days from trade to spot: 1 or 2. */
export const fxSpotLagDays = (bought: string, sold: string): number => {
  const other = bought === 'USD' ? sold : sold === 'USD' ? bought : null;
  return other !== null && NEXT_DAY_AGAINST_DOLLAR.has(other) ? 1 : 2;
};

export function fxSpotDate(bought: string, sold: string, tradeDate: Day): Day {
  const pair = [bought, sold];
  const between = pair.filter((currency) => currency !== 'USD' || pair.some((each) => US_HOLIDAYS_COUNT.has(each))).map(banks);
  const on = allOpen(`${bought}, ${sold} and ${NEW_YORK}`, ...pair.map(banks), marketCalendar(NEW_YORK));
  const before = addBusinessDays(allOpen(`${bought} and ${sold}`, ...between), tradeDate, fxSpotLagDays(bought, sold));
  return roll(on, before, 'FOLLOWING');
}

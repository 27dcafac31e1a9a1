/** Days on which an exchange trades and closes early, and at what time there. Only exchanges that publish such days for years ahead; they are days of settlement. */
import { addDays, dayFrom, type Day, isWeekend, weekday, yearOf } from '../domain/days.ts';
import { nth } from './holiday-rules.ts';
import { marketCalendar } from './market-calendars.ts';

const THURSDAY = 4;

/** New York closes at 13:00 the day after Thanksgiving, and before Independence Day and Christmas where those are kept in midweek. */
export function newYorkEarlyCloses(year: number): readonly Day[] {
  const thanksgiving = nth(4, THURSDAY, 11)(year) ?? '';
  const isFrom = (day: Day, ...days: number[]): boolean => days.includes(weekday(day));
  const beforeIndependence = dayFrom(year, 7, 3);
  const afterIndependence = dayFrom(year, 7, 5);
  const christmasEve = dayFrom(year, 12, 24);
  return [
    // until 2012 a Thursday's holiday was followed, not preceded, by the short day when the eve was a Wednesday
    ...(isFrom(beforeIndependence, 1, 2, 4) || (year >= 2013 && isFrom(beforeIndependence, 3)) ? [beforeIndependence] : []),
    ...(year < 2013 && isFrom(afterIndependence, 5) ? [afterIndependence] : []),
    dayFrom(year, 11, Number(thanksgiving.slice(8)) + 1),
    ...(isFrom(christmasEve, 1, 2, 3, 4) ? [christmasEve] : []),
  ];
}

/** The last day of trading before a day. */
function tradedBefore(market: string, day: Day): Day {
  const calendar = marketCalendar(market);
  let before = addDays(day, -1);
  while (!calendar.isBusinessDay(before)) before = addDays(before, -1);
  return before;
}

const eves = (market: string, year: number): readonly Day[] => [tradedBefore(market, dayFrom(year, 12, 25)), tradedBefore(market, dayFrom(year + 1, 1, 1))];
const weekdayEves = (year: number): readonly Day[] => [dayFrom(year, 12, 24), dayFrom(year, 12, 31)].filter((day) => !isWeekend(day));

interface Early {
  /** Of the exchange's own place. */
  readonly time: string;
  days(year: number): readonly Day[];
}

const NEW_YORK: Early = { time: '13:00', days: newYorkEarlyCloses };
const EURONEXT: Early = { time: '14:05', days: weekdayEves };
const early: Readonly<Record<string, Early>> = {
  XNYS: NEW_YORK, XNAS: NEW_YORK, ARCX: NEW_YORK, BATS: NEW_YORK, XASE: NEW_YORK, IEXG: NEW_YORK,
  XLON: { time: '12:30', days: (year) => eves('XLON', year) }, AIMX: { time: '12:30', days: (year) => eves('XLON', year) },
  XPAR: EURONEXT, XAMS: EURONEXT, XBRU: EURONEXT, XLIS: EURONEXT,
  XTSE: { time: '13:00', days: (year) => weekdayEves(year).slice(0, 1).filter((day) => day.endsWith('12-24')) },
  XETR: { time: '14:00', days: (year) => [tradedBefore('XETR', dayFrom(year, 12, 31))] },
  XHKG: { time: '12:00', days: weekdayEves },
  XASX: { time: '14:10', days: (year) => eves('XASX', year) },
};

/** Null where it closes as on other days, does not open, or publishes no such days. */
export function earlyClose(market: string, day: Day): string | null {
  const known = early[market];
  return known?.days(yearOf(day)).includes(day) === true && marketCalendar(market).isBusinessDay(day) ? known.time : null;
}

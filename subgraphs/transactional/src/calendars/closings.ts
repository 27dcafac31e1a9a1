/**
 * On which weekdays each market and banking centre is closed, year by year. Rules where the closings follow rules;
 * `nyse-holidays` and `date-holidays` where they follow the history of an exchange or a lunar calendar; and lists of the
 * closings that no rule foresees (mourning, storms, jubilees). Half days are open days.
 */
import { getHolidays as nyseHolidays } from 'nyse-holidays';
import { dayFrom, isWeekend, weekday } from '../domain/days.ts';
import type { Day } from '../domain/days.ts';
import { byRules, type Closings, country, plus } from './closing-sources.ts';
import { during, easter, except, fixed, lastBefore, nth, since, sundayToMonday, weekendToMonday, weekendToNextTwo } from './holiday-rules.ts';
import { worldClosings } from './world-closings.ts';

const [MONDAY, THURSDAY] = [1, 4];
const GOOD_FRIDAY = easter(-2);
const EASTER_MONDAY = easter(1);
const WHIT_MONDAY = easter(50);

/** Every source but one has 2012-10-29 and -30 both. The Wednesdays of 1968 were closed to clear paper. */
const NYSE_SPECIAL_CLOSURES: readonly Day[] = [
  '1963-11-25', '1968-02-12', '1968-04-09', '1968-07-05', '1969-02-10', '1969-03-31', '1969-07-21', '1972-12-28', '1973-01-25', '1977-07-14',
  '1985-09-27', '1994-04-27', '2001-09-11', '2001-09-12', '2001-09-13', '2001-09-14', '2004-06-11', '2007-01-02', '2012-10-29', '2012-10-30',
  '2018-12-05', '2025-01-09',
];

function paperCrisisWednesdays(year: number): readonly Day[] {
  if (year !== 1968) return [];
  return Array.from({ length: 366 }, (_, day) => dayFrom(1968, 1, 1 + day)).filter((day) => weekday(day) === 3 && day >= '1968-06-12');
}

const newYorkStockExchange: Closings = (year) => [
  ...nyseHolidays(year).map(({ dateString }) => dateString),
  ...NYSE_SPECIAL_CLOSURES.filter((day) => day.startsWith(String(year))),
  ...paperCrisisWednesdays(year),
];

/** The Federal Reserve's holidays: one on a Sunday is kept on Monday, one on a Saturday is not moved. */
const usBanks = byRules([
  fixed(1, 1, sundayToMonday), since(1986, nth(3, MONDAY, 1)), nth(3, MONDAY, 2), lastBefore(MONDAY, 5, 31), since(2021, fixed(6, 19, sundayToMonday)),
  fixed(7, 4, sundayToMonday), nth(1, MONDAY, 9), nth(2, MONDAY, 10), fixed(11, 11, sundayToMonday), nth(4, THURSDAY, 11), fixed(12, 25, sundayToMonday),
  // Lincoln's Birthday closed New York's banks, and so settlement (NASD Notice 84-10); the Federal Reserve never kept it
  during(1971, 1984, fixed(2, 12, sundayToMonday)),
]);

/** The early May holiday gave way to VE Day in 1995 and 2020, the spring one to the jubilees of 2002, 2012 and 2022. */
const englishBankHolidays = byRules(
  [
    fixed(1, 1, weekendToMonday), GOOD_FRIDAY, EASTER_MONDAY, except([1995, 2020], since(1978, nth(1, MONDAY, 5))),
    except([2002, 2012, 2022], lastBefore(MONDAY, 5, 31)), lastBefore(MONDAY, 8, 31), fixed(12, 25, weekendToNextTwo), fixed(12, 26, weekendToNextTwo),
  ],
  [
    '1977-06-07', '1981-07-29', '1995-05-08', '1999-12-31', '2002-06-03', '2002-06-04', '2011-04-29', '2012-06-04', '2012-06-05',
    '2020-05-08', '2022-06-02', '2022-06-03', '2022-09-19', '2023-05-08',
  ],
);

const xetra = byRules(
  [
    fixed(1, 1), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), during(2007, 2021, WHIT_MONDAY), during(2014, 2021, fixed(10, 3)),
    fixed(12, 24), fixed(12, 25), fixed(12, 26), fixed(12, 31),
  ],
  ['2017-10-31'],
);

/** Europe's TARGET: from 2000 its present closing days; in 1999 only New Year and Christmas, and the turn of the century. */
const target = byRules(
  [fixed(1, 1), since(2000, GOOD_FRIDAY), since(2000, EASTER_MONDAY), since(2000, fixed(5, 1)), fixed(12, 25), since(2000, fixed(12, 26))],
  ['1998-12-31', '1999-12-31', '2001-12-31'],
);

const milan = byRules([
  fixed(1, 1), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), fixed(8, 15), fixed(12, 24), fixed(12, 25), fixed(12, 26), fixed(12, 31),
]);
const euronext = byRules([fixed(1, 1), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), fixed(12, 25), fixed(12, 26)]);
const swissExchange = byRules([
  fixed(1, 1), fixed(1, 2), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), easter(39), WHIT_MONDAY, fixed(8, 1), fixed(12, 24), fixed(12, 25), fixed(12, 26), fixed(12, 31),
]);
const toronto = byRules([
  fixed(1, 1, weekendToMonday), since(2008, nth(3, MONDAY, 2)), GOOD_FRIDAY, lastBefore(MONDAY, 5, 24), fixed(7, 1, weekendToMonday), nth(1, MONDAY, 8),
  nth(1, MONDAY, 9), nth(2, MONDAY, 10), fixed(12, 25, weekendToNextTwo), fixed(12, 26, weekendToNextTwo),
]);
const brazil = byRules([
  fixed(1, 1), easter(-48), easter(-47), GOOD_FRIDAY, fixed(4, 21), fixed(5, 1), easter(60), fixed(9, 7), fixed(10, 12), fixed(11, 2), fixed(11, 15),
  since(2024, fixed(11, 20)), fixed(12, 25),
]);

/** Holidays added by decree, and full days lost to storms as the public calendars list them. */
const HONG_KONG_SPECIALS: readonly Day[] = [
  '1997-07-02', '1998-10-02', '1999-04-06', '1999-09-16', '1999-12-31', '2001-07-06', '2001-07-25', '2008-08-06', '2008-08-22', '2010-04-06', '2011-09-29',
  '2012-10-02', '2013-08-14', '2015-04-07', '2015-09-03', '2016-08-02', '2016-10-21', '2017-08-23', '2020-10-13', '2021-10-13', '2023-07-17', '2024-09-06',
];

/** 2020-10-01: the exchange's system failed and did not open that day. */
const tokyo = country('JP');
const tokyoExchange = plus(tokyo, ['2020-10-01']);
const hongKong = plus(country('HK'), HONG_KONG_SPECIALS);

/** The exchange keeps the settlement holidays, those of its city until 2021, and does not open on the last days of the year. */
const saoPaulo: Closings = (year) => [
  ...brazil(year), ...byRules([during(1, 2021, fixed(1, 25)), during(1, 2019, fixed(7, 9)), during(2007, 2019, fixed(11, 20)), fixed(12, 24), fixed(12, 31)])(year),
];

/** By market identifier code, or for banking centres by the code that swap documentation uses (FpML business centres). */
export const closings: Readonly<Record<string, Closings>> = {
  ...worldClosings,
  XNYS: newYorkStockExchange, XNAS: newYorkStockExchange, ARCX: newYorkStockExchange, BATS: newYorkStockExchange, XASE: newYorkStockExchange, IEXG: newYorkStockExchange,
  USNY: usBanks, XLON: englishBankHolidays, AIMX: englishBankHolidays, GBLO: englishBankHolidays, XETR: xetra, XFRA: xetra, TARGET: target, EUTA: target, XMIL: milan,
  XPAR: euronext, XAMS: euronext, XBRU: euronext, XLIS: euronext, XDUB: euronext, XMAD: euronext, XSWX: swissExchange, XTSE: toronto, XTSX: toronto, BRAZIL: brazil, BRBD: brazil,
  XTKS: tokyoExchange, JPTO: tokyo, XHKG: hongKong, HKHK: hongKong, BVMF: saoPaulo,
};

/** Weekdays of the year on which it is closed, each once, in order. */
export const closedWeekdays = (of: Closings, year: number): readonly Day[] =>
  [...new Set(of(year))].filter((day) => day.startsWith(String(year)) && !isWeekend(day)).toSorted();

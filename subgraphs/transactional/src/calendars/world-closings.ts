/**
 * Exchanges and banking centres outside of the main ones, as their calendars publish them. Lunar and decreed holidays come from `date-holidays`;
 * India's exchanges publish a list each year: the years listed are exact, others have the national holidays only.
 */
import type { Day } from '../domain/days.ts';
import { byRules, type Closings, country, plus, sundaysMoved } from './closing-sources.ts';
import { during, easter, fixed, lastBefore, nth, type Rule, since, weekendToMonday, weekendToNextTwo } from './holiday-rules.ts';

const [MONDAY, FRIDAY] = [1, 5];
const MAUNDY_THURSDAY = easter(-3);
const GOOD_FRIDAY = easter(-2);
const EASTER_MONDAY = easter(1);
const ASCENSION = easter(39);
const WHIT_MONDAY = easter(50);
const CHRISTMAS: readonly Rule[] = [fixed(12, 25, weekendToNextTwo), fixed(12, 26, weekendToNextTwo)];
const CHRISTMAS_TO_NEW_YEAR: readonly Rule[] = [fixed(12, 24), fixed(12, 25), fixed(12, 26), fixed(12, 31)];
const MIDSUMMER_EVE = lastBefore(FRIDAY, 6, 25);

/** Anzac Day is not moved from a weekend. */
const australianExchange = byRules([
  fixed(1, 1, weekendToMonday), fixed(1, 26, weekendToMonday), GOOD_FRIDAY, EASTER_MONDAY, fixed(4, 25), nth(2, MONDAY, 6), ...CHRISTMAS,
], ['2022-09-22']);
/** The banks of Sydney keep a bank holiday and Labour Day as well. */
const sydney: Closings = (year) => [...australianExchange(year), ...byRules([nth(1, MONDAY, 8), nth(1, MONDAY, 10)])(year)];

const newZealand = plus(country('NZ'), ['2022-09-26']);
/** Polling days and the jubilee, too. */
const singapore = plus(sundaysMoved(country('SG')), ['2015-03-23', '2015-08-07', '2015-09-11', '2020-07-10', '2023-09-01']);
const southAfrica = country('ZA');

const stockholm = byRules([
  fixed(1, 1), fixed(1, 6), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), ASCENSION, since(2005, fixed(6, 6)), during(1, 2004, WHIT_MONDAY), MIDSUMMER_EVE, ...CHRISTMAS_TO_NEW_YEAR,
]);
/** The day of prayer was given up in 2024. */
const copenhagen = byRules([
  fixed(1, 1), MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, during(1, 2023, easter(26)), ASCENSION, since(2009, easter(40)), WHIT_MONDAY, fixed(6, 5), ...CHRISTMAS_TO_NEW_YEAR,
]);
const oslo = byRules([
  fixed(1, 1), MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), fixed(5, 17), ASCENSION, WHIT_MONDAY, ...CHRISTMAS_TO_NEW_YEAR,
]);
const helsinki = byRules([fixed(1, 1), fixed(1, 6), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), ASCENSION, MIDSUMMER_EVE, fixed(12, 6), ...CHRISTMAS_TO_NEW_YEAR]);
const vienna = byRules([fixed(1, 1), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), WHIT_MONDAY, fixed(10, 26), ...CHRISTMAS_TO_NEW_YEAR]);
/** Swiss banks open on the last days of the year, when the exchange does not. */
const zurich = byRules([fixed(1, 1), fixed(1, 2), GOOD_FRIDAY, EASTER_MONDAY, fixed(5, 1), ASCENSION, WHIT_MONDAY, fixed(8, 1), fixed(12, 25), fixed(12, 26)]);

const canadianBanks = byRules([
  fixed(1, 1, weekendToMonday), since(2008, nth(3, MONDAY, 2)), GOOD_FRIDAY, lastBefore(MONDAY, 5, 24), fixed(7, 1, weekendToMonday), nth(1, MONDAY, 8), nth(1, MONDAY, 9),
  since(2021, fixed(9, 30, weekendToMonday)), nth(2, MONDAY, 10), fixed(11, 11, weekendToMonday), ...CHRISTMAS,
]);

/** Benito Juárez, the constitution and the revolution moved to Mondays in 2006 and 2007. */
const mexico = byRules([
  fixed(1, 1), since(2007, nth(1, MONDAY, 2)), since(2007, nth(3, MONDAY, 3)), MAUNDY_THURSDAY, GOOD_FRIDAY, fixed(5, 1), fixed(9, 16), fixed(11, 2), since(2006, nth(3, MONDAY, 11)),
  fixed(12, 12), fixed(12, 25),
], ['2018-12-01', '2024-10-01']);

const INDIAN_YEARS: Readonly<Record<number, readonly string[]>> = {
  2021: ['01-26', '03-11', '03-29', '04-02', '04-14', '04-21', '05-13', '07-21', '08-19', '09-10', '10-15', '11-04', '11-05', '11-19'],
  2022: ['01-26', '03-01', '03-18', '04-14', '04-15', '05-03', '08-09', '08-15', '08-31', '10-05', '10-24', '10-26', '11-08'],
  2023: ['01-26', '03-07', '03-30', '04-04', '04-07', '04-14', '05-01', '06-29', '08-15', '09-19', '10-02', '10-24', '11-14', '11-27', '12-25'],
  2024: ['01-22', '01-26', '03-08', '03-25', '03-29', '04-11', '04-17', '05-01', '05-20', '06-17', '07-17', '08-15', '10-02', '11-01', '11-15', '11-20', '12-25'],
  2025: ['02-26', '03-14', '03-31', '04-10', '04-14', '04-18', '05-01', '08-15', '08-27', '10-02', '10-21', '10-22', '11-05', '12-25'],
  2026: ['01-26', '03-03', '03-26', '03-31', '04-03', '04-14', '05-01', '05-28', '06-26', '09-14', '10-02', '10-20', '11-10', '11-24', '12-25'],
};
const national = country('IN');
const india: Closings = (year) => INDIAN_YEARS[year]?.map((day): Day => `${year}-${day}`) ?? national(year);

/** Where the country's own list is what its banks keep. */
const banksOf = { PLWA: country('PL'), CZPR: country('CZ'), HUBU: country('HU'), TRIS: country('TR'), KRSE: country('KR'), THBA: country('TH'), PHMA: country('PH'), IDJA: country('ID') };

export const worldClosings: Readonly<Record<string, Closings>> = {
  ...banksOf,
  XASX: australianExchange, AUSY: sydney, XNZE: newZealand, NZAU: newZealand, XSES: singapore, SGSI: singapore, XJSE: southAfrica, ZAJO: southAfrica,
  XSTO: stockholm, SEST: stockholm, XCSE: copenhagen, DKCO: copenhagen, XOSL: oslo, NOOS: oslo, XHEL: helsinki, XWBO: vienna, CHZU: zurich, CATO: canadianBanks,
  XMEX: mexico, MXMC: mexico, XNSE: india, XBOM: india, INMU: india,
};

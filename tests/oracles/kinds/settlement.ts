/** Settlement dates, business days, holidays, day counts, corporate actions. */
import { Decimal } from '@pms/money';
import { dayCountDays, yearFraction } from '../../../subgraphs/analytics/src/domain/day-count.ts';
import type { DayCount } from '../../../subgraphs/analytics/src/domain/day-count.ts';
import { closedWeekdays, closings } from '../../../subgraphs/transactional/src/calendars/closings.ts';
import { newYorkEarlyCloses } from '../../../subgraphs/transactional/src/calendars/early-closes.ts';
import { marketCalendar, settlementCalendar } from '../../../subgraphs/transactional/src/calendars/market-calendars.ts';
import { spinOff, splitLots, splitRatios, spunOffShare } from '../../../subgraphs/transactional/src/domain/corporate-actions.ts';
import { addBusinessDays, businessDaysBetween, roll, weekendsOnly } from '../../../subgraphs/transactional/src/domain/calendar.ts';
import type { Calendar, RollConvention } from '../../../subgraphs/transactional/src/domain/calendar.ts';
import { yearOf } from '../../../subgraphs/transactional/src/domain/days.ts';
import { applyFill } from '../../../subgraphs/transactional/src/domain/lots.ts';
import type { Lot } from '../../../subgraphs/transactional/src/domain/lots.ts';
import { positionOf } from '../../../subgraphs/transactional/src/domain/position.ts';
import { contractualSettlementDate } from '../../../subgraphs/transactional/src/domain/settlement-cycle.ts';
import { NotCovered } from '../oracle-case.ts';
import type { Evaluate, OracleCase } from '../oracle-case.ts';

/** The first word of a calendar's name is its code, "TARGET-like" and "GBLO (London banks)" included. */
function codeOf(name: string): string {
  const code = (/^[A-Za-z0-9]+/.exec(name)?.[0] ?? '').toUpperCase();
  if (!closings[code]) throw new NotCovered(`calendar ${name}`);
  return code;
}

const calendarOf = (name: string): Calendar => (name === 'Saturday/Sunday' ? weekendsOnly : marketCalendar(codeOf(name)));

const US_MARKET = 'XNYS';

function settlementDates(given: OracleCase): Readonly<Record<string, unknown>> {
  const { market, lag_business_days: lag, trade_dates: dates } = given.input as { market: string; lag_business_days?: number; trade_dates: string[] };
  if (!market.startsWith('US equities')) throw new NotCovered(`market ${market}`);
  const calendar = settlementCalendar(US_MARKET);
  return { settlement_dates: dates.map((day) => (lag === undefined ? contractualSettlementDate(US_MARKET, day, calendar) : addBusinessDays(calendar, day, lag))) };
}

/** Cash of a sale is unsettled until the hour of its settlement date. */
function settlementCash(given: OracleCase): Readonly<Record<string, unknown>> {
  const { cash, sell, lag_business_days: lag } = given.input as { cash: number; sell: { date: string; proceeds: number }; lag_business_days: number };
  return {
    settles_on: addBusinessDays(settlementCalendar(US_MARKET), sell.date, lag),
    at_07_55: { cash, unsettled: sell.proceeds }, at_08_00: { cash: cash + sell.proceeds, unsettled: 0 },
  };
}

const ROLLS: Readonly<Record<string, RollConvention>> = {
  NoAdjust: 'NONE', Following: 'FOLLOWING', ModifiedFollowing: 'MODIFIED_FOLLOWING', Preceding: 'PRECEDING', ModifiedPreceding: 'MODIFIED_PRECEDING', Nearest: 'NEAREST',
};

function rolled(given: OracleCase): Readonly<Record<string, unknown>> {
  const { convention, calendar, date } = given.input as { convention: string; calendar: string; date: string };
  const known = ROLLS[convention];
  if (!known) throw new NotCovered(`convention ${convention}`);
  return { date: roll(calendarOf(calendar), date, known) };
}

function between(given: OracleCase): Readonly<Record<string, unknown>> {
  const { calendar: name, from, to, dates } = given.input as { calendar: string; from?: string; to?: string; dates?: string[] };
  const calendar = calendarOf(name);
  if (from !== undefined && to !== undefined) return { days: businessDaysBetween(calendar, from, to) };
  const count = (includeFrom: boolean, includeTo: boolean): number[] =>
    (dates ?? []).slice(1).map((day, at) => businessDaysBetween(calendar, dates?.[at] ?? day, day, { includeFrom, includeTo }));
  return {
    from_included_to_excluded: count(true, false), from_excluded_to_included: count(false, true), both_included: count(true, true), both_excluded: count(false, false),
  };
}

function holidays(given: OracleCase): Readonly<Record<string, unknown>> {
  const { calendar: name, year, from, to } = given.input as { calendar: string; year?: number; from?: string; to?: string };
  const { closed = [], open = [] } = given.expected as { closed?: string[]; open?: string[] };
  const code = codeOf(name);
  const of = closings[code] ?? (() => []);
  const calendar = marketCalendar(code);
  const [first, last] = [year ?? yearOf(from ?? '0001-01-01'), year ?? yearOf(to ?? '0000-01-01')];
  const closedIn = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => closedWeekdays(of, first + at)).flat();
  return {
    closed_weekdays: closedIn.filter((day) => (from === undefined || day >= from) && (to === undefined || day <= to)),
    ...(year !== undefined && { sessions: businessDaysBetween(calendar, `${year}-01-01`, `${year}-12-31`, { includeFrom: true, includeTo: true }) }),
    closed: closed.filter((day) => !calendar.isBusinessDay(day)), open: open.filter((day) => calendar.isBusinessDay(day)),
  };
}

function earlyCloses(given: OracleCase): Readonly<Record<string, unknown>> {
  const { calendar, from, to } = given.input as { calendar: string; from: string; to: string };
  if (codeOf(calendar) !== US_MARKET) throw new NotCovered(`early closes of ${calendar}`);
  const years = Array.from({ length: yearOf(to) - yearOf(from) + 1 }, (_, at) => yearOf(from) + at);
  return { early_close_13_00_new_york: years.flatMap(newYorkEarlyCloses).filter((day) => day >= from && day <= to).toSorted() };
}

/** By the names that sources use; the first that fits. */
const DAY_COUNTS: readonly (readonly [RegExp, DayCount])[] = [
  [/^ACT\/ACT ISDA|^ACT\/ACT$/, 'ACT/ACT ISDA'], [/^ACT\/ACT (AFB|EURO)/, 'ACT/ACT AFB'], [/^ACT\/ACT YEAR/, 'ACT/ACT YEAR'],
  [/^ACT\/365(F| FIXED)?$/, 'ACT/365F'], [/^ACT\/365( ACTUAL|A)$/, 'ACT/365A'], [/^ACT\/365\.25$/, 'ACT/365.25'], [/^ACT\/360$/, 'ACT/360'], [/^ACT\/364$/, 'ACT/364'],
  [/^NL\/365$/, 'NL/365'], [/^1\/1$/, '1/1'], [/^30E\+\/360/, '30E+/360'], [/^30E\/365/, '30E/365'], [/^30E\/360 ISDA|GERMAN/, '30E/360 ISDA'], [/^30E\/360|EUROBOND|EUROPEAN/, '30E/360'],
  [/ITALIAN/, '30/360 ITALIAN'], [/^30\/360 PSA/, '30/360 PSA'], [/^30U?\/360 (US|NASD)|^30U\/360/, '30/360 US'], [/^30\/360( ISDA| BOND BASIS)?$/, '30/360'],
];

export function dayCountOf(name: string): DayCount {
  const found = DAY_COUNTS.find(([pattern]) => pattern.test(name.toUpperCase()))?.[1];
  if (!found) throw new NotCovered(`day count ${name}`);
  return found;
}

const yearFractions: Evaluate = ({ input }) => ({ year_fraction: yearFraction(dayCountOf(String(input['convention'])), String(input['from']), String(input['to'])) });

const dayCounts: Evaluate = ({ input }) => {
  const pairs = input['pairs'] as { from: string; to: string }[];
  return { days: pairs.map(({ from, to }) => dayCountDays(dayCountOf(String(input['convention'])), from, to)) };
};

const dec = (value: number): Decimal => new Decimal(String(value));

/** A position, split, sold in part, and valued at the one price that the case states. */
function split(given: OracleCase): Readonly<Record<string, unknown>> {
  const { position, splits, sell, ...rest } = given.input as {
    position: { date: string; quantity: number; unit_price: number }; splits: { date: string; new: number; old: number }[]; sell?: { date: string; quantity: number; unit_price: number };
  };
  let lots: readonly Lot[] = [{ id: 'a', openedOn: position.date, sequence: 0, currency: '', quantity: dec(position.quantity), cost: dec(position.quantity).times(dec(position.unit_price)) }];
  for (const each of splits) lots = splitLots(lots, { into: dec(each.new), old: dec(each.old) });
  if (sell) {
    const quantity = dec(sell.quantity).negated();
    ({ lots } = applyFill(lots, { tradeId: 's', tradedOn: sell.date, sequence: 0, quantity, amount: quantity.times(sell.unit_price), currency: '' }, 'AVERAGE'));
  }
  const { quantity, averageCost, costBasis } = positionOf(lots, []);
  const prices = Object.entries(rest).filter(([key]) => key.startsWith('market_price_'));
  return {
    quantity: quantity.toNumber(), average_price: averageCost.toNumber(), invested: costBasis.toNumber(),
    ...Object.fromEntries(prices.map(([key, price]) => [key.replace('market_price_', 'value_on_'), quantity.times(dec(Number(price))).toNumber()])),
  };
}

/** One share of the parent, and its spun-off part for one whole new share. */
function spinOffBasis(given: OracleCase): Readonly<Record<string, unknown>> {
  const { parent_price_before: before, spun_off_price: price, original_basis: basis, fraction_received: fraction = 0 } =
    given.input as { parent_price_before: number; spun_off_price: number; original_basis: number; fraction_received?: number };
  const share = spunOffShare({ parentPriceBefore: dec(before), spunOffPrice: dec(price), sharesPerParent: new Decimal(1) });
  const lot: Lot = { id: 'a', openedOn: '0001-01-01', sequence: 0, currency: '', quantity: new Decimal(1), cost: dec(basis) };
  const { parent, spunOff } = spinOff([lot], { share, sharesPerParent: new Decimal(1), idOf: ({ id }) => id });
  const moved = positionOf(spunOff, []).costBasis;
  return { basis_of_spun_off_per_share: moved.toNumber(), basis_of_fraction: moved.times(dec(fraction)).toNumber(), basis_of_parent: positionOf(parent, []).costBasis.toNumber() };
}

const splitHistory: Evaluate = ({ input }) => {
  const rows = (input['rows'] as { last_day_before_event: string; split_factor: number }[]).map((row) => ({ ...row, splitFactor: row.split_factor }));
  return { splits: splitRatios(rows).map(({ before, ratio }) => ({ last_day_before: before.last_day_before_event, ratio })) };
};

export const settlementKinds: Readonly<Record<string, Evaluate>> = {
  settlement_date: settlementDates, settlement_cash: settlementCash, business_day_roll: rolled, business_days_between: between, holiday: holidays,
  early_close: earlyCloses, year_fraction: yearFractions, day_count: dayCounts, split, spin_off: spinOffBasis, split_history: splitHistory,
};

/**
 * The simulated tape: how prices go on after the last real close. Everything here is a pure function of the instrument's real
 * closes, its symbol, and time, so that a tape started anew, or in another process, tells the same prices.
 *
 * Daily: the log price takes normal steps of the real volatility per business day, around a trend that starts at the last real close,
 * rises by a quarter of the real drift (within 0 and 6 % a year), and pulls the price back with a half-life of 378 business days.
 * Without the pull a path of sixteen years at the volatilities of 2000 to 2010 would wander to a ninth or the ninefold of its start.
 * Steps share a market factor, so that instruments move together. Within a day: a Brownian bridge from the close before to the
 * day's own close, with the same volatility. On days without trading the bridge is a quarter as wide and returns to where it began.
 *
 * Prices are computed in floating point, since they are made up, and become exact when they are rounded to the cent.
 */
import { type Decimal, decimal } from '@pms/money';
import { businessDays, businessDaysBetween, type Day, isBusinessDay, utcDay } from './days.ts';
import { correlated } from './random.ts';

export interface Calibration {
  readonly symbol: string;
  /** Standard deviation of the log return of one business day. */
  readonly volatility: number;
  /** Log return of the trend per business day. */
  readonly drift: number;
  /** The last real close, where the trend starts. */
  readonly anchor: { readonly date: Day; readonly logPrice: number };
  /** How much of each step is the market's, from 0 to 1. */
  readonly market: number;
}

export interface PricedDay {
  readonly date: Day;
  readonly close: Decimal;
}

/** Names one of all possible tapes. Another salt makes another world: recorded closes stay, and what follows differs. */
const SALT = 'tape 21';
export const CLOSES_MIN = 24;
const YEAR_DAYS = 252;
/** How many real closes the tape is calibrated on: five years of daily ones, or all of the monthly ones. */
export const CALIBRATION_CLOSES = 5 * YEAR_DAYS;
const DRIFT_KEPT = 0.25;
const DRIFT_MAX = 0.06 / YEAR_DAYS;
const HALF_LIFE_DAYS = 378;
const PULL = 1 - 2 ** (-1 / HALF_LIFE_DAYS);
const MARKET_OF_INDEX = 0.95;
const MARKET_OF_OTHERS = 0.6;
const CENT = 0.01;
const PRICE_MAX = 1e15;

/**
 * Null for fewer than 24 closes. Returns may span several days (monthly closes do): by independent increments the mean is the
 * whole move over all days, and the variance of a day is the mean of squared deviations, each over its own number of days.
 */
export function calibrate(symbol: string, assetClass: string, closes: readonly PricedDay[]): Calibration | null {
  const last = closes.at(-1);
  if (closes.length < CLOSES_MIN || last === undefined) return null;
  const points = closes.map(({ date, close }) => ({ date, log: Math.log(close.toNumber()) }));
  const moves = points.slice(1).map((point, index) => {
    const before = points[index] as (typeof points)[number];
    return { days: Math.max(1, businessDaysBetween(before.date, point.date)), move: point.log - before.log };
  });
  const days = moves.reduce((total, one) => total + one.days, 0);
  const mean = moves.reduce((total, { move }) => total + move, 0) / days;
  const variance = moves.reduce((total, one) => total + (one.move - mean * one.days) ** 2 / one.days, 0) / (moves.length - 1);
  return {
    symbol, volatility: Math.sqrt(variance), drift: Math.min(Math.max(mean * DRIFT_KEPT, 0), DRIFT_MAX),
    anchor: { date: last.date, logPrice: Math.log(last.close.toNumber()) },
    market: assetClass === 'INDEX' ? MARKET_OF_INDEX : MARKET_OF_OTHERS,
  };
}

/** The simulated closes of the business days after `from` up to and including `to`, oldest first. */
export function closesAfter(calibration: Calibration, from: PricedDay, to: Day): PricedDay[] {
  let before = from.close;
  let steps = businessDaysBetween(calibration.anchor.date, from.date);
  return businessDays(from.date, to).map((date) => {
    steps += 1;
    before = closeOn(calibration, before, date, steps);
    return { date, close: before };
  });
}

/** `steps`: the business days from the last real close to `day`. */
function closeOn({ symbol, volatility, drift, anchor, market }: Calibration, before: Decimal, day: Day, steps: number): Decimal {
  const log = Math.log(before.toNumber());
  const trend = anchor.logPrice + drift * steps;
  return cents(log + drift + PULL * (trend - log) + volatility * correlated(`${SALT} ${symbol} ${day}`, `${SALT} market ${day}`, market));
}

/** What a day's quotes run between; made once a day, since it counts all business days since the last real close. */
export interface TapeDay {
  readonly calibration: Calibration;
  readonly day: Day;
  readonly start: number;
  readonly end: number;
  readonly width: number;
}

/** `before` is the last close of an earlier day. UTC days; always open. */
export function tapeDay(calibration: Calibration, before: Decimal, day: Day): TapeDay {
  const start = Math.log(before.toNumber());
  if (!isBusinessDay(day)) return { calibration, day, start, end: start, width: calibration.volatility * CLOSED_WIDTH };
  const close = closeOn(calibration, before, day, businessDaysBetween(calibration.anchor.date, day));
  return { calibration, day, start, end: Math.log(close.toNumber()), width: calibration.volatility };
}

const MS_PER_DAY = 86_400_000;
const CLOSED_WIDTH = 0.25;
/** 2^17 moments a day: one each 0.66 s. */
const BRIDGE_LEVELS = 17;

/** The price at an instant of the day; throws RangeError for an instant of another day. */
export function priceAt({ calibration, day, start, end, width }: TapeDay, at: Date): Decimal {
  if (utcDay(at) !== day) throw new RangeError(`${at.toISOString()} is not of ${day}`);
  const passed = (at.getTime() % MS_PER_DAY) / MS_PER_DAY;
  return cents(start + (end - start) * passed + width * bridge(calibration, day, passed));
}

/** A standard Brownian bridge over a day, by halving (Lévy): the middle of a stretch is the mean of its ends and a normal of a quarter of its length's variance. */
function bridge({ symbol, market }: Calibration, day: Day, passed: number): number {
  let [from, to, left, right] = [0, 1, 0, 0];
  for (let level = 0; level < BRIDGE_LEVELS; level += 1) {
    const middle = (from + to) / 2;
    const key = `${day} ${middle}`;
    const value = (left + right) / 2 + Math.sqrt((to - from) / 4) * correlated(`${SALT} ${symbol} ${key}`, `${SALT} market ${key}`, market);
    if (passed < middle) [to, right] = [middle, value];
    else [from, left] = [middle, value];
  }
  return left;
}

const cents = (logPrice: number): Decimal => decimal(Math.min(Math.max(Math.exp(logPrice), CENT), PRICE_MAX).toFixed(2));

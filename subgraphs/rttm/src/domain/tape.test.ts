/** The simulated tape on the real S&P 500 and on invented monthly closes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decimal } from '@pms/money';
import { expect, test } from 'vitest';
import { addDays, businessDays, isBusinessDay } from './days.ts';
import { CALIBRATION_CLOSES, calibrate, type Calibration, closesAfter, priceAt, tapeDay } from './tape.ts';

const file = fileURLToPath(new URL('../data/sp500-2000.csv', import.meta.resolve('vega-datasets')));
const sp500 = readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => {
  const [date = '', , , , close = ''] = line.split(',');
  return { date, close: decimal(close) };
});
const index = calibrate('SPX', 'INDEX', sp500.slice(-CALIBRATION_CLOSES)) as Calibration;
const last = sp500.at(-1)!;
const TODAY = '2026-11-20';
const moves = (closes: readonly { close: { toNumber(): number } }[]): number[] =>
  closes.slice(1).map(({ close }, at) => Math.log(close.toNumber() / closes[at]!.close.toNumber()));
const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
};

test('it is calibrated on the real returns: their volatility, a quarter of their drift and no more than 6 % a year', () => {
  expect(index.volatility).toBeCloseTo(deviation(moves(sp500.slice(-CALIBRATION_CLOSES))), 4);
  expect(index.drift).toBeGreaterThan(0);
  expect(index.drift * 252).toBeLessThanOrEqual(0.06);
  expect(index.anchor).toEqual({ date: '2020-04-17', logPrice: Math.log(last.close.toNumber()) });
});

test('monthly closes give the volatility of a day: that of a month over the root of its days', () => {
  const monthly = Array.from({ length: 61 }, (_, month) => ({
    date: new Date(Date.UTC(2005, month + 1, 0)).toISOString().slice(0, 10), close: decimal((100 * 1.1 ** (month % 2)).toFixed(6)),
  }));
  const calibration = calibrate('M', 'EQUITY', monthly) as Calibration;
  expect(calibration.volatility).toBeCloseTo(Math.log(1.1) / Math.sqrt(21), 3);
});

test('too few closes give no tape', () => {
  expect(calibrate('FEW', 'EQUITY', sp500.slice(0, 23))).toBeNull();
});

test('simulated closes are of every business day after the last real one and of no other', () => {
  const closes = closesAfter(index, last, TODAY);
  expect(closes.map(({ date }) => date)).toEqual(businessDays('2020-04-17', TODAY));
  expect(closes.every(({ close }) => close.decimalPlaces() <= 2)).toBe(true);
});

test('they move as the real ones did', () => {
  const closes = closesAfter(index, last, TODAY);
  expect(deviation(moves(closes))).toBeGreaterThan(0.9 * index.volatility);
  expect(deviation(moves(closes))).toBeLessThan(1.1 * index.volatility);
});

test('the same day has the same close whether the tape runs through or goes on from a recorded close', () => {
  const whole = closesAfter(index, last, TODAY);
  const half = whole.slice(0, 700);
  expect([...half, ...closesAfter(index, half.at(-1)!, TODAY)]).toEqual(whole);
});

test('over sixteen years no path leaves for absurd prices, whatever the symbol, even at the volatility of a bubble', () => {
  const wild = { ...index, volatility: 0.035, market: 0.6, anchor: { date: '2010-03-09', logPrice: Math.log(100) } };
  const ends = Array.from({ length: 24 }, (_, number) => {
    const closes = closesAfter({ ...wild, symbol: `S${number}` }, { date: '2010-03-09', close: decimal('100') }, TODAY).map(({ close }) => close.toNumber());
    return { low: Math.min(...closes), high: Math.max(...closes) };
  });
  expect(Math.min(...ends.map(({ low }) => low))).toBeGreaterThan(5);
  expect(Math.max(...ends.map(({ high }) => high))).toBeLessThan(4_000);
});

test('instruments move with the market: their closes are correlated, and those of two symbols differ', () => {
  const [a, b] = ['AAA', 'BBB'].map((symbol) => moves(closesAfter({ ...index, symbol, market: 0.6 }, last, TODAY))) as [number[], number[]];
  const correlation = a.reduce((total, move, at) => total + move * b[at]!, 0) / (a.length * deviation(a) * deviation(b));
  expect(correlation).toBeGreaterThan(0.25);
  expect(correlation).toBeLessThan(0.48);
});

const monday = tapeDay(index, last.close, '2020-04-20');

test('a day’s quotes run from the close before to the day’s own close, and are the same however often they are asked', () => {
  const own = closesAfter(index, last, '2020-04-20')[0]!.close.toNumber();
  const at = (time: string) => priceAt(monday, new Date(`2020-04-20T${time}Z`)).toNumber();
  expect(Math.abs(Math.log(at('00:00:00') / last.close.toNumber()))).toBeLessThan(0.002);
  expect(Math.abs(Math.log(at('23:59:59.999') / own))).toBeLessThan(0.002);
  expect(at('14:30:00')).toBe(at('14:30:00'));
  expect(() => priceAt(monday, new Date('2020-04-21T00:00:00Z'))).toThrow(RangeError);
});

test('quotes move from second to second, by steps of their share of the day’s volatility', () => {
  const start = Date.parse('2020-04-20T12:00:00Z');
  const quotes = Array.from({ length: 1_000 }, (_, second) => ({ close: priceAt(monday, new Date(start + second * 1_000)) }));
  expect(new Set(quotes.map(({ close }) => close.toFixed())).size).toBeGreaterThan(100);
  expect(deviation(moves(quotes))).toBeCloseTo(index.volatility / Math.sqrt(86_400), 5);
});

test('on a day without trading quotes stay near the close before and return to it', () => {
  const sunday = tapeDay(index, decimal('3000'), '2026-11-22');
  expect(isBusinessDay(sunday.day)).toBe(false);
  const quotes = Array.from({ length: 48 }, (_, half) => priceAt(sunday, new Date(Date.parse(`${sunday.day}T00:00:00Z`) + half * 1_800_000)).toNumber());
  for (const quote of quotes) expect(Math.abs(Math.log(quote / 3_000))).toBeLessThan(index.volatility);
  const end = priceAt(sunday, new Date(Date.parse(`${addDays(sunday.day, 1)}T00:00:00Z`) - 1)).toNumber();
  expect(Math.abs(end - 3_000)).toBeLessThan(3);
});

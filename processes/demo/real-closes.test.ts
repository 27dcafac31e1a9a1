/** The seams of the real series: one basis each, and every close on the day of which it is. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { realCloses } from './real-closes.ts';

const closesOf = (csv: string): { date: string; close: number }[] => {
  const [header = '', ...rows] = csv.split('\n');
  const column = header.split(',').indexOf('close');
  return rows.map((row) => ({ date: row.split(',')[0] ?? '', close: Number(row.split(',')[column]) }));
};
const series = new Map((await realCloses()).map(({ symbol, csv }) => [symbol, closesOf(csv)]));
const spx = new Set(series.get('SPX')!.map(({ date }) => date));

test('each series has the range that is documented', () => {
  const ranges = [...series].map(([symbol, closes]) => [symbol, closes[0]!.date, closes.at(-1)!.date, closes.length]);
  expect(ranges).toEqual([
    ['SPX', '2000-01-03', '2020-04-17', 5_105], ['AAPL', '2013-05-13', '2018-05-11', 1_260],
    ['AMZN', '2000-01-31', '2010-03-09', 123], ['GOOG', '2004-08-31', '2010-03-09', 68], ['IBM', '2000-01-31', '2010-03-09', 123], ['MSFT', '2000-01-31', '2010-03-09', 123],
  ]);
});

test('every close is of a day on which the exchange was open, and no day comes twice', () => {
  for (const [symbol, closes] of series) {
    expect(closes.filter(({ date }) => !spx.has(date)), symbol).toEqual([]);
    expect(new Set(closes.map(({ date }) => date)).size, symbol).toBe(closes.length);
  }
});

test('no step is one of a split: two bases are nowhere joined', () => {
  for (const [symbol, closes] of series) {
    const steps = closes.slice(1).map(({ close }, index) => Math.abs(Math.log(close / closes[index]!.close)));
    expect(Math.max(...steps), symbol).toBeLessThan(symbol === 'SPX' || symbol === 'AAPL' ? 0.13 : 0.55);
  }
});

test('monthly closes that no split or dividend has adjusted are the raw closes of those very days', ({ skip }) => {
  const file = new URL('../../../shared/data/lean-us-equities-daily-raw-ohlcv.csv', import.meta.url);
  if (!existsSync(file)) skip('the raw prices are not on this machine');
  const raw = new Map(readFileSync(file, 'utf8').split('\n').map((line) => line.split(',')).map(([symbol, date, , , , close]) => [`${symbol} ${date}`, Number(close)]));
  const others = series.get('GOOG')!.filter(({ date, close }) => Math.abs(raw.get(`GOOG ${date}`)! / close - 1) > 0.005).map(({ date }) => date);
  // on both days the last trades were off: the exchange's official closes are 390.00 and, after cancelled trades, 400.52
  expect(others).toEqual(['2006-03-31', '2008-09-30']);
  const last = series.get('IBM')!.slice(-2).map(({ date, close }) => raw.get(`IBM ${date}`) === close);
  expect(last).toEqual([true, true]);
});

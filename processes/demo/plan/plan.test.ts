/** The plan on the real closes, continued by invented ones to a day in 2026. */
import { Decimal } from '@pms/money';
import { expect, test } from 'vitest';
import { realCloses } from '../real-closes.ts';
import type { Desk } from './desk.ts';
import type { Close, Histories } from './history.ts';
import { plan } from './plan.ts';

const DAY = '2026-11-22';

/** Weekdays after the last real close, each a little higher or lower. */
function continued(closes: readonly Close[]): Close[] {
  const last = closes.at(-1)!;
  const found = [...closes];
  for (let ms = Date.parse(last.date) + 86_400_000; ms < Date.parse(DAY); ms += 86_400_000) {
    const at = new Date(ms);
    if (at.getUTCDay() % 6 !== 0) found.push({ date: at.toISOString().slice(0, 10), close: (Number(last.close) * (1.3 + Math.sin(ms / 8e9))).toFixed(2) });
  }
  return found;
}

const histories: Histories = new Map((await realCloses()).map(({ symbol, csv }) => {
  const [header = '', ...rows] = csv.split('\n');
  const column = header.split(',').indexOf('close');
  return [symbol, continued(rows.map((row) => ({ date: row.split(',')[0]!, close: row.split(',')[column]! })))];
}));
const planned = plan(histories, DAY);
const all = Object.values(planned).flatMap(({ trades }) => trades);

test('there are several hundred trades, in every portfolio some, each with a name of its own', () => {
  expect(all.length).toBeGreaterThan(400);
  expect(all.length).toBeLessThan(900);
  for (const [key, { trades }] of Object.entries(planned)) expect(trades.length, key).toBeGreaterThan(50);
  expect(new Set(all.map(({ externalId }) => externalId)).size).toBe(all.length);
});

test('every trade is at the recorded close of its day, and before the day of planning', () => {
  for (const { symbol, tradeDate, price } of all) expect(histories.get(symbol)!.find(({ date }) => date === tradeDate)?.close).toBe(price);
  expect(all.every(({ tradeDate }) => tradeDate < DAY)).toBe(true);
});

test('trades of a portfolio are in order of their days; cash and holdings never fall below zero', () => {
  for (const { deposits, trades } of Object.values(planned)) {
    expect(trades.map(({ tradeDate }) => tradeDate)).toEqual(trades.map(({ tradeDate }) => tradeDate).toSorted());
    const held = new Map<string, Decimal>();
    for (const trade of trades) {
      const signed = new Decimal(trade.quantity).times(trade.side === 'BUY' ? 1 : -1);
      held.set(trade.symbol, (held.get(trade.symbol) ?? new Decimal(0)).plus(signed));
      expect(held.get(trade.symbol)!.isNegative()).toBe(false);
      expect(cashOn(trade.tradeDate, { deposits, trades }).isNegative()).toBe(false);
    }
  }
});

test('the same closes lead to the same plan, whatever came after', () => {
  expect(plan(histories, DAY)).toMatchObject(JSON.parse(JSON.stringify(planned)));
  const later = new Map([...histories].map(([symbol, closes]) => [symbol, [...closes, { date: DAY, close: '1' }, { date: '2026-11-23', close: '2' }]]));
  expect(JSON.stringify(plan(later, DAY))).toBe(JSON.stringify(planned));
});

function cashOn(day: string, { deposits, trades }: Pick<Desk, 'deposits' | 'trades'>): Decimal {
  const paidIn = deposits.filter(({ effectiveDate }) => effectiveDate <= day).reduce((sum, { amount }) => sum.plus(amount), new Decimal(0));
  return trades.filter(({ tradeDate }) => tradeDate <= day).reduce((sum, { side, quantity, price, commission }) => {
    const gross = new Decimal(quantity).times(price);
    return side === 'BUY' ? sum.minus(gross).minus(commission) : sum.plus(gross).minus(commission);
  }, paidIn);
}

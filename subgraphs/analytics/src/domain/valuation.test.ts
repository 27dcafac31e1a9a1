import { describe, expect, test } from 'vitest';
import { decimal } from '@pms/money';
import { brinson, linkAttributions } from './attribution.ts';
import { actActIcma, dayCountDays, epochDay, yearFraction } from './day-count.ts';
import { valuationOf, valued, weights } from './valuation.ts';
import type { Holding } from './valuation.ts';

const holding = (changes: Partial<Holding> = {}): Holding => ({
  instrumentId: 'ins_1', quantity: decimal('10'), costBasis: decimal('1000'), realizedPnl: decimal('5'), last: decimal('120'), rate: decimal('1'),
  previousClose: { quantity: decimal('10'), price: decimal('110'), rate: decimal('1') }, paidToday: decimal('0'), ...changes,
});

describe('valuation', () => {
  test('takes cost from value, and the day from the previous close', () => {
    expect(valued(holding())).toMatchObject({ marketValue: decimal('1200'), unrealizedPnl: decimal('200'), dayPnl: decimal('100'), realizedPnl: decimal('5') });
  });

  test('a purchase of today earns from its price, not from yesterday’s close', () => {
    expect(valued(holding({ quantity: decimal('15'), costBasis: decimal('1590'), paidToday: decimal('590') })).dayPnl.toFixed()).toBe('110');
    expect(valued(holding({ previousClose: null, costBasis: decimal('1150'), paidToday: decimal('1150') })).dayPnl.toFixed()).toBe('50');
  });

  test('a position closed today keeps what it earned today, and is worth nothing', () => {
    expect(valued(holding({ quantity: decimal('0'), costBasis: decimal('0'), last: null, paidToday: decimal('-1300') }))).toMatchObject({ marketValue: decimal('0'), dayPnl: decimal('200') });
  });

  test('a short position is worth less than nothing, and earns when the price falls', () => {
    const { marketValue, unrealizedPnl } = valued(holding({ quantity: decimal('-10'), costBasis: decimal('-1300') }));
    expect([marketValue.toFixed(), unrealizedPnl.toFixed()]).toEqual(['-1200', '100']);
  });

  test('a day’s change of the exchange rate is part of the day', () => {
    const { dayPnl } = valued(holding({ last: decimal('110'), rate: decimal('1.1') }));
    expect(dayPnl.toFixed()).toBe('110');
  });

  test('without a price or a rate is refused, never zero', () => {
    expect(() => valued(holding({ last: null }))).toThrow('no price is known for ins_1');
    expect(() => valued(holding({ rate: null }))).toThrow('no exchange rate is known');
  });

  test('adds up', () => {
    expect(valuationOf([holding(), holding({ instrumentId: 'ins_2' })])).toMatchObject({ marketValue: decimal('2400'), realizedPnl: decimal('10'), unrealizedPnl: decimal('400') });
    expect(weights([decimal('1'), decimal('3')])).toEqual([0.25, 0.75]);
    expect(weights([decimal('1'), decimal('-1')])).toEqual([null, null]);
  });
});

describe('day counts', () => {
  test('count a year as their convention does', () => {
    expect(yearFraction('ACT/365F', '2026-01-01', '2027-01-01')).toBe(1);
    expect(yearFraction('ACT/ACT ISDA', '2024-01-01', '2025-01-01')).toBe(1);
    expect(yearFraction('ACT/ACT AFB', '2004-02-29', '2006-02-28')).toBe(2);
    expect(yearFraction('ACT/365A', '2024-02-28', '2024-03-01')).toBeCloseTo(2 / 366, 12);
    expect(yearFraction('NL/365', '2024-02-28', '2024-03-01')).toBeCloseTo(1 / 365, 12);
    expect(yearFraction('ACT/ACT YEAR', '2024-02-29', '2025-02-28')).toBe(1);
    expect(yearFraction('ACT/360', '2026-01-31', '2026-01-01')).toBeCloseTo(-30 / 360, 12);
    expect(actActIcma('2003-11-01', '2004-05-01', { from: '2003-11-01', to: '2004-05-01', periodsPerYear: 2 })).toBe(0.5);
  });

  test('differ at the ends of months', () => {
    const days = (['30/360', '30/360 US', '30E/360', '30E/360 ISDA', '30E+/360'] as const).map((convention) => dayCountDays(convention, '2026-02-28', '2026-03-31'));
    expect(days).toEqual([33, 30, 32, 30, 33]);
  });

  test('refuse days that do not exist', () => {
    for (const day of ['2023-02-29', '2026-13-01', 'today']) expect(() => epochDay(day)).toThrow('not a day');
  });
});

describe('attribution', () => {
  const segments = [
    { name: 'UK', portfolioWeight: 0.4, benchmarkWeight: 0.4, portfolioReturn: 0.2, benchmarkReturn: 0.1 },
    { name: 'Japan', portfolioWeight: 0.3, benchmarkWeight: 0.2, portfolioReturn: -0.05, benchmarkReturn: -0.04 },
    { name: 'US', portfolioWeight: 0.3, benchmarkWeight: 0.4, portfolioReturn: 0.06, benchmarkReturn: 0.08 },
  ];
  const whole = (effects: readonly { allocation: number; selection: number; interaction: number }[]): number => effects.reduce((sum, each) => sum + each.allocation + each.selection + each.interaction, 0);

  test('explains the whole excess by either model', () => {
    for (const model of ['FACHLER', 'BHB'] as const) expect(whole(brinson(segments, model).effects)).toBeCloseTo(0.019, 12);
  });

  test('links over periods without a residue', () => {
    const linked = linkAttributions([brinson(segments), brinson(segments.toReversed()), brinson(segments.map((each) => ({ ...each, portfolioReturn: each.benchmarkReturn, portfolioWeight: each.benchmarkWeight })))]);
    expect(whole(linked.effects)).toBeCloseTo(linked.excess, 12);
    expect(linked.effects.map(({ name }) => name)).toEqual(['UK', 'Japan', 'US']);
  });
});

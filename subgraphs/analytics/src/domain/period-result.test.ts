import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal, decimal } from '@pms/money';
import { lastOnOrBefore, netGainBetween, performanceOfPosition } from './performance-of-position.ts';
import type { Activity } from './performance-of-position.ts';
import { gainOf, resultOfPeriod } from './period-result.ts';
import type { Fact } from './period-result.ts';

const priceOn = lastOnOrBefore([{ date: '2025-01-01', value: decimal('100') }, { date: '2026-01-01', value: decimal('120') }, { date: '2026-06-01', value: decimal('150') }]);
const bought = (date: string, quantity: string, gross: string, fee = '0'): Fact => ({ date, kind: 'BOUGHT', instrumentId: 'i', quantity: decimal(quantity), gross: decimal(gross), fee: decimal(fee) });
const sold = (date: string, quantity: string, gross: string): Fact => ({ date, kind: 'SOLD', instrumentId: 'i', quantity: decimal(quantity), gross: decimal(gross) });

describe('the result of a period', () => {
  test('counts what was held at its start as bought there, so an older gain is not realised in it', () => {
    const facts: Fact[] = [{ date: '2025-01-01', kind: 'DEPOSIT', amount: decimal('1000') }, bought('2025-01-02', '10', '1000'), sold('2026-02-01', '5', '650')];
    const result = resultOfPeriod(facts, '2026-01-01', '2026-06-30', () => priceOn);
    expect(result).toMatchObject({ initial: decimal('1200'), realizedGains: decimal('50'), capitalGains: decimal('150'), final: decimal('1400') });
  });

  test('refuses a sale of more than was held', () => {
    expect(() => resultOfPeriod([sold('2026-01-02', '1', '1')], '2026-01-01', '2026-02-01', () => priceOn)).toThrow('more was sold');
  });

  test('adds up, whatever happened', () => {
    const amount = fc.integer({ min: 1, max: 100_000 }).map((n) => new Decimal(n).div(100));
    const date = fc.integer({ min: 1, max: 28 }).map((n) => `2026-${n < 14 ? '01' : '03'}-${String(n).padStart(2, '0')}`);
    const fact = fc.oneof(
      fc.record({ date, kind: fc.constantFrom('DEPOSIT' as const, 'WITHDRAWAL' as const), amount }),
      fc.record({ date, kind: fc.constant('EARNED' as const), gross: amount, tax: amount, fee: amount }),
      fc.record({ date, kind: fc.constantFrom('BOUGHT' as const, 'DELIVERED_IN' as const), instrumentId: fc.constantFrom('i', 'j'), quantity: amount, gross: amount, fee: amount }),
    );
    fc.assert(fc.property(fc.array(fact, { maxLength: 20 }), (facts) => {
      const { initial, transfers, final, ...rest } = resultOfPeriod(facts, '2026-02-01', '2026-06-30', () => priceOn);
      expect(initial.plus(transfers).plus(gainOf({ initial, transfers, final, ...rest })).minus(final).abs().lessThan('1e-20')).toBe(true);
    }));
  });
});

describe('the performance of a position', () => {
  const trade = (date: string, kind: 'BUY' | 'SELL', quantity: string, price: string, fee = '0'): Activity => ({ date, kind, quantity: decimal(quantity), unitPrice: decimal(price), fee: decimal(fee) });

  test('stays sane after selling all and buying one again', () => {
    const { grossRate, averagePrice, gross } = performanceOfPosition([trade('2026-01-01', 'BUY', '10', '100'), trade('2026-01-11', 'SELL', '10', '120'), trade('2026-01-20', 'BUY', '1', '150')], '2026-01-21', () => decimal('150'));
    expect([averagePrice.toFixed(), gross.toFixed()]).toEqual(['150', '200']);
    expect(grossRate).toBeCloseTo(200 / ((1000 * 10 + 150) / 20), 12);
  });

  test('of a short position earns when the price falls, and a trade through zero opens at its own price', () => {
    const { quantity, averagePrice, gross } = performanceOfPosition([trade('2026-01-01', 'SELL', '10', '100'), trade('2026-01-02', 'BUY', '15', '90')], '2026-01-03', () => decimal('95'));
    expect([quantity.toFixed(), averagePrice.toFixed(), gross.toFixed()]).toEqual(['5', '90', '125']);
  });

  test('of the days of a period adds up to that of the whole', () => {
    const activities = [trade('2026-01-01', 'BUY', '10', '110', '3'), trade('2026-03-01', 'SELL', '4', '130', '2')];
    const part = (from: string, to: string): Decimal => netGainBetween(activities, from, to, priceOn);
    expect(part('2025-12-31', '2026-02-01').plus(part('2026-02-01', '2026-07-01')).toFixed()).toBe(part('2025-12-31', '2026-07-01').toFixed());
  });
});

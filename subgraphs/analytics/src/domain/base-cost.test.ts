import { decimal } from '@pms/money';
import { expect, test } from 'vitest';
import { baseCost, type BaseTrade } from './base-cost.ts';

const trade = (quantity: string, netAmount: string, baseNet: string, realizedPnl = '0', baseRealized: string | null = null): BaseTrade =>
  ({ quantity: decimal(quantity), netAmount: decimal(netAmount), baseNet: decimal(baseNet), realizedPnl: decimal(realizedPnl), baseRealized: baseRealized === null ? null : decimal(baseRealized) });
const shown = (trades: readonly BaseTrade[], cost: string) => { const of = baseCost(trades, decimal(cost)); return [of.cost.toFixed(), of.realized.toFixed()]; };
const BOUGHT = [trade('10', '-1000', '-800'), trade('10', '-1200', '-1080')];

test('what is bought costs what it came to in the base currency', () => {
  expect(shown(BOUGHT, '2200')).toEqual(['1880', '0']);
});

test('what the books told of a sale counts, lot by lot', () => {
  expect(shown([...BOUGHT, trade('-10', '1300', '1300', '300', '500')], '1200')).toEqual(['1080', '500']);
});

test('without it, what is sold takes the mean rate of the position: average cost', () => {
  expect(shown([...BOUGHT, trade('-10', '1300', '1300', '200')], '1100')).toEqual(['940', '360']);
});

test('a short sale is covered at the mean of what it brought, and a flat position costs nothing', () => {
  expect(shown([trade('-10', '1000', '800'), trade('10', '-900', '-810', '100')], '0')).toEqual(['0', '-10']);
});

test('through zero the rest opens at its own rate', () => {
  expect(shown([trade('10', '-1000', '-800'), trade('-20', '2200', '1980', '100')], '-1100')).toEqual(['-990', '190']);
});

test('cost that a corporate action moved away is gone in the base currency, too', () => {
  expect(shown(BOUGHT, '1100')).toEqual(['940', '0']);
});

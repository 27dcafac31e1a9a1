import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal, decimal, sum } from '@pms/money';
import { fractionOf, spinOff, splitLots, splitRatios, spunOffShare } from './corporate-actions.ts';
import type { Lot } from './lots.ts';

const lot = (quantity: string, cost: string): Lot => ({ id: quantity, openedOn: '2026-01-05', sequence: 0, quantity: decimal(quantity), cost: decimal(cost), currency: 'USD' });

test('a split multiplies the shares and leaves the cost', () => {
  expect(splitLots([lot('10', '1000')], { into: decimal('1'), old: decimal('10') })[0]).toMatchObject({ quantity: decimal('1'), cost: decimal('1000') });
  expect(() => splitLots([lot('1', '1')], { into: decimal('0'), old: decimal('1') })).toThrow('must be positive');
});

test('a spin-off moves basis and loses none', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }))), fc.integer({ min: 0, max: 1000 }), (held, permille) => {
    const lots = held.map(([quantity, cents]) => lot(String(quantity), new Decimal(cents).div(100).toFixed()));
    const after = spinOff(lots, { share: new Decimal(permille).div(1000), sharesPerParent: decimal('0.333333333333333333'), idOf: ({ id }) => `${id}-new` });
    expect(sum([...after.parent, ...after.spunOff].map(({ cost }) => cost)).toFixed()).toBe(sum(lots.map(({ cost }) => cost)).toFixed());
  }));
});

test('the share of basis follows the market values', () => {
  const share = spunOffShare({ parentPriceBefore: decimal('100'), spunOffPrice: decimal('29.82'), sharesPerParent: decimal('1') });
  expect(share.times(35).toFixed(2)).toBe('10.44');
});

test('splits are read out of a history of factors, and fractions out of a holding', () => {
  expect(splitRatios([{ splitFactor: 0.25 }, { splitFactor: 0.25 }, { splitFactor: 1 }]).map(({ ratio }) => ratio)).toEqual([4]);
  expect(fractionOf([lot('1.5', '1'), lot('2.25', '1')]).toFixed()).toBe('0.75');
});

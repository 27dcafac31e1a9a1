import { Refusal } from '@pms/errors';
import { expect, test } from 'vitest';
import { targetAllocation } from './target-allocation.ts';

const of = (...weights: number[]) => weights.map((weight, index) => ({ instrumentId: `ins_${index}`, weight }));

test('weights that are exact tenths add up to exactly one', () => {
  expect(targetAllocation(of(0.1, 0.2, 0.7)).map(({ weight }) => weight.toFixed())).toEqual(['0.7', '0.2', '0.1']);
});

test('an empty allocation is all cash', () => {
  expect(targetAllocation([])).toEqual([]);
});

test.each([[0], [-0.1], [1.5], [Number.NaN], [1e-19]])('a weight of %d is refused, with the way to it', (weight) => {
  expect(() => targetAllocation(of(0.5, weight))).toThrow(expect.objectContaining({ code: 'INVALID', path: ['targets', '1', 'weight'] }));
});

test('weights of more than one in all are refused', () => {
  expect(() => targetAllocation(of(0.6, 0.400000000000001))).toThrow(Refusal);
});

test('an instrument that is named twice is refused', () => {
  const twice = [{ instrumentId: 'ins_a', weight: 0.1 }, { instrumentId: 'ins_a', weight: 0.2 }];
  expect(() => targetAllocation(twice)).toThrow(expect.objectContaining({ path: ['targets', '1', 'instrumentId'] }));
});

import { expect, test } from 'vitest';
import { actionOf, subjectsOf } from './entry.ts';

test('an action is the fact in a word', () => {
  expect(actionOf('trade-capture.trade-captured.v1')).toBe('TRADE_CAPTURED');
  expect(actionOf('portfolio.target-allocation-set.v2')).toBe('TARGET_ALLOCATION_SET');
});

test('subjects are the key and all ids in the data, each once, at every depth', () => {
  const data = { tradeId: 'trd_1', portfolioId: 'prt_1', externalId: 'broker-7', name: 'x', position: { instrumentId: 'ins_1' }, targets: [{ instrumentId: 'ins_2' }], instrumentIds: ['ins_1', 'ins_3'], investorId: null };
  expect(subjectsOf('prt_1', data)).toEqual(['prt_1', 'trd_1', 'ins_1', 'ins_2', 'ins_3']);
});

test('a list of ids that is very long is cut', () => {
  expect(subjectsOf('k', { instrumentIds: Array.from({ length: 1_000 }, (_, n) => `ins_${n}`) })).toHaveLength(64);
});

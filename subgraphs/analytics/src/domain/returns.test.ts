import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { annualReturn, annualReturnOfMean, annualised, cumulative, driftedWeights, link, modifiedDietz, returnsOf, timeWeightedReturn, totalReturn } from './returns.ts';
import type { ValuationDay } from './returns.ts';

const day = (date: string, value: number, inflow = 0, outflow = 0): ValuationDay => ({ date, value, inflow, outflow });

describe('time-weighted return', () => {
  test('does not move for money paid in or taken out', () => {
    const { rate } = timeWeightedReturn([day('2026-01-01', 100, 100), day('2026-01-02', 110), day('2026-01-03', 210, 100), day('2026-01-04', 10, 0, 200)]);
    expect(rate).toBeCloseTo(0.1, 12);
  });

  test('counts what comes in from the start of its day, and what goes out until its end', () => {
    expect(timeWeightedReturn([day('2026-01-01', 100), day('2026-01-02', 220, 100)]).rate).toBeCloseTo(0.1, 12);
    expect(timeWeightedReturn([day('2026-01-01', 100), day('2026-01-02', 60, 0, 50)]).rate).toBeCloseTo(0.1, 12);
  });

  test('leaves a flow out of its own day when days are valued just before flows', () => {
    expect(timeWeightedReturn([day('2026-01-01', 100), day('2026-01-02', 220, 110)], 'AT_CLOSE').rate).toBeCloseTo(0.1, 12);
  });

  test('is zero, with a warning, where something was gained on no capital', () => {
    expect(timeWeightedReturn([day('2026-01-01', 0), day('2026-01-02', 1)])).toMatchObject({ rate: 0, warnings: [{ date: '2026-01-02', gain: 1 }] });
    expect(timeWeightedReturn([day('2026-01-01', 0), day('2026-01-02', 0)]).warnings).toEqual([]);
  });

  test('survives selling all and buying again, which breaks a gain over cost', () => {
    const { rate } = timeWeightedReturn([day('2026-01-01', 100, 100), day('2026-01-02', 0, 0, 150), day('2026-01-03', 0), day('2026-01-04', 100, 100), day('2026-01-05', 90)]);
    expect(rate).toBeCloseTo(1.5 * 0.9 - 1, 12);
  });

  test('is what linking the growth of each day gives, whatever flows', () => {
    const growth = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    const flow = fc.integer({ min: 0, max: 1000 });
    fc.assert(fc.property(fc.array(fc.tuple(growth, flow), { minLength: 1, maxLength: 40 }), (days) => {
      let value = 100;
      const valued = [day('2026-01-01', value), ...days.map(([rate, inflow], at) => {
        value = (value + inflow) * (1 + rate);
        return day(`2026-02-${String(at + 1).padStart(2, '0')}`, value, inflow);
      })];
      expect(timeWeightedReturn(valued).rate).toBeCloseTo(link(days.map(([rate]) => rate)), 9);
    }));
  });
});

test('modified Dietz weighs a flow by the part of the period that it was there', () => {
  expect(modifiedDietz({ begin: 100_000, end: 125_000, days: 90, flows: [{ amount: 20_000, day: 20 }, { amount: -10_000, day: 60 }] })).toBeCloseTo(0.1337, 4);
  expect(modifiedDietz({ begin: 0, end: 5, days: 90, flows: [] })).toBeNull();
});

test('a return is annualised by days, a total loss stays one, and no time is no basis', () => {
  expect(annualised(0.21, 730)).toBeCloseTo(0.1, 12);
  expect([annualised(-1, 10), annualised(0.05, 0)]).toEqual([-1, 0.05]);
});

test('periodic returns compound', () => {
  expect(cumulative([0.1, -0.5])).toEqual([expect.closeTo(0.1), expect.closeTo(-0.45)]);
  expect(annualReturn([0.1, 0.2], 1)).toBeCloseTo(0.1489125, 7);
  expect([annualReturn([], 252), annualReturnOfMean([], 252), annualReturn([-1], 252)]).toEqual([null, null, -1]);
  expect(returnsOf([100, 110, 99])).toEqual([expect.closeTo(0.1), expect.closeTo(-0.1)]);
});

test('dividends are reinvested at the close of their ex date, and splits multiply the shares', () => {
  const closes = new Map([['2026-01-01', 100], ['2026-01-05', 50], ['2026-01-09', 60]]);
  const events = [{ exDate: '2026-01-05', newPerOld: 2 }, { exDate: '2026-01-09', cashPerShare: 6 }, { exDate: '2026-01-01', cashPerShare: 99 }];
  expect(totalReturn({ from: '2026-01-01', to: '2026-01-09', events, closeOn: (date) => closes.get(date) ?? 0 })).toBeCloseTo(2 * 1.1 * 0.6 - 1, 12);
});

test('weights drift with the returns and stay whole', () => {
  expect(driftedWeights([0.5, 0.5], [0.1, -0.05])).toEqual([expect.closeTo(0.536585, 6), expect.closeTo(0.463415, 6)]);
});

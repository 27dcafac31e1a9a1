import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, epochDay } from './day-count.ts';
import { irr, mirr, npv, xirr, xnfv, xnpv } from './irr.ts';
import type { DatedFlow } from './irr.ts';

const flow = (date: string, amount: number): DatedFlow => ({ date, amount });

describe('XIRR', () => {
  test('is the rate at which the flows are worth nothing, by days over 365', () => {
    expect(xirr([flow('2010-01-01', -200), flow('2010-12-31', 210)]).rate).toBeCloseTo(0.050140747, 8);
  });

  test.each([
    ['no flows', []], ['flows of one sign', [flow('2026-01-01', 1), flow('2026-02-01', 2)]],
    ['flows of one day', [flow('2026-01-01', -1), flow('2026-01-01', 2)]], ['nothing but zeros', [flow('2026-01-01', 0), flow('2026-02-01', 0)]],
  ])('of %s is no rate', (_, flows) => {
    expect(xirr(flows)).toEqual({ rate: null, roots: [], ambiguous: false });
  });

  test('of flows with several solutions reports them all, and takes the one nearest to no growth', () => {
    const { rate, roots, ambiguous } = irr([-5, 10.5, 1, -8, 1]);
    expect(ambiguous).toBe(true);
    expect(roots).toEqual([expect.closeTo(-0.8702, 4), expect.closeTo(0.0886, 4), expect.closeTo(0.7096, 4)]);
    expect(rate).toBeCloseTo(0.0886, 4);
  });

  test('finds rates that are very large, and losses of nearly everything', () => {
    expect(xirr([flow('2026-01-01', -100), flow('2026-01-02', 110)]).rate).toBeCloseTo(1.1 ** 365 - 1, -8);
    expect(xirr([flow('2021-06-09', -134.09), flow('2021-08-11', 40.86)]).rate).toBeCloseTo(-0.9989769231734277, 10);
  });

  test('whatever was paid in and grew at a rate is found to have grown at it', () => {
    const paid = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 1_000_000 })), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(paid, fc.double({ min: -0.9, max: 5, noNaN: true }), (flows, rate) => {
      const end = epochDay('2020-01-01') + 3650;
      const worth = flows.reduce((sum, [day, amount]) => sum + amount * (1 + rate) ** ((3650 - day) / 365), 0);
      const found = xirr([...flows.map(([day, amount]) => flow(dayOf(epochDay('2020-01-01') + day), -amount)), flow(dayOf(end), worth)]);
      expect(Math.abs((found.rate ?? Number.NaN) - rate) / (1 + rate)).toBeLessThan(1e-7);
      expect(found.ambiguous).toBe(false);
    }));
  });

  test('does not mind the order of the flows', () => {
    const flows = [flow('2020-01-01', -100), flow('2021-01-01', -50), flow('2023-01-01', 190)];
    expect(xirr(flows.toReversed())).toEqual(xirr(flows));
  });
});

test('present and future values discount from the earliest and to the latest flow', () => {
  const flows = [flow('2026-01-01', 100), flow('2027-01-01', 110)];
  expect([xnpv(0.1, flows), xnfv(0.1, flows)]).toEqual([expect.closeTo(200, 9), expect.closeTo(220, 9)]);
  expect(npv(0.05, [-15000, 1500, 2500, 3500, 4500, 6000])).toBeCloseTo(122.89, 2);
});

test('the modified rate needs flows of both signs', () => {
  expect(mirr([-4500, -800, 800, 800, 600], { financeRate: 0.05, reinvestRate: 0.08 })).toBeCloseTo(-0.1784449, 7);
  expect(mirr([1, 2], { financeRate: 0.05, reinvestRate: 0.08 })).toBeNull();
});

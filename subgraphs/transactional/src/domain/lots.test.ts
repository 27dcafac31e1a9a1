import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal, decimal, sum } from '@pms/money';
import { applyFill, fillOf, replay, takeLots, transferLots, unitCost } from './lots.ts';
import type { Fill, Lot, LotMethod } from './lots.ts';
import { positionOf, splitGain } from './position.ts';

const buy = (tradeId: string, tradedOn: string, quantity: string, price: string, fees = '0'): Fill =>
  fillOf({ tradeId, tradedOn, sequence: 0, side: 'BUY', quantity: decimal(quantity), price: decimal(price), fees: decimal(fees), currency: 'USD' });
const sell = (tradeId: string, tradedOn: string, quantity: string, price: string, fees = '0'): Fill =>
  fillOf({ tradeId, tradedOn, sequence: 0, side: 'SELL', quantity: decimal(quantity), price: decimal(price), fees: decimal(fees), currency: 'USD' });
const lot = (id: string, openedOn: string, quantity: string, cost: string): Lot =>
  ({ id, openedOn, sequence: 0, quantity: decimal(quantity), cost: decimal(cost), currency: 'USD' });
const gains = (fills: Fill[], method: LotMethod): string[] => replay(fills, method).closings.map((c) => c.realizedGain.toFixed());

const twoBuys = [buy('a', '2026-01-05', '10', '100'), buy('b', '2026-01-06', '10', '120')];

describe('which lots a sale takes', () => {
  test.each([
    ['FIFO', ['300', '50']],
    ['LIFO', ['100', '150']],
    ['HIFO', ['100', '150']],
    ['AVERAGE', ['300']],
  ] as const)('%s realises its own gain on the same trades', (method, expected) => {
    expect(gains([...twoBuys, sell('c', '2026-01-07', '15', '130')], method)).toEqual(expected);
  });

  test('a specific lot is closed by its id, and its neighbours stay as they are', () => {
    const { lots, closings } = replay([...twoBuys, { ...sell('c', '2026-01-07', '4', '130'), picks: [{ lotId: 'b' }] }], 'SPECIFIC');
    expect(closings.map(({ lotId, quantity }) => [lotId, quantity.toFixed()])).toEqual([['b', '4']]);
    expect(lots.map(({ id, quantity }) => [id, quantity.toFixed()])).toEqual([['a', '10'], ['b', '6']]);
  });

  test('a specific sale that names no lot, an unknown lot, or several at once is refused', () => {
    const sale = (picks?: Fill['picks']): Fill => ({ ...sell('c', '2026-01-07', '4', '130'), ...(picks && { picks }) });
    expect(() => replay([...twoBuys, sale()], 'SPECIFIC')).toThrow('name the lots to close');
    expect(() => replay([...twoBuys, sale([{ lotId: 'x' }])], 'SPECIFIC')).toThrow('no open lot matches');
    expect(() => replay([...twoBuys, sale([{}])], 'SPECIFIC')).toThrow('several lots match');
  });

  test('more than is open cannot be taken', () => {
    expect(() => takeLots([lot('a', '2026-01-05', '5', '50')], decimal('6'), 'FIFO')).toThrow('not enough open lots');
  });

  test('lots move to another account with their day and cost, newest first for LIFO', () => {
    const { from, into } = transferLots([lot('a', '2026-01-15', '10', '500'), lot('b', '2026-02-01', '5', '250')], [], decimal('8'), { from: 'LIFO', into: 'LIFO' });
    expect(from.map((l) => [l.openedOn, l.quantity.toFixed()])).toEqual([['2026-01-15', '7']]);
    expect(into.map((l) => [l.openedOn, l.quantity.toFixed()])).toEqual([['2026-01-15', '3'], ['2026-02-01', '5']]);
  });
});

describe('fees', () => {
  test('raise the cost of a purchase and lower the proceeds of a sale', () => {
    const { closings } = replay([buy('a', '2026-01-05', '10', '100', '5'), sell('b', '2026-01-06', '10', '110', '3')], 'FIFO');
    expect(closings[0]).toMatchObject({ cost: decimal('1005'), proceeds: decimal('1097'), realizedGain: decimal('92') });
  });
});

describe('short positions', () => {
  test('earn when covered below what they were sold for', () => {
    expect(gains([sell('a', '2026-01-05', '10', '100', '1'), buy('b', '2026-01-06', '10', '90', '1')], 'FIFO')).toEqual(['98']);
  });

  test('a sale of more than is held closes the long lots and opens a short one at its own price', () => {
    const { lots, closings } = replay([buy('a', '2026-01-05', '10', '100'), sell('b', '2026-01-06', '15', '110')], 'FIFO');
    expect(closings.map((c) => c.realizedGain.toFixed())).toEqual(['100']);
    expect(lots).toHaveLength(1);
    expect(lots[0]).toMatchObject({ id: 'b', quantity: decimal('-5'), cost: decimal('-550'), openedOn: '2026-01-06' });
  });
});

test('three sales of a lot of one cent leave no cost on the closed position', () => {
  const fills = [buy('a', '2010-01-01', '10', '0.001'), sell('b', '2010-02-01', '3', '0.004'), sell('c', '2010-03-01', '3', '0.004'), sell('d', '2010-03-02', '4', '0.003')];
  for (const method of ['FIFO', 'AVERAGE'] as const) expect(positionOf(replay(fills, method).lots, []).costBasis.toFixed()).toBe('0');
});

test('a fill in another currency than the lots is refused', () => {
  const { lots } = replay(twoBuys, 'FIFO');
  expect(() => applyFill(lots, { ...sell('c', '2026-01-07', '1', '1'), currency: 'EUR' }, 'FIFO')).toThrow('held in USD');
});

test('a sale after a full sale and a new purchase knows only the new cost', () => {
  const fills = [buy('a', '2026-01-05', '10', '100'), sell('b', '2026-01-06', '10', '200'), buy('c', '2026-01-07', '1', '150')];
  const { lots, closings } = replay(fills, 'AVERAGE');
  expect(positionOf(lots, closings)).toMatchObject({ quantity: decimal('1'), averageCost: decimal('150'), realizedPnl: decimal('1000') });
});

test('a gain in base currency splits into price and currency', () => {
  const parts = splitGain(decimal('100'), decimal('80'), decimal('0.9'));
  expect([parts.price.toFixed(), parts.fx.toFixed()]).toEqual(['90', '-10']);
});

describe('whatever is traded', () => {
  const methods = fc.constantFrom<LotMethod>('FIFO', 'LIFO', 'HIFO', 'AVERAGE');
  const units = fc.bigInt({ min: 1n, max: 10n ** 21n }).map((n) => new Decimal(n.toString()).div('1e18'));
  const trade = fc.record({ side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: units, price: units, fees: fc.integer({ min: 0, max: 999 }).map((n) => new Decimal(n).div(100)), day: fc.integer({ min: 1, max: 28 }) });
  const trades = fc.array(trade, { minLength: 1, maxLength: 25 }).map((all) =>
    all.map(({ day, ...terms }, sequence) => fillOf({ ...terms, tradeId: `t${sequence}`, sequence, tradedOn: `2026-03-${String(day).padStart(2, '0')}`, currency: 'USD' })));

  test('the open lots add up to what was bought less what was sold, and are all of one side', () => {
    fc.assert(fc.property(trades, methods, (fills, method) => {
      const { lots } = replay(fills, method);
      expect(sum(lots.map((l) => l.quantity)).toFixed()).toBe(sum(fills.map((f) => f.quantity)).toFixed());
      expect(new Set(lots.map((l) => l.quantity.isNegative())).size).toBeLessThanOrEqual(1);
      for (const open of lots) expect(open.quantity.isZero()).toBe(false);
    }));
  });

  test('cost is conserved: what was paid is what open lots cost, less the gains realised', () => {
    fc.assert(fc.property(trades, methods, (fills, method) => {
      const { lots, closings } = replay(fills, method);
      const { costBasis, realizedPnl } = positionOf(lots, closings);
      expect(costBasis.minus(realizedPnl).toFixed()).toBe(sum(fills.map((f) => f.amount)).toFixed());
      if (lots.length === 0) expect(costBasis.isZero()).toBe(true);
    }));
  });

  test('the order of arrival does not matter', () => {
    fc.assert(fc.property(trades, methods, fc.infiniteStream(fc.nat()), (fills, method, keys) => {
      const order = new Map(fills.map((fill) => [fill, keys.next().value as number]));
      const shuffled = fills.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
      expect(JSON.stringify(replay(shuffled, method))).toBe(JSON.stringify(replay(fills, method)));
    }));
  });

  test('the method decides which lots go, not how much is realised once all is closed', () => {
    fc.assert(fc.property(trades, (fills) => {
      const open = sum(fills.map((f) => f.quantity));
      fc.pre(!open.isZero());
      const last = fillOf({ tradeId: 'last', tradedOn: '2026-04-01', sequence: 0, side: open.isNegative() ? 'BUY' : 'SELL', quantity: open.abs(), price: new Decimal(3), fees: new Decimal(0), currency: 'USD' });
      const totals = (['FIFO', 'LIFO', 'HIFO', 'AVERAGE'] as const).map((method) => sum(replay([...fills, last], method).closings.map((c) => c.realizedGain)).toFixed());
      expect(new Set(totals).size).toBe(1);
    }));
  });

  test('a pool has one unit cost', () => {
    fc.assert(fc.property(trades, (fills) => {
      const { lots } = replay(fills, 'AVERAGE');
      expect(lots.length).toBeLessThanOrEqual(1);
      for (const open of lots) expect(unitCost(open).isNegative() && open.cost.isPositive() && open.quantity.isPositive()).toBe(false);
    }));
  });
});

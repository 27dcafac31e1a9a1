import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal, sum } from '@pms/money';
import { flat, lotBook, reachable } from './lot-book.ts';
import { byOpening, fillOf, replay } from './lots.ts';
import type { Fill, Lot, LotMethod } from './lots.ts';

const fills = fc.array(fc.record({ side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: fc.integer({ min: 1, max: 20 }), price: fc.integer({ min: 1, max: 9999 }) }), { maxLength: 40 })
  .map((trades) => trades.map((trade, n): Fill => fillOf({
    tradeId: `t${String(n).padStart(3, '0')}`, tradedOn: `2026-01-${String(1 + (n % 28)).padStart(2, '0')}`, sequence: n, side: trade.side,
    quantity: decimal(`${trade.quantity}.5`), price: decimal((trade.price / 100).toFixed(2)), fees: decimal('0.35'), currency: 'USD' })))
  .map((all) => all.toSorted((a, b) => (a.tradedOn < b.tradedOn ? -1 : a.tradedOn > b.tradedOn ? 1 : a.sequence - b.sequence)));

const texts = (lots: readonly { id: string; quantity: { toFixed(): string }; cost: { toFixed(): string } }[]): string[] =>
  lots.map(({ id, quantity, cost }) => `${id} ${quantity.toFixed()} ${cost.toFixed()}`);

/** As the store reads them: the lots at the method's end until they add up to what is needed. */
function reached(lots: readonly Lot[], needed: Decimal | null, method: LotMethod): Lot[] {
  if (needed === null) return [...lots];
  let before = decimal('0');
  const taken = (method === 'LIFO' ? lots.toReversed() : lots).filter((lot) => {
    const isReached = before.lessThan(needed);
    before = before.plus(lot.quantity.abs());
    return isReached;
  });
  return taken.toSorted(byOpening);
}

test.each<LotMethod>(['FIFO', 'LIFO', 'HIFO', 'AVERAGE'])('%s: fill by fill it comes to what replaying all of them comes to', (method) => {
  fc.assert(fc.property(fills, fc.nat(40), (all, cut) => {
    const whole = replay(all, method);
    const before = lotBook(flat, method);
    const closings = all.slice(0, cut).flatMap((fill) => before.apply(fill));
    const stored = new Map(before.lots().map((lot) => [lot.id, lot]));
    const book = lotBook({ quantity: before.quantity, cost: before.cost, openedOn: before.openedOn, lots: reached(before.lots(), reachable(before.quantity, all.slice(cut), method), method) }, method);
    closings.push(...all.slice(cut).flatMap((fill) => book.apply(fill)));
    expect(closings.map(({ realizedGain }) => realizedGain.toFixed())).toEqual(whole.closings.map(({ realizedGain }) => realizedGain.toFixed()));
    expect(book.quantity.toFixed()).toBe(sum(whole.lots.map(({ quantity }) => quantity)).toFixed());
    expect(book.cost.toFixed()).toBe(sum(whole.lots.map(({ cost }) => cost)).toFixed());
    expect(book.openedOn === null).toBe(book.quantity.isZero());
    // what it says has changed, applied to what was stored, is what is open
    for (const id of book.gone()) stored.delete(id);
    for (const lot of book.changed()) stored.set(lot.id, lot);
    expect(texts([...stored.values()].toSorted(byOpening))).toEqual(texts(whole.lots));
  }));
});

test.each([['FIFO', 'b9999'], ['LIFO', 'b0'], ['HIFO', 'b0']] as const)('%s: ten thousand open lots are consumed one by one', (method, left) => {
  const book = lotBook(flat, method);
  const terms = { tradedOn: '2026-01-05', quantity: decimal('1'), fees: decimal('0'), currency: 'USD' };
  for (let n = 0; n < 10_000; n++) book.apply(fillOf({ ...terms, price: decimal(`${10 + n}`), tradeId: `b${n}`, sequence: n, side: 'BUY' }));
  for (let n = 0; n < 9_999; n++) book.apply(fillOf({ ...terms, price: decimal('10'), tradeId: `s${n}`, sequence: 10_000 + n, side: 'SELL' }));
  expect(book.lots().map(({ id }) => id)).toEqual([left]);
});

test.each<LotMethod>(['FIFO', 'LIFO', 'HIFO'])('%s: only lots that a fill touches are told, also where it names one among many', (method) => {
  const terms = { tradedOn: '2026-01-05', quantity: decimal('2'), price: decimal('10'), fees: decimal('0'), currency: 'USD' };
  const lots = Array.from({ length: 50 }, (_, n): Lot => ({ id: `trd_${n}`, openedOn: '2026-01-01', sequence: n, quantity: decimal('5'), cost: decimal('50'), currency: 'USD' }));
  const book = lotBook({ quantity: decimal('250'), cost: decimal('2500'), openedOn: '2026-01-01', lots }, method);
  book.apply(fillOf({ ...terms, tradeId: 'trd_s', sequence: 51, side: 'SELL', named: [{ lotId: 'lot_30', quantity: decimal('2') }] }));
  book.apply(fillOf({ ...terms, quantity: decimal('5'), tradeId: 'trd_t', sequence: 52, side: 'SELL', named: [{ lotId: 'lot_31', quantity: decimal('5') }] }));
  expect([book.changed().map(({ id, quantity }) => `${id} ${quantity.toFixed()}`), book.gone()]).toEqual([['trd_30 3'], ['trd_31']]);
});

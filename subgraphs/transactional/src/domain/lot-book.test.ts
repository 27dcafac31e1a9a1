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

test('ten thousand open lots are consumed one by one', () => {
  const book = lotBook(flat, 'FIFO');
  const terms = { tradedOn: '2026-01-05', quantity: decimal('1'), price: decimal('10'), fees: decimal('0'), currency: 'USD' };
  for (let n = 0; n < 10_000; n++) book.apply(fillOf({ ...terms, tradeId: `b${n}`, sequence: n, side: 'BUY' }));
  for (let n = 0; n < 9_999; n++) book.apply(fillOf({ ...terms, tradeId: `s${n}`, sequence: 10_000 + n, side: 'SELL' }));
  expect(book.lots().map(({ id }) => id)).toEqual(['b9999']);
});

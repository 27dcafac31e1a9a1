/**
 * Open lots from which the dearest by unit cost is taken first (HIFO), of equal cost the oldest: a heap, so that a sale looks at as many lots as it
 * closes and not at all that are open. Mutable, and never shared.
 */
import { type Decimal, ZERO } from '@pms/money';
import { byOpening, type Lot, unitCost } from './lots.ts';

export interface DearestLots {
  /** Takes lots out, the dearest first, until they add up to `needed` (unsigned), or all of them. */
  take(needed: Decimal): Lot[];
  put(lots: readonly Lot[]): void;
  /** The oldest first. */
  all(): Lot[];
}

interface Priced {
  readonly lot: Lot;
  readonly unit: Decimal;
}

const isBefore = (a: Priced, b: Priced): boolean => (b.unit.comparedTo(a.unit) || byOpening(a.lot, b.lot)) < 0;

export function dearestLots(start: readonly Lot[]): DearestLots {
  const heap: Priced[] = [];
  const at = (place: number): Priced => heap[place] as Priced;

  function swap(a: number, b: number): void {
    const moved = at(a);
    heap[a] = at(b);
    heap[b] = moved;
  }

  function put(lots: readonly Lot[]): void {
    for (const lot of lots) {
      let place = heap.push({ lot, unit: unitCost(lot) }) - 1;
      for (let parent = (place - 1) >> 1; place > 0 && isBefore(at(place), at(parent)); parent = (place - 1) >> 1) {
        swap(place, parent);
        place = parent;
      }
    }
  }

  function first(): Lot {
    const { lot } = at(0);
    const last = heap.pop() as Priced;
    if (heap.length === 0) return lot;
    heap[0] = last;
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      let next = place;
      if (left < heap.length && isBefore(at(left), at(next))) next = left;
      if (right < heap.length && isBefore(at(right), at(next))) next = right;
      if (next === place) return lot;
      swap(place, next);
      place = next;
    }
  }

  put(start);
  return {
    put,
    take(needed) {
      const taken: Lot[] = [];
      for (let got = ZERO; heap.length > 0 && got.lessThan(needed);) {
        const lot = first();
        taken.push(lot);
        got = got.plus(lot.quantity.abs());
      }
      return taken;
    },
    all: () => heap.map(({ lot }) => lot).toSorted(byOpening),
  };
}

/**
 * The lots of one position while fills are applied to them one after another, in trading order. It comes to the same as
 * `applyFill` over all lots, and looks only at those that a fill can reach: thousands of open lots do not slow a fill down.
 * Mutable, and never shared: whoever makes it reads the outcome and lets it go.
 */
import { type Decimal, ZERO, sum } from '@pms/money';
import { dearestLots } from './dearest-lots.ts';
import { applyFill, byOpening } from './lots.ts';
import { refusalOf } from './named-lots.ts';
import type { Closing, Fill, Lot, LotMethod } from './lots.ts';
import type { Day } from './days.ts';

export interface LotBook {
  apply(fill: Fill): readonly Closing[];
  /** Why a new trade cannot close the lots that it names; null where it can. */
  refusal(fill: Fill): string | null;
  readonly quantity: Decimal;
  /** What the open lots cost; negative for a short position. */
  readonly cost: Decimal;
  /** Gains of the fills applied here. */
  readonly gained: Decimal;
  /** The day on which the present holding was opened; null while flat. */
  readonly openedOn: Day | null;
  /** Open lots, the oldest first; of those it started with, only those it was given. */
  lots(): readonly Lot[];
  /** Lots that were opened or changed here and are open still. */
  changed(): readonly Lot[];
  /** Ids of lots that are gone. */
  gone(): readonly string[];
}

/** A position before the fills: its totals, and those of its open lots that the fills can reach (see `reachable`). */
export interface Start {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  readonly openedOn: Day | null;
  readonly lots: readonly Lot[];
}

export const flat: Start = { quantity: ZERO, cost: ZERO, openedOn: null, lots: [] };

/**
 * How much of the open lots fills may close, counted from the end at which the method begins; null where it needs all lots.
 * The lots that add up to it (all, if they do not) are enough to start with.
 */
export function reachable(quantity: Decimal, fills: readonly Fill[], method: LotMethod): Decimal | null {
  if (method !== 'FIFO' && method !== 'LIFO') return null;
  return sum(fills.filter((fill) => fill.quantity.isNegative() !== quantity.isNegative()).map((fill) => fill.quantity.abs()));
}

export function lotBook(start: Start, method: LotMethod): LotBook {
  // for HIFO they are in `dearest` alone
  let open: Lot[] = method === 'HIFO' ? [] : start.lots.toSorted(byOpening);
  let dearest = dearestLots(method === 'HIFO' ? start.lots : []);
  let head = 0; // lots before it are closed: FIFO takes from the front without moving the rest
  let { quantity, cost, openedOn } = start;
  let gained = ZERO;
  const touched = new Map<string, Lot | null>();

  /** The lots that the fill may close, taken out of `open`; `putBack` returns what is left of them. */
  function reach(fill: Fill): { readonly window: Lot[]; putBack(left: readonly Lot[]): void } {
    const opposes = !quantity.isZero() && quantity.isNegative() !== fill.quantity.isNegative();
    const needed = opposes ? fill.quantity.abs() : ZERO;
    // lots by name may be anywhere
    if (opposes && fill.named !== undefined) return everything();
    if (method === 'HIFO') return { window: dearest.take(needed), putBack: dearest.put };
    if (method === 'FIFO' || (!opposes && method !== 'AVERAGE')) {
      const end = needed.isZero() ? head : fromFront(open, head, needed);
      const window = open.slice(head, end);
      return { window, putBack: (left) => { if (window.length === 0) { open.push(...left); return; } placeAt(end, left); } };
    }
    if (method === 'LIFO') {
      const window = open.splice(fromBack(open, head, needed));
      return { window, putBack: (left) => { open.push(...left); } };
    }
    return everything();
  }

  function everything(): { readonly window: Lot[]; putBack(left: readonly Lot[]): void } {
    if (method === 'HIFO') return { window: dearest.all(), putBack: (left) => { dearest = dearestLots(left); } };
    return { window: open.slice(head), putBack: (left) => { open = [...left]; head = 0; } };
  }

  const lots = (): Lot[] => (method === 'HIFO' ? dearest.all() : open.slice(head));

  /** Lots that a fill did not touch are the same objects before and after. */
  function touch(window: readonly Lot[], left: readonly Lot[]): void {
    const [before, after] = [new Set(window), new Set(left)];
    for (const lot of window) if (!after.has(lot)) touched.set(lot.id, null);
    for (const lot of left) if (!before.has(lot)) touched.set(lot.id, lot);
  }

  /** What is left of a front window goes right before `end`; a lot opened through zero finds every other one closed. */
  function placeAt(end: number, left: readonly Lot[]): void {
    if (end === open.length) { open.length = head; open.push(...left); return; }
    head = end - left.length;
    left.forEach((lot, at) => { open[head + at] = lot; });
  }

  return {
    apply(fill) {
      const { window, putBack } = reach(fill);
      const applied = applyFill(window, fill, method);
      touch(window, applied.lots);
      putBack(applied.lots);
      const gain = sum(applied.closings.map((closing) => closing.realizedGain));
      const before = quantity;
      quantity = quantity.plus(fill.quantity);
      cost = cost.plus(fill.amount).plus(gain);
      gained = gained.plus(gain);
      if (quantity.isZero()) openedOn = null;
      else if (before.isZero() || before.isNegative() !== quantity.isNegative()) openedOn = fill.tradedOn;
      return applied.closings;
    },
    refusal: (fill) => (fill.named === undefined ? null : refusalOf(fill, { held: quantity, lots: lots(), atAverageCost: method === 'AVERAGE' })),
    get quantity() { return quantity; },
    get cost() { return cost; },
    get gained() { return gained; },
    get openedOn() { return openedOn; },
    lots,
    changed: () => [...touched.values()].filter((lot) => lot !== null),
    gone: () => [...touched].filter(([, lot]) => lot === null).map(([id]) => id),
  };
}

/** Index behind the last lot needed. */
function fromFront(lots: readonly Lot[], head: number, needed: Decimal): number {
  let got = ZERO;
  let end = head;
  while (end < lots.length && got.lessThan(needed)) got = got.plus(lots[end++]?.quantity.abs() ?? ZERO);
  return end;
}

/** Index of the first lot needed. */
function fromBack(lots: readonly Lot[], head: number, needed: Decimal): number {
  let got = ZERO;
  let start = lots.length;
  while (start > head && got.lessThan(needed)) got = got.plus(lots[--start]?.quantity.abs() ?? ZERO);
  return start;
}

/** What another lot method makes of the same trades: realised gains, cost and lots before and after, position by position and in all. Pure arithmetic over two replays. */
import { type Decimal, ZERO } from '@pms/money';
import type { Currency } from '@pms/money';
import type { Lot } from './lots.ts';
import { type Key, keyOf, type PositionState } from './movement.ts';

/** What one method makes of a position. */
export interface Figures {
  readonly realized: Decimal;
  readonly cost: Decimal;
  /** Oldest first. */
  readonly lots: readonly Lot[];
}

export interface ComparedPosition extends Key {
  /** The same by either method. */
  readonly quantity: Decimal;
  readonly before: Figures;
  readonly after: Figures;
}

export interface ComparedTotal {
  readonly currency: Currency;
  readonly before: Omit<Figures, 'lots'>;
  readonly after: Omit<Figures, 'lots'>;
}

export interface PositionByMethod {
  readonly position: PositionState;
  readonly lots: readonly Lot[];
}

const figures = ({ position: { realized, cost }, lots }: PositionByMethod): Figures => ({ realized, cost, lots });

/** Both are of the same trades. In the order of the first. */
export function compared(before: readonly PositionByMethod[], after: readonly PositionByMethod[]): ComparedPosition[] {
  const byKey = new Map(after.map((each) => [keyOf(each.position), each]));
  return before.flatMap((each) => {
    const { instrumentId, currency, quantity } = each.position;
    const other = byKey.get(keyOf(each.position));
    return other === undefined ? [] : [{ instrumentId, currency, quantity, before: figures(each), after: figures(other) }];
  });
}

/** Another gain, another cost, or other lots. */
export function isChanged({ before, after }: ComparedPosition): boolean {
  return !before.realized.equals(after.realized) || before.lots.length !== after.lots.length ||
    before.lots.some((lot, at) => { const other = after.lots[at]; return other?.id !== lot.id || !other.quantity.equals(lot.quantity) || !other.cost.equals(lot.cost); });
}

/** By currency, in its order: amounts of different currencies are not added. */
export function comparedTotals(positions: readonly ComparedPosition[]): ComparedTotal[] {
  const totals = new Map<Currency, ComparedTotal>();
  for (const { currency, before, after } of positions) {
    const sum = totals.get(currency) ?? { currency, before: { realized: ZERO, cost: ZERO }, after: { realized: ZERO, cost: ZERO } };
    totals.set(currency, { currency, before: added(sum.before, before), after: added(sum.after, after) });
  }
  return [...totals.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}

const added = (a: Omit<Figures, 'lots'>, b: Figures): Omit<Figures, 'lots'> => ({ realized: a.realized.plus(b.realized), cost: a.cost.plus(b.cost) });

/**
 * Lots that a trade names (specific identification), by the name that the books show: `TaxLot.id`. When a trade is booked its lots must be open and
 * add up to what it closes. When it is replayed, because something earlier came or went, they may not be open any more: it then takes what is.
 */
import { Decimal, sum, text, ZERO } from '@pms/money';
import type { Day } from './days.ts';

export interface NamedLot {
  /** As `lotName` writes it. */
  readonly lotId: string;
  /** Unsigned; more than zero. */
  readonly quantity: Decimal;
}

interface OpenLot {
  /** Of what opened it. */
  readonly id: string;
  /** Negative for a short lot. */
  readonly quantity: Decimal;
}

/** A lot's name follows from what opened it: a trade, `trd_1`, opens `lot_1`. */
export const lotName = (openedBy: string): string => openedBy.replace(/^[a-z]+_/, 'lot_');

const byName = (lots: readonly OpenLot[]): Map<string, OpenLot> => new Map(lots.map((lot) => [lotName(lot.id), lot]));

/** How much of which lots, by id and unsigned: in the order in which they are named, what is open of them, and at most `quantity` (unsigned) in all. */
export function partsNamed(lots: readonly OpenLot[], quantity: Decimal, named: readonly NamedLot[]): ReadonlyMap<string, Decimal> {
  const open = byName(lots);
  const parts = new Map<string, Decimal>();
  let wanted = quantity;
  for (const { lotId, quantity: asked } of named) {
    const lot = open.get(lotId);
    if (lot === undefined || wanted.isZero()) continue;
    open.delete(lotId);
    const part = Decimal.min(asked, wanted, lot.quantity.abs());
    wanted = wanted.minus(part);
    parts.set(lot.id, part);
  }
  return parts;
}

export interface PositionThen {
  /** What is held when the trade comes; negative for a short position. */
  readonly held: Decimal;
  /** All open lots, or those that are named and open. */
  readonly lots: readonly OpenLot[];
  readonly atAverageCost: boolean;
}

interface Closer {
  readonly named?: readonly NamedLot[];
  /** Signed: a purchase is positive. */
  readonly quantity: Decimal;
  readonly tradedOn: Day;
}

/** Why the lots that a new trade names cannot be closed by it, in words for who made it; null where they can, or none are named. */
export function refusalOf({ named = [], quantity, tradedOn }: Closer, { held, lots, atAverageCost }: PositionThen): string | null {
  if (named.length === 0) return null;
  if (atAverageCost) return 'the portfolio is kept at average cost: its lots are one pool, and none can be named';
  const opposes = !held.isZero() && held.isNegative() !== quantity.isNegative();
  const closes = opposes ? Decimal.min(held.abs(), quantity.abs()) : ZERO;
  const total = sum(named.map((each) => each.quantity));
  if (!total.equals(closes)) return `the lots named add up to ${text(total)}, and the trade closes ${text(closes)}: name as much as it closes`;
  const open = byName(lots);
  const wrong = named.find((each) => each.quantity.greaterThan(open.get(each.lotId)?.quantity.abs() ?? ZERO));
  return wrong === undefined ? null : notOpen(wrong, open.get(wrong.lotId), tradedOn);
}

const notOpen = ({ lotId, quantity }: NamedLot, lot: OpenLot | undefined, on: Day): string =>
  lot === undefined ? `${lotId} is not an open lot of this position on ${on}` : `${text(quantity)} of ${lotId} are named, and ${text(lot.quantity.abs())} are open on ${on}`;

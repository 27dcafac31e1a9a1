/**
 * Tax lots of one instrument in one portfolio, and how fills open and close them. Quantities and amounts are exact, in
 * the instrument's trading currency; a short lot has a negative quantity and a negative cost (what was received).
 *
 * Fees are capitalised: added to the cost of what a fill opens, deducted from the proceeds of what it closes.
 * Nothing is rounded to cents here: a fill's `amount` is the cash as booked (`fillOf` rounds it, half-even, once), and
 * its parts are split by quantity to 18 digits with the residue in the last part, so parts always add up to the whole
 * and a closed lot leaves no cost behind. A fill may pass through zero: the remainder opens a lot at that fill's price.
 * Refused: lots of another currency, a specific lot that is not open or too small, an ambiguous choice.
 */
import { invalid } from '@pms/errors';
import { Decimal, sum, toMinorUnit, toStored } from '@pms/money';
import type { Currency, Money } from '@pms/money';
import type { Charge } from './charges.ts';
import type { Day } from './days.ts';
import { type NamedLot, partsNamed } from './named-lots.ts';

/**
 * FIFO oldest first; LIFO newest first; HIFO highest unit cost first; AVERAGE one pool whose unit cost is the mean, dated
 * as its oldest part; SPECIFIC only what the fill's `picks` name.
 */
export type LotMethod = 'FIFO' | 'LIFO' | 'HIFO' | 'AVERAGE' | 'SPECIFIC';

export interface Lot {
  readonly id: string;
  /** Trade date of the fill that opened it: what holding periods count from. */
  readonly openedOn: Day;
  /** Order of opening among lots of one day. */
  readonly sequence: number;
  /** Negative for a short lot; never zero. */
  readonly quantity: Decimal;
  /** Total, fees included; of the sign of `quantity`. */
  readonly cost: Decimal;
  readonly currency: Currency;
}

/** Names lots to close; what is left out matches all. `quantity` is how much of them, unsigned; all of them if absent. */
export interface LotPick {
  readonly lotId?: string;
  readonly openedOn?: Day;
  readonly unitCost?: Decimal;
  readonly quantity?: Decimal;
}

export interface Fill {
  /** The trade it belongs to; the lot it opens carries this id. */
  readonly tradeId: string;
  readonly tradedOn: Day;
  /** Order among fills of one day. */
  readonly sequence: number;
  /** Signed: a purchase is positive. Never zero. */
  readonly quantity: Decimal;
  /** Signed total with fees: quantity × price + fees, so what is paid is positive and what is received negative. */
  readonly amount: Decimal;
  readonly currency: Currency;
  /** What cash moves, where that is not `amount`, because of its currency or of charges: signed as `amount`, whole minor units. See `cashOfFill`. */
  readonly cash?: Money;
  /** What is paid besides in other currencies than that of the cash; it is part of `amount` at its rate. See charges.ts. */
  readonly charges?: readonly Charge[];
  /** Which lots to close, for SPECIFIC; narrows the choice of the other methods where given. */
  readonly picks?: readonly LotPick[];
  /** Lots that the trade names, whatever the method: taken first, as far as they are open; what is missing the method chooses. */
  readonly named?: readonly NamedLot[];
}

/** What one fill took of one lot, and what that earned. */
export interface Closing {
  readonly lotId: string;
  readonly openedOn: Day;
  readonly closedBy: string;
  readonly closedOn: Day;
  /** Of the closing fill, among those of its day. */
  readonly sequence: number;
  /** The trade named this lot; else the method chose it. */
  readonly named: boolean;
  /** Of the lot's sign: negative where a short was covered. */
  readonly quantity: Decimal;
  /** The part of the lot's cost that left with it, of the sign of `quantity`. */
  readonly cost: Decimal;
  /** What it fetched after fees; negative where covering a short cost money. */
  readonly proceeds: Decimal;
  /** proceeds − cost. */
  readonly realizedGain: Decimal;
}

export interface Applied {
  readonly lots: readonly Lot[];
  readonly closings: readonly Closing[];
  /** The lot that the fill opened or, with AVERAGE, enlarged; null where it only closed. */
  readonly opened: Lot | null;
}

/** A part of a lot, taken out of it. */
export interface Taken {
  readonly lot: Lot;
  readonly quantity: Decimal;
  readonly cost: Decimal;
  readonly named?: boolean;
}

/** Lots after something was taken out of them. */
export interface Taking {
  readonly taken: readonly Taken[];
  readonly left: readonly Lot[];
}

/** What a lot paid (or received, if short) for one unit; positive either way. */
export const unitCost = ({ cost, quantity }: Lot): Decimal => cost.div(quantity);

/** Opening order: by day, then by sequence, then by id, so that it does not depend on how the lots were stored. */
export const byOpening = (a: Lot, b: Lot): number =>
  compare(a.openedOn, b.openedOn) || a.sequence - b.sequence || compare(a.id, b.id);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const inOrder = (lots: readonly Lot[], method: LotMethod): Lot[] => {
  const ordered = lots.toSorted(byOpening);
  if (method === 'LIFO') return ordered.toReversed();
  if (method === 'HIFO') return ordered.toSorted((a, b) => unitCost(b).comparedTo(unitCost(a)) || byOpening(a, b));
  return ordered;
};

export interface TradeTerms {
  readonly tradeId: string;
  readonly tradedOn: Day;
  readonly sequence: number;
  readonly side: 'BUY' | 'SELL';
  /** Unsigned. */
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** All of the trade's fees and taxes, in its currency, unsigned. */
  readonly fees: Decimal;
  readonly currency: Currency;
  readonly picks?: readonly LotPick[];
  readonly named?: readonly NamedLot[];
}

/** A trade as a fill, its amount rounded half-even to the currency's minor unit: the cash that will move. */
export function fillOf(terms: TradeTerms): Fill {
  const quantity = terms.side === 'BUY' ? terms.quantity : terms.quantity.negated();
  const { amount } = toMinorUnit({ amount: quantity.times(terms.price).plus(terms.fees), currency: terms.currency });
  const { tradeId, tradedOn, sequence, currency, picks, named } = terms;
  return { tradeId, tradedOn, sequence, quantity, amount, currency, ...(picks && { picks }), ...(named && { named }) };
}

/** Books one fill: closes lots of the other side in the method's order, then opens a lot with what is left of it. */
export function applyFill(lots: readonly Lot[], fill: Fill, method: LotMethod): Applied {
  if (fill.quantity.isZero()) throw invalid('a trade of no quantity cannot be booked', 'quantity');
  if (lots.some(({ currency }) => currency !== fill.currency))
    throw invalid(`the position is held in ${lots[0]?.currency}, not in ${fill.currency}`, 'currency');
  const open = sum(lots.map(({ quantity }) => quantity));
  const opposes = !open.isZero() && open.isNegative() !== fill.quantity.isNegative();
  const closes = opposes ? Decimal.min(open.abs(), fill.quantity.abs()) : new Decimal(0);
  const { taken, left } = closes.isZero() ? { taken: [], left: lots } : taking(lots, closes, fill, method);
  const opens = fill.quantity.abs().minus(closes);
  const parts = split(fill.amount, opens.isZero() ? taken.map((t) => t.quantity) : [...taken.map((t) => t.quantity), opens]);
  const closings = taken.map((part, at) => closing(part, parts[at] ?? new Decimal(0), fill));
  if (opens.isZero()) return { lots: left, closings, opened: null };
  const opened: Lot = {
    id: fill.tradeId, openedOn: fill.tradedOn, sequence: fill.sequence, currency: fill.currency,
    quantity: fill.quantity.isNegative() ? opens.negated() : opens, cost: parts.at(-1) ?? new Decimal(0),
  };
  if (method !== 'AVERAGE') return { lots: [...left, opened], closings, opened };
  const pooled = pool([...left, opened]);
  return { lots: [pooled], closings, opened: pooled };
}

function taking(lots: readonly Lot[], quantity: Decimal, { named, picks }: Fill, method: LotMethod): Taking {
  // a pool has no lots to name
  if (named === undefined || method === 'AVERAGE') return takeLots(lots, quantity, method, picks);
  const parts = partsNamed(lots, quantity, named);
  const taken = new Map<string, Taken>();
  const left = lots.flatMap((lot) => {
    const part = parts.get(lot.id);
    const step = part === undefined ? { taken: null, left: lot } : take(lot, part);
    if (step.taken !== null) taken.set(lot.id, { ...step.taken, named: true });
    return step.left ?? [];
  });
  const rest = takeInOrder(left, left, quantity.minus(sum(parts.values())), method);
  return { taken: [...[...parts.keys()].flatMap((id) => taken.get(id) ?? []), ...rest.taken], left: rest.left };
}

function closing({ lot, quantity, cost, named = false }: Taken, amount: Decimal, fill: Fill): Closing {
  const proceeds = amount.negated();
  return {
    lotId: lot.id, openedOn: lot.openedOn, closedBy: fill.tradeId, closedOn: fill.tradedOn, sequence: fill.sequence, named,
    quantity, cost, proceeds, realizedGain: proceeds.minus(cost),
  };
}

/** Splits an amount by weights, each part to 18 digits, the last taking the residue: the parts add up to the whole. */
function split(amount: Decimal, weights: readonly Decimal[]): Decimal[] {
  const total = sum(weights.map((weight) => weight.abs()));
  let left = amount;
  return weights.map((weight, at) => {
    const part = at === weights.length - 1 ? left : toStored(amount.times(weight.abs()).div(total));
    left = left.minus(part);
    return part;
  });
}

/**
 * Takes `quantity` (unsigned) out of lots that are all long or all short, in the method's order, from those that `picks`
 * name (from all, without picks). Refuses with INVALID: nothing matches, more than is open, or, for SPECIFIC, a pick
 * without a quantity that names several lots and not the whole of them.
 */
export function takeLots(
  lots: readonly Lot[], quantity: Decimal, method: LotMethod, picks: readonly LotPick[] = [],
): Taking {
  if (method === 'SPECIFIC' && picks.length === 0) throw invalid('name the lots to close', 'lots');
  if (picks.length === 0) return takeInOrder(lots, lots, quantity, method);
  let left = lots;
  let wanted = quantity;
  const taken: Taken[] = [];
  for (const pick of picks) {
    const candidates = left.filter((lot) => isPicked(lot, pick));
    if (candidates.length === 0) throw invalid('no open lot matches', 'lots');
    const amount = pick.quantity ?? wanted;
    const available = sum(candidates.map((lot) => lot.quantity.abs()));
    if (method === 'SPECIFIC' && candidates.length > 1 && !amount.equals(available))
      throw invalid('several lots match: name one, or close all of them', 'lots');
    const step = takeInOrder(left, candidates, amount, method);
    taken.push(...step.taken);
    left = step.left;
    wanted = wanted.minus(amount);
  }
  if (!wanted.isZero()) throw invalid('the lots named do not add up to the quantity closed', 'lots');
  return { taken, left };
}

const isPicked = (lot: Lot, pick: LotPick): boolean =>
  (pick.lotId === undefined || pick.lotId === lot.id) &&
  (pick.openedOn === undefined || pick.openedOn === lot.openedOn) &&
  (pick.unitCost === undefined || pick.unitCost.equals(unitCost(lot)));

function takeInOrder(lots: readonly Lot[], candidates: readonly Lot[], quantity: Decimal, method: LotMethod): Taking {
  if (quantity.isZero()) return { taken: [], left: lots };
  if (candidates.length === 0) throw invalid('no open lot matches', 'lots');
  if (quantity.greaterThan(sum(candidates.map((lot) => lot.quantity.abs())))) throw invalid('not enough open lots', 'quantity');
  const others = lots.filter((lot) => !candidates.includes(lot));
  const ordered = method === 'AVERAGE' ? [pool(candidates)] : inOrder(candidates, method);
  let wanted = quantity;
  const taken: Taken[] = [];
  const kept: Lot[] = [];
  for (const lot of ordered) {
    const part = Decimal.min(wanted, lot.quantity.abs());
    wanted = wanted.minus(part);
    const step = part.isZero() ? { taken: null, left: lot } : take(lot, part);
    if (step.taken !== null) taken.push(step.taken);
    if (step.left !== null) kept.push(step.left);
  }
  return { taken, left: [...others, ...kept].toSorted(byOpening) };
}

/** Takes a part of a lot, unsigned and more than zero; the lot keeps the rest of its cost, whatever the part was rounded to. */
function take(lot: Lot, part: Decimal): { readonly taken: Taken; readonly left: Lot | null } {
  if (part.equals(lot.quantity.abs())) return { taken: { lot, quantity: lot.quantity, cost: lot.cost }, left: null };
  const quantity = lot.quantity.isNegative() ? part.negated() : part;
  const cost = toStored(lot.cost.times(quantity).div(lot.quantity));
  return { taken: { lot, quantity, cost }, left: { ...lot, quantity: lot.quantity.minus(quantity), cost: lot.cost.minus(cost) } };
}

/** Joins lots into one of their mean cost, which keeps the identity and the day of the oldest; refuses mixed currencies. */
export function pool(lots: readonly Lot[]): Lot {
  const [oldest, ...others] = lots.toSorted(byOpening);
  if (!oldest) throw invalid('no open lot matches', 'lots');
  if (others.some(({ currency }) => currency !== oldest.currency)) throw invalid('lots of several currencies have no average cost', 'currency');
  return { ...oldest, quantity: sum(lots.map((lot) => lot.quantity)), cost: sum(lots.map((lot) => lot.cost)) };
}

/** Moves lots to another account, with their days and costs; `into` is pooled again where its own method is AVERAGE. */
export function transferLots(
  from: readonly Lot[], into: readonly Lot[], quantity: Decimal, methods: { readonly from: LotMethod; readonly into: LotMethod },
): { readonly from: readonly Lot[]; readonly into: readonly Lot[] } {
  const { taken, left } = takeLots(from, quantity, methods.from);
  const moved = taken.map((part) => ({ ...part.lot, quantity: part.quantity, cost: part.cost }));
  const joined = [...into, ...moved].toSorted(byOpening);
  return { from: left, into: methods.into === 'AVERAGE' && joined.length > 1 ? [pool(joined)] : joined };
}

/**
 * The books that a set of fills leads to, in order of trade date, sequence and trade id, whatever order they came in.
 */
export function replay(fills: readonly Fill[], method: LotMethod): Omit<Applied, 'opened'> {
  const ordered = fills.toSorted(
    (a, b) => compare(a.tradedOn, b.tradedOn) || a.sequence - b.sequence || compare(a.tradeId, b.tradeId),
  );
  let lots: readonly Lot[] = [];
  const closings: Closing[] = [];
  for (const fill of ordered) {
    const applied = applyFill(lots, fill, method);
    lots = applied.lots;
    closings.push(...applied.closings);
  }
  return { lots, closings };
}

/**
 * What an action does to the lots of one position. Basis and cash are conserved: what the lots cost afterwards, plus the cash received, is what
 * they cost before plus the gain. Cash is rounded once, half-even to the minor unit, for the position as a whole; lots share it by quantity, the
 * last taking the residue. Shorts mirror longs: they owe what longs receive.
 *
 * Conventions. Return of capital reduces basis lot by lot; what exceeds it is a gain. A merger for stock and cash recognises of each lot's gain
 * at most the cash (IRC §356), and no loss; a taxable one recognises all, and its new lots begin on that day, before its trades. A spin-off and a tax-free merger
 * keep the days of their lots. Cash in lieu sells the fraction of the whole holding, by the portfolio's lot method.
 *
 * Where a position is held in another currency than the action pays and prices in, cash is rounded in the action's currency and counts in the position's at
 * the rate, to 18 digits; a price counts at the rate.
 */
import { Decimal, sum, toMinorUnit, toStored, ZERO } from '@pms/money';
import { type Action, placeOfAction, type Stock, type Terms } from './action-terms.ts';
import type { Currency } from '@pms/money';
import { apportioned, fractionOf, spinOff, splitLots } from './corporate-actions.ts';
import { applyFill, byOpening, type Closing, type Lot, type LotMethod, takeLots } from './lots.ts';

export interface Effect {
  readonly kept: readonly Lot[];
  /** Lots of the instrument that the action leads to. */
  readonly moved: readonly Lot[];
  /** Realised on what was held. */
  readonly gain: Decimal;
  /** Realised on what was received: fractions of it that were sold. */
  readonly movedGain: Decimal;
  /** Received; negative where it is owed. Without dividends, which are no matter of lots. */
  readonly cash: Decimal;
  /** Of what was held; of no quantity where a gain is recognised on a lot that stays. They add up to `gain`. */
  readonly closings: readonly Closing[];
  /** Of what was received; they add up to `movedGain`. */
  readonly movedClosings: readonly Closing[];
  /** Why it could not be done as it should; null when it was. */
  readonly problem: string | null;
}

/** An action as it counts in a position: `currency` is the position's, `paid` what it pays and prices in where that is another one. */
export interface ActionHere extends Action {
  readonly paid?: { readonly currency: Currency; readonly rate: Decimal };
}

const priced = (price: Decimal, { paid }: Pick<ActionHere, 'paid'>): Decimal => (paid === undefined ? price : price.times(paid.rate));

export interface Held {
  /** Never none; all in the action's currency. */
  readonly lots: readonly Lot[];
  readonly method: LotMethod;
}

/** Whether it pays or prices anything: only then does the currency of the position matter. */
export function isPriced({ terms }: Action): boolean {
  if ('inLieu' in terms && terms.inLieu !== null) return true;
  if (terms.kind === 'MERGER') return terms.stock === null || terms.taxable || !terms.cash.isZero();
  return terms.kind === 'RETURN_OF_CAPITAL' || terms.kind === 'RIGHTS_EXERCISE';
}

/** What is realised on a lot that stays open: nothing is closed of it, and the gain has its day. None for no gain. */
function gainOn(lot: Lot, action: Action, { proceeds, cost }: { readonly proceeds: Decimal; readonly cost: Decimal }, quantity = ZERO): Closing[] {
  const realizedGain = proceeds.minus(cost);
  if (realizedGain.isZero() && quantity.isZero()) return [];
  const { tradeId: closedBy, tradedOn: closedOn, sequence } = placeOfAction(action);
  return [{ lotId: lot.id, openedOn: lot.openedOn, closedBy, closedOn, sequence, named: false, quantity, cost, proceeds, realizedGain }];
}

const costOf = (lots: readonly Lot[]): Decimal => sum(lots.map(({ cost }) => cost));
const quantityOf = (lots: readonly Lot[]): Decimal => sum(lots.map(({ quantity }) => quantity));
/** An id of its own in the position it comes to; it still begins with that of the trade that opened the lot. */
const movedId = ({ id }: Lot, { actionId }: Action): string => `${id}/${actionId}`;

/** Gains follow from conservation. */
const effect = (before: readonly Lot[], after: Partial<Omit<Effect, 'gain'>>): Effect => {
  const { kept = [], moved = [], cash = ZERO, movedGain = ZERO, closings = [], movedClosings = [], problem = null } = after;
  return { kept, moved, cash, movedGain, closings, movedClosings, problem, gain: costOf(kept).plus(costOf(moved)).plus(cash).minus(movedGain).minus(costOf(before)) };
};

export function effectOf(action: ActionHere, held: Held): Effect {
  const { terms } = action;
  const { lots } = held;
  switch (terms.kind) {
    case 'CASH_DIVIDEND': return effect(lots, { kept: lots });
    case 'RETURN_OF_CAPITAL': return returned(action, terms.perShare, lots);
    case 'SPLIT': case 'STOCK_DIVIDEND': {
      const { left, cash, closings } = fractionSold(action, splitLots(lots, terms.ratio), terms.inLieu, held.method);
      return effect(lots, { kept: left, cash, closings });
    }
    case 'SPIN_OFF': case 'RIGHTS_ISSUE': return spunOff(action, terms, held);
    case 'MERGER': return merged(action, terms, held);
    case 'SYMBOL_CHANGE': return terms.into === null ? effect(lots, { kept: lots }) : effect(lots, { moved: lots });
    case 'RIGHTS_LAPSE': return soldFor(action, held, quantityOf(lots), ZERO);
    case 'RIGHTS_EXERCISE': return exercised(action, terms, held);
  }
}

/** Cash of all shares, in whole minor units of what it is paid in; negative for a short position. */
export function cashFor(quantity: Decimal, perShare: Decimal, { currency, paid }: Pick<ActionHere, 'currency' | 'paid'>): Decimal {
  const { amount } = toMinorUnit({ amount: quantity.times(perShare), currency: paid?.currency ?? currency });
  return paid === undefined ? amount : toStored(amount.times(paid.rate));
}

/** The cash of the effect in what it is paid in: it depends on quantities alone, and on no cost. */
export const cashPaid = (action: ActionHere, held: Held): Decimal =>
  effectOf(action.paid === undefined ? action : { ...action, paid: { ...action.paid, rate: ONE } }, held).cash;

const ONE = new Decimal(1);

/** For SPECIFIC the oldest: nobody names lots to an issuer. */
const ordered = (method: LotMethod): LotMethod => (method === 'SPECIFIC' ? 'FIFO' : method);

const closingFill = (action: ActionHere, quantity: Decimal, cash: Decimal) =>
  ({ ...placeOfAction(action), quantity: quantity.negated(), amount: cash.negated(), currency: action.currency });

function soldFor(action: ActionHere, { lots, method }: Held, quantity: Decimal, cash: Decimal): Effect {
  const { lots: kept, closings } = applyFill(lots, closingFill(action, quantity, cash), ordered(method));
  return effect(lots, { kept, cash, closings });
}

function fractionSold(action: ActionHere, lots: readonly Lot[], price: Decimal | null, method: LotMethod): {
  readonly left: readonly Lot[]; readonly cash: Decimal; readonly closings: readonly Closing[]; readonly gain: Decimal;
} {
  const fraction = fractionOf(lots);
  if (price === null || fraction.isZero()) return { left: lots, cash: ZERO, closings: [], gain: ZERO };
  const cash = cashFor(fraction, price, action);
  const { lots: left, closings } = applyFill(lots, closingFill(action, fraction, cash), ordered(method));
  return { left, cash, closings, gain: sum(closings.map(({ realizedGain }) => realizedGain)) };
}

function returned(action: ActionHere, perShare: Decimal, lots: readonly Lot[]): Effect {
  const cash = cashFor(quantityOf(lots), perShare, action);
  const parts = apportioned(cash, lots.map(({ quantity }) => quantity));
  const kept = lots.map((lot, at) => {
    const cost = lot.cost.minus(parts[at] ?? ZERO);
    return { ...lot, cost: cost.lessThan(0) === lot.quantity.lessThan(0) ? cost : ZERO };
  });
  const closings = lots.flatMap((lot, at) => gainOn(lot, action, { proceeds: parts[at] ?? ZERO, cost: lot.cost.minus(kept[at]?.cost ?? ZERO) }));
  return effect(lots, { kept, cash, closings });
}

function spunOff(action: ActionHere, { ratio, share, inLieu }: Terms & { kind: 'SPIN_OFF' | 'RIGHTS_ISSUE' }, { lots, method }: Held): Effect {
  const { parent, spunOff: received } = spinOff(lots, { share, sharesPerParent: ratio.into.div(ratio.old), idOf: (lot) => movedId(lot, action) });
  const { left, cash, closings, gain } = fractionSold(action, received, inLieu, method);
  return effect(lots, { kept: parent, moved: left, cash, movedClosings: closings, movedGain: gain });
}

function merged(action: ActionHere, { stock, cash: perShare, inLieu, taxable }: Terms & { kind: 'MERGER' }, held: Held): Effect {
  const { lots, method } = held;
  const quantity = quantityOf(lots);
  const boot = cashFor(quantity, perShare, action);
  if (stock === null) return soldFor(action, held, quantity, boot);
  const parts = apportioned(boot, lots.map((lot) => lot.quantity));
  const recost = lots.map((lot, at) => ({
    ...lot, id: movedId(lot, action), cost: basisAfter(lot, parts[at] ?? ZERO, { ...stock, price: priced(stock.price, action) }, taxable), ...(taxable && { openedOn: action.effectiveOn, sequence: placeOfAction(action).sequence }),
  }));
  const { left, cash, closings, gain } = fractionSold(action, splitLots(recost, stock.ratio), inLieu, method);
  const exchanged = lots.flatMap((lot, at) => {
    const [part, basis] = [parts[at] ?? ZERO, recost[at]?.cost ?? ZERO];
    // taxed, the lot is sold for what the new shares are worth; else only as much of the cash counts as was not basis
    if (taxable) return gainOn(lot, action, { proceeds: part.plus(basis), cost: lot.cost }, lot.quantity);
    return gainOn(lot, action, { proceeds: part, cost: lot.cost.minus(basis) });
  });
  return effect(lots, { moved: left, cash: boot.plus(cash), closings: exchanged, movedClosings: closings, movedGain: gain });
}

/** What a lot's new shares cost: what they are worth if the exchange is taxed, else the old cost less the boot plus the gain recognised. */
function basisAfter({ quantity, cost }: Lot, boot: Decimal, { ratio, price }: Stock, taxable: boolean): Decimal {
  const worth = quantity.times(ratio.into).div(ratio.old).times(price);
  if (taxable) return toStored(worth);
  if (boot.isZero()) return cost;
  const gain = worth.plus(boot).minus(cost);
  const recognised = quantity.lessThan(0) ? Decimal.max(Decimal.min(gain, ZERO), boot) : Decimal.min(Decimal.max(gain, ZERO), boot);
  return toStored(cost.minus(boot).plus(recognised));
}

/** Of rights that are no more, none are exercised: a trade was taken back since. */
function exercised(action: ActionHere, { rights, ratio, perShare }: Terms & { kind: 'RIGHTS_EXERCISE' }, { lots, method }: Held): Effect {
  const used = Decimal.max(ZERO, Decimal.min(rights, quantityOf(lots)));
  const problem = used.equals(rights) ? null : `only ${used.toFixed()} of ${rights.toFixed()} rights are held`;
  if (used.isZero()) return effect(lots, { kept: lots, problem });
  const { taken, left } = takeLots(lots, used, ordered(method));
  const shares = toStored(used.times(ratio.into).div(ratio.old));
  const cash = cashFor(shares, perShare, action).negated();
  const bought: Lot = {
    id: action.actionId, openedOn: action.effectiveOn, sequence: placeOfAction(action).sequence, currency: action.currency, quantity: shares,
    cost: sum(taken.map(({ cost }) => cost)).minus(cash),
  };
  return effect(lots, { kept: left.toSorted(byOpening), moved: shares.isZero() ? [] : [bought], cash, problem });
}

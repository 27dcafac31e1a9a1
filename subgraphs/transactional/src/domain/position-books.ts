/**
 * A portfolio's positions while movements are applied to them one after another: trades, and the actions that change several positions at once.
 * Movements come in their order (`comparePlaces`), whatever order they arrived in; what they lead to depends on nothing else. Mutable, and
 * never shared: whoever makes it reads the outcome and lets it go.
 */
import { type Decimal, sum, toMinorUnit, ZERO } from '@pms/money';
import type { Currency } from '@pms/money';
import { type ActionHere, cashFor, cashPaid, type Effect, effectOf, isPriced } from './action-effects.ts';
import { type Action, placeOfAction, targetOf } from './action-terms.ts';
import { flat, type LotBook, lotBook } from './lot-book.ts';
import type { Closing, Fill, Lot, LotMethod } from './lots.ts';
import { type Key, keyOf, noPosition, type Place, placeOf, type PositionState } from './movement.ts';

/** What an action changed in one position. */
export interface Part extends Key {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  readonly gain: Decimal;
}

/** What an action did in one portfolio: the cost of all parts, plus `capital`, is the gain of all parts, where all are held in the action's currency. */
export interface Outcome {
  /** Held at the start of the ex date, in whatever currency it was traded; negative when short. */
  readonly entitled: Decimal;
  /** Of the cash. */
  readonly currency: Currency;
  /** A dividend, gross; negative where a short position owes it. */
  readonly income: Decimal;
  /** Withheld from it. */
  readonly tax: Decimal;
  /** Other cash received; negative where it is owed. */
  readonly capital: Decimal;
  readonly parts: readonly Part[];
  /** Lots that it closed, by position: it follows from the movements, and is not kept with the outcome. */
  readonly closed: readonly { readonly key: Key; readonly closings: readonly Closing[] }[];
  /** Why it could not be done as it should; null when it was. */
  readonly problem: string | null;
}

export interface BookedPosition {
  readonly state: PositionState;
  readonly lots: readonly Lot[];
  /** An action put other lots in the place of those it began with. */
  readonly rewritten: boolean;
}

export interface PositionBooks {
  trade(key: Key, fill: Fill): readonly Closing[];
  /** Why a new trade cannot close the lots that it names; null where it can. */
  refusal(key: Key, fill: Fill): string | null;
  act(action: Action): Outcome;
  state(key: Key): PositionState;
  /** Every position it began with or that was touched. */
  positions(): readonly BookedPosition[];
}

interface Running {
  readonly key: Key;
  book: LotBook;
  /** Before what `book` has gained. */
  realized: Decimal;
  last: Place | null;
  rewritten: boolean;
}

/** Where a position begins: with all of its open lots, unless nothing but dividends is to come. */
export interface Beginning {
  readonly state: PositionState;
  readonly lots: readonly Lot[];
}

/** What a problem begins with that a rate would mend. */
export const NO_RATE = 'no rate';

/** Priced at its own terms, or at the rate into the position's currency. */
function inPosition(action: Action, currency: Currency): ActionHere {
  const known = currency === action.currency || !isPriced(action) ? undefined : action.rates?.get(currency);
  return { ...action, currency, ...(known !== undefined && { paid: { currency: action.currency, rate: known.rate } }) };
}

export function positionBooks(method: LotMethod, beginnings: readonly Beginning[] = []): PositionBooks {
  const all = new Map<string, Running>(beginnings.map(({ state, lots }) =>
    [keyOf(state), { key: state, book: lotBook({ ...state, lots }, method), realized: state.realized, last: state.last, rewritten: false }]));

  function at(key: Key): Running {
    const found = all.get(keyOf(key));
    if (found !== undefined) return found;
    const begun: Running = { key, book: lotBook(flat, method), realized: ZERO, last: null, rewritten: false };
    all.set(keyOf(key), begun);
    return begun;
  }

  /** Other lots in the place of those that are open. */
  function rewrite(position: Running, lots: readonly Lot[], openedOn: string | null): void {
    position.realized = position.realized.plus(position.book.gained);
    const quantity = sum(lots.map((lot) => lot.quantity));
    position.book = lotBook({ quantity, cost: sum(lots.map((lot) => lot.cost)), openedOn: quantity.isZero() ? null : openedOn, lots }, method);
    position.rewritten = true;
  }

  /** Lots that come in from elsewhere: they close what is open on the other side, and stand in the order of their own days. */
  function receive(position: Running, lots: readonly Lot[], place: Place): Closing[] {
    const closings = lots.flatMap((lot) =>
      position.book.apply({ tradeId: lot.id, tradedOn: lot.openedOn, sequence: lot.sequence, quantity: lot.quantity, amount: lot.cost, currency: lot.currency }));
    rewrite(position, position.book.lots(), position.book.openedOn);
    position.last = place;
    return closings.map((closing) => ({ ...closing, closedBy: place.tradeId, closedOn: place.tradedOn, sequence: place.sequence }));
  }

  function change(position: Running, action: Action): { readonly effect: Effect; readonly paid: Decimal; readonly closed: Outcome['closed'] } {
    const lots = position.book.lots();
    const here = inPosition(action, position.key.currency);
    const effect = effectOf(here, { lots, method });
    const paid = here.paid === undefined ? effect.cash : cashPaid(here, { lots, method });
    if (effect.kept !== lots) rewrite(position, effect.kept, position.book.openedOn);
    position.realized = position.realized.plus(effect.gain);
    const into = targetOf(action.terms);
    if (into === null || (effect.moved.length === 0 && effect.movedGain.isZero())) return { effect, paid, closed: [{ key: position.key, closings: effect.closings }] };
    const target = at({ instrumentId: into, currency: position.key.currency });
    const closings = receive(target, effect.moved, placeOfAction(action));
    target.realized = target.realized.plus(effect.movedGain);
    return { effect, paid, closed: [{ key: position.key, closings: effect.closings }, { key: target.key, closings: [...effect.movedClosings, ...closings] }] };
  }

  return {
    trade(key, fill) {
      const position = at(key);
      position.last = placeOf(fill);
      return position.book.apply(fill);
    },
    refusal: (key, fill) => at(key).book.refusal(fill),
    act(action) {
      const held = [...all.values()].filter(({ key }) => key.instrumentId === action.instrumentId);
      // a position that is here only to be told of has not been moved by anything, nor is it by this
      for (const position of held) if (position.last !== null) position.last = placeOfAction(action);
      const entitled = sum(held.map(({ book }) => book.quantity));
      if (action.terms.kind === 'CASH_DIVIDEND') return dividend(action, entitled, action.terms);
      const before = new Map([...all].map(([name, position]) => [name, totals(position)]));
      const open = held.filter(({ book, key }) => !book.quantity.isZero() && concerns(action, key.currency));
      const able = open.filter(({ key }) => key.currency === action.currency || !isPriced(action) || action.rates?.has(key.currency) === true);
      const changes = able.map((position) => change(position, action));
      const effects = changes.map(({ effect }) => effect);
      const foreign = open.filter((position) => !able.includes(position)).map(({ key }) => `${NO_RATE} ${action.currency}/${key.currency} on or before ${action.effectiveOn}: what is held in ${key.currency} was left as it is`);
      return {
        entitled, currency: action.currency, income: ZERO, tax: ZERO, capital: sum(changes.map(({ paid }) => paid)),
        parts: [...all].flatMap(([name, position]) => changed(position, before.get(name))),
        closed: changes.flatMap(({ closed }) => closed).filter(({ closings }) => closings.length > 0),
        problem: [...foreign, ...effects.map(({ problem }) => problem)].find((each) => each !== null) ?? null,
      };
    },
    state: (key) => stateOf(at(key)),
    positions: () => [...all.values()].map((position) => ({ state: stateOf(position), lots: position.book.lots(), rewritten: position.rewritten })),
  };
}

/** Rights are exercised out of one position. */
const concerns = ({ terms }: Action, currency: Currency): boolean => terms.kind !== 'RIGHTS_EXERCISE' || terms.heldIn === undefined || terms.heldIn === currency;

/** No tax is withheld from what a short position owes. */
function dividend({ currency }: Action, entitled: Decimal, { perShare, withheld }: { readonly perShare: Decimal; readonly withheld: Decimal }): Outcome {
  const income = cashFor(entitled, perShare, { currency });
  const tax = entitled.greaterThan(0) ? toMinorUnit({ amount: income.times(withheld), currency }).amount : ZERO;
  return { entitled, currency, income, tax, capital: ZERO, parts: [], closed: [], problem: null };
}

interface Totals {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  readonly realized: Decimal;
}

const totals = ({ book, realized }: Running): Totals => ({ quantity: book.quantity, cost: book.cost, realized: realized.plus(book.gained) });
const NOTHING: Totals = { quantity: ZERO, cost: ZERO, realized: ZERO };

function changed(position: Running, before = NOTHING): Part[] {
  const after = totals(position);
  const part = {
    instrumentId: position.key.instrumentId, currency: position.key.currency,
    quantity: after.quantity.minus(before.quantity), cost: after.cost.minus(before.cost), gain: after.realized.minus(before.realized),
  };
  return part.quantity.isZero() && part.cost.isZero() && part.gain.isZero() ? [] : [part];
}

const stateOf = (position: Running): PositionState => ({
  ...noPosition(position.key.instrumentId, position.key.currency), ...totals(position), openedOn: position.book.openedOn, last: position.last,
});

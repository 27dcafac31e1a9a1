/**
 * What movements do to positions. Trades that arrive in their order are applied to the open lots, and so are actions that come after all that
 * stands; as soon as one belongs earlier, or an earlier one is taken back, the positions concerned are replayed from all movements that stand,
 * and the gains of later trades, and what actions brought, may change with it. Positions between which actions move basis are replayed together.
 */
import { type Decimal, sum } from '@pms/money';
import { type Action, placeOfAction } from './action-terms.ts';
import { type LotBook, lotBook } from './lot-book.ts';
import type { Closing, Fill, Lot, LotMethod } from './lots.ts';
import { comparePlaces, type Key, keyOf, type Place, placeOf, type PositionState } from './movement.ts';
import { type Beginning, type Outcome, type PositionBooks, positionBooks } from './position-books.ts';

/** A version of a trade that stands in the books. */
export interface StandingTrade {
  readonly instrumentId: string;
  readonly version: number;
  readonly fill: Fill;
  /** What it realised, as the journal has it. */
  readonly gain: Decimal;
}

export interface PositionChange {
  readonly after: PositionState;
  readonly lots: readonly Lot[];
  /** Lots that are no more; null: all that are not among `lots`. */
  readonly gone: readonly string[] | null;
  /** By trade: what each of the new trades closed, and the position as it stood then. */
  readonly booked: ReadonlyMap<string, { readonly closings: readonly Closing[]; readonly after: PositionState }>;
  /** What was closed anew: by the new trades, or, where `closedAgain` is not null, by all trades from that place on. */
  readonly closings: readonly Closing[];
  /** Closings from here on take the place of those that were there; null: the new ones come after all that were there. */
  readonly closedAgain: Place | null;
  /** New trades that name lots which they cannot close, and why; they have changed nothing. */
  readonly refused: ReadonlyMap<string, string>;
  /** Trades booked earlier that now realise another gain. */
  readonly regained: readonly { readonly trade: StandingTrade; readonly gain: Decimal }[];
}

const stateAfter = (before: PositionState, book: LotBook, realized: Decimal, last: Place | null): PositionState =>
  ({ instrumentId: before.instrumentId, currency: before.currency, quantity: book.quantity, cost: book.cost, realized, openedOn: book.openedOn, last });

/** Applies trades that come after all that stand (`areNext`) to the open lots, of which those that are `reachable` are enough. */
export function appended(before: PositionState, open: readonly Lot[], fills: readonly Fill[], method: LotMethod): PositionChange {
  const book = lotBook({ ...before, lots: open }, method);
  let after = before;
  const booked = new Map<string, { closings: readonly Closing[]; after: PositionState }>();
  const refused = new Map<string, string>();
  for (const fill of fills) {
    const refusal = book.refusal(fill);
    if (refusal !== null) {
      refused.set(fill.tradeId, refusal);
      continue;
    }
    const closings = book.apply(fill);
    after = stateAfter(before, book, before.realized.plus(book.gained), placeOf(fill));
    booked.set(fill.tradeId, { closings, after });
  }
  const closings = [...booked.values()].flatMap((each) => each.closings);
  return { after, lots: book.changed(), gone: book.gone(), booked, closings, closedAgain: null, refused, regained: [] };
}

/** Several positions after the same movements. */
export interface Changes {
  /** By `keyOf`. */
  readonly positions: ReadonlyMap<string, PositionChange>;
  /** By entitlement: what each action did. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** What stands of some positions, and what comes to them. */
export interface Movements {
  readonly standing: readonly StandingTrade[];
  readonly actions: readonly Action[];
  readonly fills: readonly { readonly instrumentId: string; readonly fill: Fill }[];
}

export interface Replaying {
  readonly method: LotMethod;
  /** Nothing has changed before it: what was closed there is not told again. */
  readonly from: Place;
  /** As positions stood before the first of the movements; without it they begin flat. */
  readonly beginnings?: readonly Beginning[];
}

/** What is told of one position while it is replayed. */
interface Tale {
  readonly booked: Map<string, readonly Closing[]>;
  readonly closings: Closing[];
  readonly refused: Map<string, string>;
  readonly regained: { readonly trade: StandingTrade; readonly gain: Decimal }[];
}

/**
 * Replays positions from the movements. `keys` are told of even if nothing moves them any more. New trades are told with their position as
 * it is after all movements.
 */
export function replayed(keys: readonly Key[], { standing, actions, fills }: Movements, { method, from, beginnings = [] }: Replaying): Changes {
  const books = positionBooks(method, beginnings);
  for (const key of keys) books.state(key);
  const tales = new Map<string, Tale>();
  const taleOf = (name: string): Tale => {
    const tale = tales.get(name) ?? { booked: new Map(), closings: [], refused: new Map(), regained: [] };
    tales.set(name, tale);
    return tale;
  };
  const earlier = new Map(standing.map((trade) => [trade.fill.tradeId, trade]));
  const outcomes = new Map<string, Outcome>();
  for (const movement of inOrder([...standing, ...fills], actions)) {
    const isAnew = comparePlaces(movement.place, from) >= 0;
    if ('action' in movement) {
      const outcome = books.act(movement.action);
      outcomes.set(movement.action.entitlementId, outcome);
      if (isAnew) for (const { key, closings } of outcome.closed) taleOf(keyOf(key)).closings.push(...closings);
      continue;
    }
    const { instrumentId, fill } = movement;
    const key = { instrumentId, currency: fill.currency };
    const tale = taleOf(keyOf(key));
    const trade = earlier.get(fill.tradeId);
    const refusal = trade === undefined ? books.refusal(key, fill) : null;
    if (refusal !== null) {
      tale.refused.set(fill.tradeId, refusal);
      continue;
    }
    const closings = books.trade(key, fill);
    const gain = sum(closings.map(({ realizedGain }) => realizedGain));
    if (isAnew) tale.closings.push(...closings);
    if (trade === undefined) tale.booked.set(fill.tradeId, closings);
    else if (!gain.equals(trade.gain)) tale.regained.push({ trade, gain });
  }
  return { positions: changesOf(books, tales, from), outcomes };
}

type Movement = { readonly place: Place } & ({ readonly instrumentId: string; readonly fill: Fill } | { readonly action: Action });

const inOrder = (trades: Movements['fills'], actions: readonly Action[]): Movement[] =>
  [...trades.map(({ instrumentId, fill }) => ({ place: placeOf(fill), instrumentId, fill })), ...actions.map((action) => ({ place: placeOfAction(action), action }))]
    .toSorted((a, b) => comparePlaces(a.place, b.place));

function changesOf(books: PositionBooks, tales: ReadonlyMap<string, Tale>, from: Place): Map<string, PositionChange> {
  return new Map(books.positions().map(({ state, lots }) => {
    const { booked = new Map<string, readonly Closing[]>(), closings = [], refused = new Map<string, string>(), regained = [] } = tales.get(keyOf(state)) ?? {};
    const after = new Map([...booked].map(([tradeId, closed]) => [tradeId, { closings: closed, after: state }]));
    return [keyOf(state), { after: state, lots, gone: null, booked: after, closings, closedAgain: from, refused, regained }];
  }));
}

/** Applies actions, in their order, that come after all that stands in the positions they touch. */
export function acted(beginnings: readonly Beginning[], actions: readonly Action[], method: LotMethod): Changes {
  const books = positionBooks(method, beginnings);
  const outcomes = new Map(actions.map((action) => [action.entitlementId, books.act(action)]));
  const closed = Map.groupBy([...outcomes.values()].flatMap((outcome) => outcome.closed), ({ key }) => keyOf(key));
  const positions = books.positions().map(({ state, lots, rewritten }): [string, PositionChange] => [keyOf(state), {
    after: state, lots: rewritten ? lots : [], gone: rewritten ? null : [], booked: new Map(),
    closings: (closed.get(keyOf(state)) ?? []).flatMap(({ closings }) => closings), closedAgain: null, refused: new Map(), regained: [],
  }]);
  return { positions: new Map(positions), outcomes };
}
